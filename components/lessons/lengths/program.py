"""A batch of different lengths as a program: run in four ways, checked, and trained on with packing and masks."""

from components.programs.setup import draw, head
from components.settings import Settings

CHECKED = '''\
def checked_lengths(lengths: list[int] | Tensor, steps: int, batch: int) -> Tensor:
    """Lengths that fit a block of `batch` sequences padded to the longest, which has `steps` steps."""
    lengths = lengths.tolist() if isinstance(lengths, Tensor) else list(lengths)
    if len(lengths) != batch:
        raise ValueError(f"lengths: {len(lengths)}, sequences: {batch}")
    for length in lengths:
        if type(length) is not int or not 1 <= length <= steps:
            raise ValueError(f"length {length!r} is not a whole number from 1 to {steps}")
    if max(lengths) != steps:
        raise ValueError(f"no sequence is as long as the block, {steps} steps: the longest has {max(lengths)}")
    return torch.tensor(lengths)'''

COLLATE = """\
def collate(pairs):
    sequences, tags = zip(*pairs)
    padded = pad_sequence(sequences, batch_first=True)  # (B, T, I), T that of this batch's longest
    targets = pad_sequence(tags, batch_first=True)  # (B, T)
    lengths = [len(sequence) for sequence in sequences]  # from the sequences themselves, before they are padded
    return padded, targets, checked_lengths(lengths, padded.shape[1], len(sequences))"""

FORWARD = """\
def forward(self, padded, lengths):
    packed = pack_padded_sequence(padded, lengths, batch_first=True, enforce_sorted=False)
    output, _ = self.lstm(packed)
    # As wide as `padded`, even if no sequence of this part of the batch is that long
    output, _ = pad_packed_sequence(output, batch_first=True, total_length=padded.shape[1])
    return output"""

POOLING = """\
def mask_of(lengths, steps):
    return torch.arange(steps) < lengths[:, None]  # (B, T): True at a sequence's own steps


def mean_pool(output, lengths):
    mask = mask_of(lengths, output.shape[1])
    total = output.masked_fill(~mask[..., None], 0.0).sum(dim=1)
    return total / lengths[:, None]  # not / T: that would shrink the short ones


def last_pool(output, lengths):
    return output[torch.arange(len(lengths)), lengths - 1]  # of one direction


def masked_loss(scores, targets, lengths):
    mask = mask_of(lengths, targets.shape[1])
    return nn.functional.cross_entropy(scores[mask], targets[mask])  # a mean over real steps alone"""


def program(settings: Settings, lengths: tuple[int, ...]) -> str:
    """The whole program: it prints the page's digits for these lengths, then trains on others."""
    first = "True" if settings.batch_first else "False"
    return "\n\n".join(
        [
            _head(settings),
            "# %% 1. The module, sequences of different lengths, and the block they are padded to\n"
            + draw(settings)
            + f"\nlengths = {list(lengths)}\n"
            + f"samples = inputs.unbind({0 if settings.batch_first else 1})\n"
            + "sequences = [sample[:length] for sample, length in zip(samples, lengths)]\n"
            + f"padded = pad_sequence(sequences, batch_first={first})",
            "# %% 2. Lengths are checked, for torch checks next to nothing\n\n" + CHECKED + "\n\n\n" + _check(settings),
            "# %% 3. Four ways, each against every sequence alone\n" + four_ways(settings),
            "# %% 4. NaN in the padding\n" + poison(settings),
            "# %% 5. A data set, and batches of it\n" + _DATA.format(collate=COLLATE),
            "# %% 6. An LSTM that packs\n" + _model(),
            "# %% 7. Pooling, and a loss that leaves the padding out\n" + POOLING,
            "# %% 8. Train\n" + _TRAIN,
            "# %% 9. The same results as from each sequence alone\n" + _ALONE,
        ]
    )


def _head(settings: Settings) -> str:
    """The usual head, with what this program imports more."""
    more = (
        "from torch import Tensor, nn\n"
        "from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence\n"
        "from torch.utils.data import DataLoader, Dataset\n"
    )
    return (
        head(settings)
        .replace("from torch import nn\n", more)
        .replace(
            "torch.set_grad_enabled(False)  # nothing is trained here",
            "torch.set_grad_enabled(False)  # until something is trained",
        )
    )


def _check(settings: Settings) -> str:
    steps, count = (1, 0) if settings.batch_first else (0, 1)
    return f"lengths = checked_lengths(lengths, padded.shape[{steps}], padded.shape[{count}])"


def four_ways(settings: Settings) -> str:
    """Each sequence alone, then padded and read in two ways, then packed."""
    first = settings.batch_first
    steps = "output.transpose(0, 1)" if first else "output"
    size, both = settings.output_size, settings.bidirectional
    lines = [
        "T, B = max(lengths).item(), len(lengths)",
        "alone = [lstm(x, (h_0[:, b], c_0[:, b])) for b, x in enumerate(sequences)]",
        f"truth = torch.stack([h_n[-{settings.num_directions}:].flatten() for _, (h_n, _) in alone])",
        "",
        f"output, _ = lstm(padded, (h_0, c_0))\noutput = {steps}  # (T, B, ...)"
        if first
        else "output, _ = lstm(padded, (h_0, c_0))",
    ]
    if both:
        lines += [
            f"reverse = output[0, :, {size}:]  # where the reverse direction has read everything",
            f"last = torch.cat([output[T - 1, :, :{size}], reverse], dim=1)",
            f"own = torch.cat([output[lengths - 1, torch.arange(B), :{size}], reverse], dim=1)",
        ]
    else:
        lines += ["last = output[T - 1]", "own = output[lengths - 1, torch.arange(B)]"]
    lines += [
        "",
        f"packed = pack_padded_sequence(padded, lengths, batch_first={first}, enforce_sorted=False)",
        "packed_output, (h_n, _) = lstm(packed, (h_0, c_0))",
        f"packed_h = h_n[-{settings.num_directions}:].transpose(0, 1).flatten(1)",
        'print("batch_sizes", packed.batch_sizes.tolist())',
        'print("sorted_indices", packed.sorted_indices.tolist())',
        'print("unsorted_indices", packed.unsorted_indices.tolist())',
        'for name, result in {"padded, last column": last, "padded, own last step": own, "packed": packed_h}.items():',
        '    print(name, f"{(result - truth).abs().max().item():.1e}")',
        "for b, (one, _) in enumerate(alone):",
        '    print("sample", b, "outputs, padded:", f"{(output[: len(one), b] - one).abs().max().item():.1e}")',
    ]
    return "\n".join(lines)


def poison(settings: Settings) -> str:
    """The block with NaN for padding, and what masks make of it."""
    first = settings.batch_first
    mask = "mask.T[..., None]" if first else "mask[..., None]"
    return "\n".join(
        [
            f'poisoned = pad_sequence(sequences, batch_first={first}, padding_value=float("nan"))',
            "output, _ = lstm(poisoned, (h_0, c_0))",
            "mask = torch.arange(T)[:, None] < lengths  # (T, B)",
            f"mask = {mask}",
            f"packed = pack_padded_sequence(poisoned, lengths, batch_first={first}, enforce_sorted=False)",
            f"unpacked, _ = pad_packed_sequence(lstm(packed, (h_0, c_0))[0], batch_first={first}, total_length=T)",
            'print("NaN padded:", output.isnan().sum().item())',
            'print("NaN output * mask:", (output * mask).isnan().sum().item())',
            'print("NaN torch.where:", torch.where(mask, output, 0).isnan().sum().item())',
            'print("NaN masked_fill:", output.masked_fill(~mask, 0).isnan().sum().item())',
            'print("NaN packed:", unpacked.isnan().sum().item())',
        ]
    )


_DATA = """\
torch.set_grad_enabled(True)
torch.manual_seed(1)


class Runs(Dataset):
    \"\"\"Symbols of an alphabet of 4; the tag of each step is the symbol before it.\"\"\"

    def __init__(self, count):
        self.symbols = [torch.randint(4, (torch.randint(2, 20, ()).item(),)) for _ in range(count)]

    def __len__(self):
        return len(self.symbols)

    def __getitem__(self, index):
        symbols = self.symbols[index]
        tags = torch.cat([symbols[:1], symbols[:-1]])
        return nn.functional.one_hot(symbols, 4).float(), tags  # (T, 4), (T,)


{collate}


loader = DataLoader(Runs(256), batch_size=32, shuffle=True, collate_fn=collate)"""


def _model() -> str:
    forward = "\n".join(f"    {line}" for line in FORWARD.splitlines())
    return f'''\
class Tagger(nn.Module):
    """Tags every step; what it reads and returns is padded, what it runs on is packed."""

    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(4, 16, batch_first=True)
        self.head = nn.Linear(16, 4)

{forward}'''


_TRAIN = """\
tagger = Tagger()
optimiser = torch.optim.Adam(tagger.parameters(), lr=0.02)
for epoch in range(1, 7):
    losses = []
    for padded, targets, lengths in loader:
        loss = masked_loss(tagger.head(tagger(padded, lengths)), targets, lengths)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    print(f"epoch {epoch}: loss {sum(losses) / len(losses):.3f}")"""

_ALONE = """\
with torch.no_grad():
    padded, targets, lengths = next(iter(loader))
    output = tagger(padded, lengths)
    alone = [tagger.lstm(sequence[:length])[0] for sequence, length in zip(padded, lengths)]
    means = torch.stack([one.mean(dim=0) for one in alone])
    lasts = torch.stack([one[-1] for one in alone])
    print("mean pooling, off by", f"{(mean_pool(output, lengths) - means).abs().max().item():.0e}")
    print("last pooling, off by", f"{(last_pool(output, lengths) - lasts).abs().max().item():.0e}")
    print("mean over all T, off by", f"{(output.mean(dim=1) - means).abs().max().item():.0e}")"""
