"""What comes back, and why the state is a tuple, as programs that print a page's own digits."""

import dataclasses

from components.programs.setup import draw, head, module
from components.settings import Settings


def program(settings: Settings, pairs: tuple[tuple[str, str], ...], cut: int | None) -> str:
    """The whole program: call, compare `pairs` of Python expressions, cut after `cut` steps and continue."""
    parts = [
        head(settings),
        "# %% 1. The module, the inputs and the initial state, drawn in this order\n" + draw(settings),
        "# %% 2. One call, and what comes back\n" + CALL,
        "# %% 3. Where they meet\n" + "\n".join(_compared(left, right) for left, right in pairs),
    ]
    if cut is not None:
        parts.append("# %% 4. Cut the sequence, and continue with all, half or nothing of the state")
        one_way = dataclasses.replace(settings, bidirectional=False)
        if settings.bidirectional:
            parts[-1] += "\n# One direction: a reverse one starts at the end, and no state at the cut replaces it\n"
            parts[-1] += draw(one_way)
        parts[-1] += "\n" + continued(one_way, cut)
        parts.append("# %% 5. A simple RNN, whose state is one tensor\n" + rnn(one_way, cut))
    return "\n\n".join(parts)


CALL = """\
output, (h_n, c_n) = lstm(inputs, (h_0, c_0))
for name, tensor in {"output": output, "h_n": h_n, "c_n": c_n}.items():
    print(name, tuple(tensor.shape))
    print(tensor)"""


def _compared(left: str, right: str) -> str:
    return "\n".join(
        [
            f"a, b = {left}, {right}",
            f'print("{left} and {right}:", torch.equal(a, b), f"{{(a - b).abs().max().item():.1e}}")',
        ]
    )


def continued(settings: Settings, cut: int) -> str:
    """The cut, and the four continuations."""
    start, end = _ends(settings, cut)
    return "\n".join(
        [
            "whole, _ = lstm(inputs, (h_0, c_0))",
            f"_, (h, c) = lstm(inputs[{start}], (h_0, c_0))",
            "no_h, no_c = torch.zeros_like(h), torch.zeros_like(c)",
            'states = {"(h, c)": (h, c), "h alone": (h, no_c), "c alone": (no_h, c), "neither": (no_h, no_c)}',
            "for name, state in states.items():",
            f"    rest, _ = lstm(inputs[{end}], state)",
            f'    print(name, f"{{(rest - whole[{end}]).abs().max().item():.1e}}")',
        ]
    )


def rnn(settings: Settings, cut: int) -> str:
    """The `nn.RNN` of the same sizes, cut at the same step and continued with its one tensor."""
    plain = dataclasses.replace(settings, proj_size=0)  # an RNN has no projection
    start, end = _ends(settings, cut)
    return "\n".join(
        [
            f"torch.manual_seed({settings.seed})",
            f"rnn = {module(plain).replace('nn.LSTM', 'nn.RNN')}",
            "whole, _ = rnn(inputs)",
            f"_, h = rnn(inputs[{start}])",
            f"rest, _ = rnn(inputs[{end}], h)",
            f'print("nn.RNN, h", f"{{(rest - whole[{end}]).abs().max().item():.1e}}")',
        ]
    )


def _ends(settings: Settings, cut: int) -> tuple[str, str]:
    """The steps before and after the cut, as indices."""
    return (f":, :{cut}", f":, {cut}:") if settings.batch_first else (f":{cut}", f"{cut}:")


def raising(settings: Settings, error: str) -> str:
    """The program in which an LSTM is given one tensor for its state."""
    return f"# raises: {error}\n{head(settings)}\n\n{draw(settings)}\nlstm(inputs, h_0)"
