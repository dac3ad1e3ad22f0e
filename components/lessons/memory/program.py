"""An LSTM that is operated on, as a program: the loop written out, with the gates held where they are held.

It prints what the altered run gives, how far that is from the run as it was, and who wrote c.
"""

import textwrap

from components.programs.setup import draw, head
from components.settings import Settings

Hold = tuple[
    str, float, int | None, int, int | None
]  # gate, value, unit (None: all), first and last step (None: the end)
Edit = tuple[str, float, int | None, int, int]  # h, c or x, value, unit or feature (None: all), first and last step
Operation = tuple[tuple[Hold, ...], tuple[Edit, ...], float, int, int]  # ..., forget bias, layer, direction


def program(settings: Settings, operation: Operation, sample: int, unit: int) -> str:
    """The whole program; the terms of c are those of one unit of one sample."""
    holds, edits, bias, layer, direction = operation
    parts = [
        head(settings),
        "# %% 1. The module, the inputs and the initial state, drawn in this order\n" + draw(settings),
        "# %% 2. The run as it is\nwas, (h_was, c_was) = lstm(inputs, (h_0, c_0))",
    ]
    if edits:
        parts.append(
            "# %% 3. Cells that are changed\n" + "\n".join(_edit(settings, layer, direction, e) for e in edits)
        )
    parts += [
        "# %% The altered run, step by step\n" + _loop(settings, holds, bias, layer, direction, sample, unit),
        "# %% What comes of it\n" + _SHOW,
        f"# %% Who wrote c of unit {unit}\n" + _terms(settings, layer, direction, sample, unit),
    ]
    return "\n\n".join(parts)


def _edit(settings: Settings, layer: int, direction: int, edit: Edit) -> str:
    tensor, value, index, first, last = edit
    at = ":" if index is None else str(index)
    if tensor == "x":
        steps = f"{first - 1}:{last}"
        where = f"inputs[:, {steps}, {at}]" if settings.batch_first else f"inputs[{steps}, :, {at}]"
    else:
        where = f"{tensor}_0[{layer * settings.num_directions + direction}, :, {at}]"
    return f"{where} = {value}"


def _loop(
    settings: Settings, holds: tuple[Hold, ...], bias: float, layer: int, direction: int, sample: int, unit: int
) -> str:
    """Layer by layer, each direction in its own order; only one of them is altered."""
    several = settings.num_layers * settings.num_directions > 1
    altered = [f"if (layer, direction) == ({layer}, {direction}):"] if several else []
    inside = 4 if several else 0
    shift = [*altered, _in(f"f = f + {bias}  # the forget bias, moved", inside)] if bias else []
    held = [*altered, *(_in(one, inside) for one in map(_hold, holds))] if holds else []
    noted = [*altered, _in(f"kept.append(f[{sample}, {unit}].item())", inside)]
    noted.append(_in(f"written.append((i * g)[{sample}, {unit}].item())", inside))
    step = [
        "before = below[t - 1] @ weight_ih.T + h @ weight_hh.T" + (" + bias" if settings.bias else ""),
        "i, f, g, o = before.chunk(4, dim=1)",
        *shift,
        "i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()",
        *held,
        "c = f * c + i * g",
        "h = o * c.tanh()" if not settings.proj_size else "h = (o * c.tanh()) @ weight_hr.T",
        "outputs[t - 1] = h",
        *noted,
    ]
    sides = '["", "_reverse"]' if settings.bidirectional else '[""]'
    kinds = ["weight_ih", "weight_hh"] + (["weight_hr"] if settings.proj_size else [])
    order = f"range({settings.seq_len}, 0, -1) if direction else range(1, {settings.seq_len + 1})"
    lines = [
        f"below = inputs{'.transpose(0, 1)' if settings.batch_first else ''}  # (T, B, I)",
        "h_n, c_n, kept, written = [], [], [], []",
        f"for layer in range({settings.num_layers}):",
        "    halves = []",
        f"    for direction, suffix in enumerate({sides}):",
        '        name = f"_l{layer}{suffix}"',
        f"        {', '.join(kinds)} = (getattr(lstm, kind + name) for kind in {tuple(kinds)})",
        *(
            ['        bias = getattr(lstm, "bias_ih" + name) + getattr(lstm, "bias_hh" + name)']
            if settings.bias
            else []
        ),
        "        h, c = (state[len(h_n)] for state in (h_0, c_0))",
        f"        outputs = [h] * {settings.seq_len}",
        f"        for t in {order if settings.bidirectional else f'range(1, {settings.seq_len + 1})'}:",
        *(_in(line, 12) for line in step),
        "        halves.append(torch.stack(outputs))",
        "        h_n.append(h)",
        "        c_n.append(c)",
        "    below = torch.cat(halves, dim=2)",
        f"output = below{'.transpose(0, 1)' if settings.batch_first else ''}",
        "h_n, c_n = torch.stack(h_n), torch.stack(c_n)",
    ]
    return "\n".join(lines)


def _in(line: str, spaces: int) -> str:
    return textwrap.indent(line, " " * spaces)


def _hold(hold: Hold) -> str:
    gate, value, unit, first, last = hold
    cells = f"{gate}[:]" if unit is None else f"{gate}[:, {unit}]"
    if last is None:
        return f"{cells} = {value}" if first == 1 else f"if t >= {first}:\n    {cells} = {value}"
    return f"if {first} <= t <= {last}:\n    {cells} = {value}"


_SHOW = """\
torch.set_printoptions(precision=4, sci_mode=False, linewidth=100, threshold=10_000)
for name, now, before in (("output", output, was), ("h_n", h_n, h_was), ("c_n", c_n, c_was)):
    print(name, tuple(now.shape), f"altered by up to {(now - before).abs().max().item():.4f}")
    print(now)
print("c_n is c_0, bit for bit:", torch.equal(c_n, c_0))"""


def _terms(settings: Settings, layer: int, direction: int, sample: int, unit: int) -> str:
    """What is left of c_0 and of each writing at the end: each times the product of the later f."""
    slot = layer * settings.num_directions + direction
    step = f"{settings.seq_len} - n" if direction else "n + 1"
    return "\n".join(
        [
            f"terms = [c_0[{slot}, {sample}, {unit}].item()]",
            "for f_t, written_t in zip(kept, written, strict=True):",
            "    terms = [f_t * term for term in terms] + [written_t]",
            'print(f"left of c_0: {terms[0]:.4f}")',
            "for n, term in enumerate(terms[1:]):",
            f'    print(f"written at t = {{{step}}}: {{term:.4f}}")',
            f'print(f"their sum: {{sum(terms):.4f}}, and c: {{c_n[{slot}, {sample}, {unit}].item():.4f}}")',
        ]
    )
