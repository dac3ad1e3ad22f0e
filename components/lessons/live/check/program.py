"""A loop and one call, as a learner would write them, for any settings and with any of the check's mistakes.

Every excerpt stands word for word in `program`, and `program` prints the digits the page shows: it draws the same
numbers in the same order, on one thread and without gradients, as the page does.
"""

from components.programs.setup import draw, head, state
from components.settings import Settings

# What each of the two begins with, so that they can be told apart where they stand side by side.
LOOP = "# A loop: one call a step"
CALL = "# One call: the whole sequence"


def program(settings: Settings, mistake: str = "none") -> str:
    """The whole program: draw, loop, call, compare, print."""
    return "\n\n".join(
        [
            head(settings),
            "# %% 1. The module, the inputs and the initial state, drawn in this order\n" + draw(settings),
            "# %% 2. The loop\n" + loop(settings, mistake),
            'looped = {"output": output, "h_n": h_n, "c_n": c_n}',
            "# %% 3. The call\n" + call(settings, mistake),
            'called = {"output": output, "h_n": h_n, "c_n": c_n}',
            "# %% 4. The same?\n" + _COMPARE.format(base="1e-12" if settings.dtype == "float64" else "2e-6"),
            "# %% 5. What the call returned\n" + _SHOW,
        ]
    )


def raising(settings: Settings) -> str:
    """The program in which the time axis is fed as the batch axis *with* a state: torch refuses it."""
    wrong = "lstm(inputs.transpose(0, 1), (h_0, c_0))"
    return f"# raises: RuntimeError\n{head(settings)}\n\n{draw(settings)}\n{wrong}"


def loop(settings: Settings, mistake: str = "none") -> str:
    """The loop, one call a step, with the mistake made in it if it is one of the loop's."""
    if settings.bidirectional and mistake in ("none", "redraw", "as_batch"):
        return _both_directions(settings)
    steps = "inputs.unbind(1)" if settings.batch_first else "inputs"
    one = "x_t[:, None]" if settings.batch_first else "x_t[None]"
    dim = ", dim=1" if settings.batch_first else ""
    calls = {
        "zeros": [f"    out, (h, c) = lstm({one})  # no state: zeros at every step"],
        "h_only": [
            f"    out, (h, c_n) = lstm({one}, (h, c))",
            "    c = torch.zeros_like(c_n)  # only h is handed on",
        ],
    }
    start = [] if mistake == "zeros" else ["h, c = h_0, c_0"]
    end = "h_n = h" if mistake == "h_only" else "h_n, c_n = h, c"
    return "\n".join(
        [
            LOOP,
            *start,
            "outputs = []",
            f"for x_t in {steps}:",
            *calls.get(mistake, [f"    out, (h, c) = lstm({one}, (h, c))"]),
            "    outputs.append(out)",
            f"output = torch.cat(outputs{dim})",
            end,
        ]
    )


def _both_directions(settings: Settings) -> str:
    """Layer by layer, each direction in its own order: the plain loop cannot do it."""
    given = [f"below.shape[-1], {settings.hidden_size}"]
    given += [] if settings.bias else ["bias=False"]
    given += [f"proj_size={settings.proj_size}"] if settings.proj_size else []
    lines = [
        LOOP,
        f"below = inputs{'.transpose(0, 1)' if settings.batch_first else ''}",
        "h_n, c_n = [], []",
        f"for layer in range({settings.num_layers}):",
        "    halves = []",
        '    for direction, suffix in enumerate(["", "_reverse"]):',
        "        # One layer in one direction, sharing the module's parameters",
        f'        one = nn.LSTM({", ".join(given)}, device="meta")',
        '        names = {name: f"{name[:-1]}{layer}{suffix}" for name in one.state_dict()}',
        "        one.load_state_dict({k: lstm.state_dict()[v] for k, v in names.items()}, assign=True)",
        "        slot = 2 * layer + direction",
        "        h, c = h_0[slot, None], c_0[slot, None]",
        "        outputs = []",
        "        for x_t in below.flip(0) if direction else below:",
        "            out, (h, c) = one(x_t[None], (h, c))",
        "            outputs.append(out)",
        "        half = torch.cat(outputs)",
        "        halves.append(half.flip(0) if direction else half)",
        "        h_n.append(h)",
        "        c_n.append(c)",
        "    below = torch.cat(halves, dim=2)  # the next layer reads both directions",
        f"output = below{'.transpose(0, 1)' if settings.batch_first else ''}",
        "h_n, c_n = torch.cat(h_n), torch.cat(c_n)",
    ]
    return "\n".join(lines)


def call(settings: Settings, mistake: str = "none") -> str:
    """The single call, with the mistake made in it if it is one of the call's."""
    right = "output, (h_n, c_n) = lstm(inputs, (h_0, c_0))"
    if mistake == "redraw":
        return f"{CALL}\n{state(settings)}\n{right}"
    if mistake == "as_batch":
        return f"{CALL}\noutput, (h_n, c_n) = lstm(inputs.transpose(0, 1))\noutput = output.transpose(0, 1)"
    return f"{CALL}\n{right}"


_COMPARE = """\
tolerance = {base} * max(1.0, called["c_n"].abs().max().item())
for name in looped:
    a, b = looped[name], called[name]
    if a.shape != b.shape:
        print(f"{{name}}: shapes {{tuple(a.shape)}} and {{tuple(b.shape)}} differ")
        continue
    difference = (a - b).abs().max().item()
    same = "the same" if difference <= tolerance else "NOT the same"
    print(f"{{name}}: {{same}}, largest difference {{difference:.1e}}, bit for bit {{torch.equal(a, b)}}")"""

_SHOW = """\
torch.set_printoptions(precision=4, sci_mode=False, linewidth=100, threshold=10_000)
for name, tensor in called.items():
    print(name, tuple(tensor.shape))
    print(tensor)"""
