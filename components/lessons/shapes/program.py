"""The lesson on axes as a program: the flip, the two readings of two axes, the two ways to arrange, and what raises."""

import dataclasses

from components.programs.setup import draw, head, module
from components.settings import Settings


def program(settings: Settings) -> str:
    """The whole program, which prints what the page shows."""
    plain = dataclasses.replace(settings, batch_first=False)
    return "\n\n".join(
        [
            head(plain),
            "# %% 1. The module, the inputs and the initial state\n" + draw(plain),
            "# %% 2. batch_first: inputs and output swap their axes, the states do not\n" + _flip(plain),
            "# %% 3. Two axes: a sequence to nn.LSTM, a batch to nn.LSTMCell\n" + two_axes(plain),
            "# %% 4. The mistake that raises nothing\n" + _nudge(plain),
        ]
    )


def _flip(settings: Settings) -> str:
    first = module(dataclasses.replace(settings, batch_first=True))
    return "\n".join(
        [
            "output, (h_n, c_n) = lstm(inputs, (h_0, c_0))",
            f"flipped = {first}",
            "flipped.load_state_dict(lstm.state_dict())  # the same weights",
            "output_2, (h_n_2, c_n_2) = flipped(inputs.transpose(0, 1), (h_0, c_0))",
            'print("output", tuple(output.shape), tuple(output_2.shape))',
            'print("h_n", tuple(h_n.shape), tuple(h_n_2.shape))',
            'print("c_n", tuple(c_n.shape), tuple(c_n_2.shape))',
            'print("swapped back, the same output:", torch.allclose(output, output_2.transpose(0, 1), atol=1e-5))',
            'print("as they are, the same states:", torch.allclose(h_n, h_n_2, atol=1e-5))',
        ]
    )


def two_axes(settings: Settings) -> str:
    """One tensor with two axes, handed to nn.LSTM and to nn.LSTMCell."""
    given = f"{settings.input_size}, {settings.hidden_size}"
    given += "" if settings.bias else ", bias=False"
    given += ", dtype=torch.float64" if settings.dtype == "float64" else ""
    return "\n".join(
        [
            f"rows = inputs[:, 0]  # ({settings.seq_len}, {settings.input_size})",
            f"one, cell = nn.LSTM({given}), nn.LSTMCell({given})",
            'cell.load_state_dict({name.removesuffix("_l0"): p for name, p in one.state_dict().items()})',
            f"sequence, _ = one(rows)  # {settings.seq_len} steps of one sequence",
            f"batch, _ = cell(rows)  # one step of {settings.seq_len} samples",
            'print("rows apart by", (sequence - batch).abs().amax(dim=1))',
        ]
    )


def arrange(settings: Settings) -> str:
    """The right and the wrong way from (B, T, I) to (T, B, I)."""
    steps, batch, features = settings.seq_len, settings.batch_size, settings.input_size
    return "\n".join(
        [
            "right = data.transpose(0, 1)  # (B, T, I) to (T, B, I): the axes change places",
            f"wrong = data.view({steps}, {batch}, {features})  # (T, B, I) too: the numbers stay, and are cut anew",
        ]
    )


def _nudge(settings: Settings) -> str:
    sizes = f"{settings.seq_len}, {settings.batch_size}, {settings.input_size}"
    return "\n".join(
        [
            "data = inputs.transpose(0, 1).contiguous()  # (B, T, I): a sample after the other, as collected",
            arrange(settings),
            "nudged = data.clone()",
            "nudged[0] += 1.0",
            f'ways = {{"transpose": (right, nudged.transpose(0, 1)), "view": (wrong, nudged.view({sizes}))}}',
            "for name, (before, after) in ways.items():",
            "    change = lstm(after, (h_0, c_0))[0] - lstm(before, (h_0, c_0))[0]",
            '    print(name, "moves each sample by", change.abs().amax(dim=(0, 2)))',
        ]
    )


CALLS = {
    "features": "lstm(torch.zeros({shape}, {more}{dtype}))",
    "axes": "lstm(inputs[None], (h_0, c_0))",
    "state": "lstm(inputs, (h_0[:, :1].contiguous(), c_0[:, :1].contiguous()))",
    "state_first": "lstm(inputs, (h_0.transpose(0, 1).contiguous(), c_0.transpose(0, 1).contiguous()))",
}


def broken(settings: Settings, breakage: str, error: str) -> str:
    """The program that makes one of the mistakes; `error` is the type it raises, empty if it raises none."""
    shape = [settings.seq_len, settings.batch_size]
    if settings.batch_first:
        shape.reverse()
    dtype = ", dtype=torch.float64" if settings.dtype == "float64" else ""
    call = CALLS[breakage].format(shape=", ".join(map(str, shape)), more=settings.input_size + 1, dtype=dtype)
    notice = f"# raises: {error}\n" if error else ""
    return f"{notice}{head(settings)}\n\n{draw(settings)}\n{call}"
