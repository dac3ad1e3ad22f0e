"""One step of one unit, by hand from the module's weights: the program that prints the player's numbers."""

import dataclasses

from components.programs.setup import draw, head, module
from components.settings import Settings

GATES = "ifgo"
SHOWN = 8  # terms printed one by one, the largest


def program(settings: Settings, layer: int, direction: int, sample: int, t: int, unit: int) -> str:
    """The whole program: the steps up to t in the layer and direction, then the terms of one unit's numbers at t."""
    parts = [
        head(settings),
        "# %% 1. The module, the inputs and the initial state, drawn in this order\n" + draw(settings),
        "# %% 2. What this layer reads, where it starts, and its parameters\n"
        + _reads(settings, layer, direction, sample),
        "# %% 3. Step by step, by the equations\n" + _steps(settings, direction, t),
        "# %% 4. One unit at that step: where its numbers come from\n" + _terms(settings, unit),
        "# %% 5. Torch's own\n" + _torch(settings, layer, direction, sample),
    ]
    return "\n\n".join(parts)


def _reads(settings: Settings, layer: int, direction: int, sample: int) -> str:
    """x (T, R), h and c at the start, and the parameters by their names in the equations."""
    slot = layer * settings.num_directions + direction
    suffix = f"_l{layer}{'_reverse' if direction else ''}"
    sample_of = f"[{sample}]" if settings.batch_first else f"[:, {sample}]"
    lines = []
    if layer:
        below = layer * settings.num_directions
        lines += [
            f"# The layers below, as a module of their own with the same parameters: layer {layer} reads its output",
            f"below = {module(dataclasses.replace(settings, num_layers=layer))}",
            "below.load_state_dict({name: lstm.state_dict()[name] for name in below.state_dict()})",
            f"x = below(inputs, (h_0[:{below}], c_0[:{below}]))[0]{sample_of}  # (T, numbers read)",
        ]
    else:
        lines.append(f"x = inputs{sample_of}  # (T, I)")
    lines.append(f"h, c = h_0[{slot}, {sample}], c_0[{slot}, {sample}]")
    lines.append(f"W_ih, W_hh = lstm.weight_ih{suffix}, lstm.weight_hh{suffix}")
    if settings.bias:
        lines.append(f"b_ih, b_hh = lstm.bias_ih{suffix}, lstm.bias_hh{suffix}")
    if settings.proj_size:
        lines.append(f"W_hr = lstm.weight_hr{suffix}")
    return "\n".join(lines)


def _steps(settings: Settings, direction: int, t: int) -> str:
    """The equations from where the direction begins, up to and with step t."""
    steps = f"range({settings.seq_len}, t - 1, -1)" if direction else "range(1, t + 1)"
    bias = " + b_ih + b_hh" if settings.bias else ""
    h = "W_hr @ (o * c.tanh())" if settings.proj_size else "o * c.tanh()"
    return "\n".join(
        [
            f"t = {t}",
            f"for step in {steps}:  # {'the reverse direction begins at the end' if direction else 'up to step t'}",
            "    h_before, c_before = h, c",
            f"    before = W_ih @ x[step - 1] + W_hh @ h{bias}  # all four pre-activations, (4H,)",
            "    i, f, g, o = before.chunk(4)",
            "    i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()",
            "    c = f * c + i * g",
            f"    h = {h}",
        ]
    )


def _terms(settings: Settings, unit: int) -> str:
    """The sums of four pre-activations, largest terms first, then c and h."""
    lines = [
        f"unit = {unit}",
        f'for number, gate in enumerate("{GATES}"):',
        f"    row = number * {settings.hidden_size} + unit",
        '    terms = {f"weight_ih[{row}, {k}] * x[{k}]": W_ih[row, k] * x[t - 1, k] for k in range(x.shape[1])}',
        '    terms |= {f"weight_hh[{row}, {k}] * h[{k}]": W_hh[row, k] * h_before[k] for k in range(len(h_before))}',
    ]
    if settings.bias:
        lines.append('    terms |= {f"bias_ih[{row}]": b_ih[row], f"bias_hh[{row}]": b_hh[row]}')
    row = "unit"
    if settings.proj_size:
        row = "row"
    lines += [
        "    terms = {name: term.item() for name, term in terms.items()}",
        "    largest = sorted(terms, key=lambda name: -abs(terms[name]))",
        f"    for name in largest[:{SHOWN}]:",
        '        print(f"    {name:28} {terms[name]:8.4f}")',
        f"    if rest := largest[{SHOWN}:]:",
        '        print(f"    the {len(rest)} others together {sum(terms[name] for name in rest):8.4f}")',
        "    total = torch.tensor(sum(terms.values()))",
        '    opened = total.tanh() if gate == "g" else total.sigmoid()',
        '    print(f"{gate}: {total:.4f} before, {opened:.4f} after the activation")',
        "kept, written = f[unit] * c_before[unit], i[unit] * g[unit]",
        'print(f"c: {f[unit]:.4f} * {c_before[unit]:.4f} + {i[unit]:.4f} * {g[unit]:.4f}", end=" ")',
        'print(f"= {kept:.4f} + {written:.4f} = {c[unit]:.4f}")',
        'print(f"o * tanh(c): {o[unit]:.4f} * {c[unit].tanh():.4f} = {o[unit] * c[unit].tanh():.4f}")',
    ]
    if settings.proj_size:
        lines.append("row = min(unit, len(h) - 1)  # there are fewer numbers of h than units")
        lines.append('print(f"h[{row}]: {h[row]:.4f}, the projection of what all units show")')
    else:
        lines.append(f'print(f"h[{{{row}}}]: {{h[{row}]:.4f}}")')
    return "\n".join(lines)


def _torch(settings: Settings, layer: int, direction: int, sample: int) -> str:
    """h at that step as the module gives it: of the layers up to this one, for `output` holds the last one only."""
    row = "row" if settings.proj_size else "unit"
    sample_of = f"[{sample}]" if settings.batch_first else f"[:, {sample}]"
    up_to = dataclasses.replace(settings, num_layers=layer + 1)
    slots = (layer + 1) * settings.num_directions
    lines = []
    if layer + 1 < settings.num_layers:
        lines += [
            "# `output` is the last layer's: so up to this layer",
            f"part = {module(up_to)}",
            "part.load_state_dict({name: lstm.state_dict()[name] for name in part.state_dict()})",
        ]
    name = "part" if lines else "lstm"
    lines.append(f"output, _ = {name}(inputs, (h_0[:{slots}], c_0[:{slots}]))")
    lines.append(f"theirs = output{sample_of}[t - 1, {direction} * len(h) + {row}]")
    lines.append(f'print(f"torch: {{theirs:.4f}}, apart by {{abs(h[{row}] - theirs).item():.1e}}")')
    return "\n".join(lines)
