"""Layers and directions as a program: the slots, what a change reaches, rows, dropout, palindromes, other modules."""

import dataclasses

from components.programs.setup import draw, head, module
from components.settings import Settings


def program(settings: Settings, step: int, sample: int) -> str:
    """The whole program; `step` is the one at which the input is changed, `sample` whose h are compared."""
    return "\n\n".join(
        [
            head(settings),
            "# %% 1. The module, the inputs and the initial state, drawn in this order\n" + draw(settings),
            "# %% 2. One call, and whose each slot is\n" + _slots(settings),
            "# %% 3. One number of the input is changed: which h move?\n" + _change(settings, step, sample),
            "# %% 4. A row a sample\n" + rows(settings) + "\n" + _nudged(settings),
            "# %% 5. Dropout\n" + _dropout(settings),
            "# %% 6. A palindrome\n" + _palindrome(settings, sample),
            "# %% 7. GRU and RNN\n" + _others(settings),
        ]
    )


def _slots(settings: Settings) -> str:
    return "\n".join(
        [
            "output, (h_n, c_n) = lstm(inputs, (h_0, c_0))",
            f"for layer in range({settings.num_layers}):",
            '    for direction, name in enumerate(("forward", "reverse")):',
            "        slot = 2 * layer + direction",
            "        shapes = tuple(h_n[slot].shape), tuple(c_n[slot].shape)",
            '        print(f"slot {slot}: layer {layer}, {name}; h_n[{slot}] {shapes[0]}, c_n[{slot}] {shapes[1]}")',
        ]
    )


def _first(settings: Settings) -> str:
    """`inputs` with the steps in front."""
    return "inputs.transpose(0, 1)" if settings.batch_first else "inputs"


def _change(settings: Settings, step: int, sample: int) -> str:
    given = [f"x.shape[-1], {settings.hidden_size}", "bidirectional=True"]
    given += [] if settings.bias else ["bias=False"]
    given += [f"proj_size={settings.proj_size}"] if settings.proj_size else []
    return "\n".join(
        [
            "def every_h(lstm, x, h_0, c_0):",
            '    """h of every layer, direction and step (L, D, T, B, P), from x (T, B, I): layer by layer."""',
            "    weights, layers = lstm.state_dict(), []",
            "    for layer in range(lstm.num_layers):",
            f'        one = nn.LSTM({", ".join(given)}, device="meta")',
            '        named = {name: weights[name.replace("_l0", f"_l{layer}")] for name in one.state_dict()}',
            "        one.load_state_dict(named, assign=True)",
            "        slots = slice(2 * layer, 2 * layer + 2)",
            "        x, _ = one(x, (h_0[slots], c_0[slots]))  # the next layer reads both directions",
            "        layers.append(torch.stack(x.chunk(2, dim=2)))",
            "    return torch.stack(layers)",
            "",
            "",
            f"x = {_first(settings)}",
            "moved = x.clone()",
            f"moved[{step - 1}, {sample}, 0] += 1.0  # step {step}; Python counts from 0",
            "change = (every_h(lstm, moved, h_0, c_0) - every_h(lstm, x, h_0, c_0)).abs()",
            f"change = change[:, :, :, {sample}].amax(dim=3)  # (L, D, T)",
            "for layer, rows in enumerate(change.tolist()):",
            '    for name, row in zip(("forward", "reverse"), rows, strict=True):',
            '        print(f"layer {layer}, {name}:", *(f"{size:.2g}" for size in row))',
        ]
    )


def rows(settings: Settings) -> str:
    """The right way and the wrong way to a row a sample."""
    batch, width = settings.batch_size, settings.output_size
    return "\n".join(
        [
            f"by_layer = h_n.view({settings.num_layers}, 2, {batch}, {width})  # (L, D, B, {_letter(settings)})",
            f"right = by_layer.permute(2, 0, 1, 3).reshape({batch}, -1)",
            f"wrong = h_n.view({batch}, -1)  # no error, the same shape, other samples' numbers",
        ]
    )


def _letter(settings: Settings) -> str:
    return "P" if settings.proj_size else "H"


def _nudged(settings: Settings) -> str:
    at = "0" if settings.batch_first else ":, 0"
    batch = settings.batch_size
    by_layer = f"view({settings.num_layers}, 2, {batch}, {settings.output_size})"
    return "\n".join(
        [
            "nudged = inputs.clone()",
            f"nudged[{at}] += 1.0  # the first sample, and no other",
            "_, (after, _) = lstm(nudged, (h_0, c_0))",
            f'ways = {{"right": (right, after.{by_layer}.permute(2, 0, 1, 3).reshape({batch}, -1))}}',
            f'ways["wrong"] = (wrong, after.view({batch}, -1))',
            "for name, (before, now) in ways.items():",
            "    moves = (now != before).any(dim=1).nonzero().flatten().tolist()",
            '    print(f"{name}: with the first sample these rows move: {moves}")',
        ]
    )


def _dropout(settings: Settings) -> str:
    made = module(settings).replace("bidirectional=True", "bidirectional=True, dropout=0.5")
    return "\n".join(
        [
            f"dropping = {made}",
            "dropping.load_state_dict(lstm.state_dict())",
            f"torch.manual_seed({settings.seed})",
            "one, two = (dropping(inputs, (h_0, c_0))[0] for _ in range(2))",
            "dropping.eval()",
            "three, four = (dropping(inputs, (h_0, c_0))[0] for _ in range(2))",
            'print(f"training: two calls differ by {(two - one).abs().max().item():.2g}")',
            'print(f"evaluation: two calls differ by {(four - three).abs().max().item():.2g}")',
            'print("zeros in output, in training:", int((one == 0).sum()), "of", one.numel())',
        ]
    )


def copying() -> str:
    """The reverse weights made the forward ones, and above the first layer their columns swapped."""
    return "\n".join(
        [
            "for name, weight in lstm.named_parameters():",
            '    if name.endswith("_reverse"):',
            '        weight.copy_(lstm.get_parameter(name.removesuffix("_reverse")))',
            'report("copied")',
            "for layer in range(1, lstm.num_layers):",
            '    weight = lstm.get_parameter(f"weight_ih_l{layer}_reverse")',
            "    of_forward, of_reverse = weight.chunk(2, dim=1)",
            "    weight.copy_(torch.cat((of_reverse, of_forward), dim=1))",
            'report("copied, halves swapped")',
        ]
    )


def _palindrome(settings: Settings, sample: int) -> str:
    return "\n".join(
        [
            f"x = x[:, {sample}:{sample + 1}]",
            "half = len(x) // 2",
            "x = torch.cat((x[: len(x) - half], x[:half].flip(0)))",
            "# Both directions start alike",
            f"starts = [s[::2, {sample}:{sample + 1}].repeat_interleave(2, dim=0) for s in (h_0, c_0)]",
            "",
            "",
            "def report(stage):",
            '    """The largest difference between what both directions make of it, layer by layer."""',
            "    h = every_h(lstm, x, *starts)",
            "    apart = (h[:, 0] - h[:, 1].flip(1)).abs().flatten(1).amax(dim=1).tolist()",
            '    print(f"{stage}:", *(f"layer {layer} {size:.2g}" for layer, size in enumerate(apart)))',
            "",
            "",
            'report("as drawn")',
            copying(),
        ]
    )


def _others(settings: Settings) -> str:
    plain = module(dataclasses.replace(settings, proj_size=0))
    return "\n".join(
        [
            f"torch.manual_seed({settings.seed})",
            f"gru = {plain.replace('nn.LSTM', 'nn.GRU')}",
            f"torch.manual_seed({settings.seed})",
            f"rnn = {plain.replace('nn.LSTM', 'nn.RNN')}",
            'for name, one in {"LSTM": lstm, "GRU": gru, "RNN": rnn}.items():',
            "    _, state = one(inputs)  # from zeros",
            "    states = [tuple(s.shape) for s in (state if isinstance(state, tuple) else (state,))]",
            "    numbers = sum(p.numel() for p in one.parameters())",
            f"    gates = one.weight_ih_l0.shape[0] // {settings.hidden_size}",
            '    print(f"{name}: {gates} blocks of rows, {numbers} parameters, states {states}")',
        ]
    )
