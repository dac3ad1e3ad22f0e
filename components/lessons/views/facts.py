"""A typed line such as `x.transpose(0, 1).view(B, -1)` is parsed and run on real torch. No Python is evaluated.

`ast` parses the line, and this module turns it into steps. A step is one of `METHODS`, `.T`, `.mT` or an index. No
other Python is accepted. This is the whole grammar:

    line    = "x" step*
    step    = "." method "(" [argument ("," argument)*] ")"  |  ".T"  |  ".mT"  |  "[" entry ("," entry)* "]"
    argument = size | "(" [size ("," size)*] ")"
    entry   = size | [size] ":" [size] [":" [size]]
    size    = digits | "-" digits | "T" | "B" | "I"

No step computes with numbers: all steps rearrange. The length of the text, the steps, the axes and the integers are
limited when the line is parsed. The elements of each intermediate result are limited before torch computes it.
"""

import ast
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

import torch
from torch import Tensor

from components.lessons.views import LONGEST
from components.lessons.views.storage.facts import obstacle
from components.lstm.refusal import ERRORS

MOST_STEPS = 12
MOST_AXES = 8
MOST_ELEMENTS = 2**18  # of an intermediate result; the largest x has 204,800
MOST_DIGITS = 7  # of an integer

Arguments = tuple[Any, ...]  # integers, tuples of integers, slices


class LineError(Exception):
    """The line is not in the grammar, or exceeds a limit. The text is a sentence for the person who typed it."""


@dataclass(frozen=True)
class Step:
    """One step of a line."""

    name: str  # of a method, "T", "mT", or "[]" for an index
    arguments: Arguments
    text: str  # in the app's own spelling: `.view(B, -1)`


@dataclass(frozen=True)
class Method:
    """A method that only rearranges."""

    example: str  # of its use
    fits: Callable[[Arguments], bool]  # whether arguments have the right form


def _whole(*counts: int) -> Callable[[Arguments], bool]:
    return lambda given: len(given) in counts and all(isinstance(size, int) for size in given)


def _several(given: Arguments) -> bool:
    """Whether the arguments are integers, or one tuple of integers."""
    return bool(given) and (all(isinstance(size, int) for size in given) or _tuples(1)(given))


def _tuples(count: int) -> Callable[[Arguments], bool]:
    return lambda given: len(given) == count and all(isinstance(sizes, tuple) for sizes in given)


METHODS = {
    "view": Method(".view(B, -1)", _several),
    "reshape": Method(".reshape(B, -1)", _several),
    "transpose": Method(".transpose(0, 1)", _whole(2)),
    "permute": Method(".permute(2, 0, 1)", _several),
    "t": Method(".t()", _whole(0)),
    "contiguous": Method(".contiguous()", _whole(0)),
    "flatten": Method(".flatten(0, 1)", _whole(0, 1, 2)),
    "unflatten": Method(
        ".unflatten(0, (1, T))",
        lambda given: len(given) == 2 and isinstance(given[0], int) and isinstance(given[1], tuple),
    ),
    "squeeze": Method(".squeeze(1)", lambda given: not given or (len(given) == 1 and _several(given))),
    "unsqueeze": Method(".unsqueeze(0)", _whole(1)),
    "expand": Method(".expand(4, -1, -1, -1)", _several),
    "narrow": Method(".narrow(0, 1, 1)", _whole(3)),
    "select": Method(".select(1, 0)", _whole(2)),
    "flip": Method(".flip(0)", _several),
    "movedim": Method(".movedim(0, 2)", lambda given: _whole(2)(given) or _tuples(2)(given)),
    "swapaxes": Method(".swapaxes(0, 1)", _whole(2)),
}
PROPERTIES = ("T", "mT")


def parse(text: str, sizes: Mapping[str, int]) -> tuple[Step, ...]:
    """The steps of a line. `sizes` holds the values of the names T, B and I.

    Raises `LineError` for a text that is not in the grammar, and never another error.
    """
    _spelled(text)
    try:
        node: ast.AST = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise LineError("This cannot be read: is a bracket or a comma missing?") from None
    steps: list[Step] = []
    while not (isinstance(node, ast.Name) and node.id == "x"):
        match node:
            case ast.Call(func=ast.Attribute(value=inner, attr=name), args=args, keywords=[]):
                steps.append(_call(name, args, sizes))
            case ast.Attribute(value=inner, attr=name):
                steps.append(_property(name))
            case ast.Subscript(value=inner, slice=index):
                steps.append(_index(index, sizes))
            case ast.Name(id=name):
                raise LineError(f"The line starts with `x`, not with `{name[:30]}`.")
            case _:
                raise LineError("The line is `x` with methods and indices in a chain: `x.transpose(0, 1)[0]`.")
        node = inner
    if len(steps) > MOST_STEPS:
        raise LineError(f"{len(steps)} steps are too many: at most {MOST_STEPS}.")
    return tuple(reversed(steps))


_MEANT = {
    "=": "Leave out `=`: arguments have no names here, and `y =` is already there.",
    "*": "Sizes are not calculated here: −1 stands for the size that is left, as in `x.view(B, -1)`.",
    "'": "No texts here, only integers.",
    '"': "No texts here, only integers.",
}


def _spelled(text: str) -> None:
    """Raise `LineError` for mistakes that need no parser. On some of them a parser would warn, or take long."""
    if not text.strip():
        raise LineError("The line is empty. `x` alone is the tensor as it is.")
    if len(text) > LONGEST:
        raise LineError(f"The line has {len(text)} characters: at most {LONGEST}.")
    if strange := re.search(r"[^A-Za-z0-9_.,:()\[\] -]", text):
        sign = strange.group()
        shown = f"`{sign}`" if sign.isprintable() and sign != "`" else f"U+{ord(sign):04X}"
        raise LineError(
            _MEANT.get(sign, f"{shown} cannot be used in a line: use only letters, digits and . , : ( ) [ ] −.")
        )
    if re.search(r"(?<![A-Za-z_0-9])[0-9]+[A-Za-z_]", text) or re.search(r"\d\.|\.\d", text):
        raise LineError("Write whole numbers, in digits only.")
    if re.search(rf"\d{{{MOST_DIGITS + 1}}}", text):
        raise LineError(f"A number has at most {MOST_DIGITS} digits here.")


def _call(name: str, nodes: list[ast.expr], sizes: Mapping[str, int]) -> Step:
    method = METHODS.get(name)
    if method is None:
        if name in PROPERTIES:
            raise LineError(f"`.{name}` is written without brackets.")
        raise LineError(f"`.{name[:30]}` is not among the methods that only rearrange: {', '.join(METHODS)}, T, mT.")
    read = [_argument(node, sizes) for node in nodes]
    given = tuple(value for value, _ in read)
    if not method.fits(given):
        raise LineError(f"`.{name}` cannot be called like this. An example: `{method.example}`.")
    if max((len(given), *(len(sizes) for sizes in given if isinstance(sizes, tuple)))) > MOST_AXES:
        raise LineError(f"Too many axes: at most {MOST_AXES}.")
    return Step(name, given, f".{name}({', '.join(text for _, text in read)})")


def _property(name: str) -> Step:
    if name not in PROPERTIES:
        known = f"`.{name[:30]}` needs brackets: `{METHODS[name].example}`." if name in METHODS else ""
        raise LineError(known or f"`.{name[:30]}` is not known here: methods that only rearrange, `.T` and `.mT` are.")
    return Step(name, (), f".{name}")


def _argument(node: ast.expr, sizes: Mapping[str, int]) -> tuple[Any, str]:
    """An integer or a tuple of integers, and its text."""
    if not isinstance(node, ast.Tuple):
        return _size(node, sizes)
    read = [_size(element, sizes) for element in node.elts]
    inside = ", ".join(text for _, text in read)
    return tuple(value for value, _ in read), f"({inside},)" if len(read) == 1 else f"({inside})"


def _size(node: ast.expr, sizes: Mapping[str, int]) -> tuple[int, str]:
    match node:
        case ast.Constant(value=value) if type(value) is int:  # not `isinstance`: a bool is an int too
            return value, str(value)
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=value)) if type(value) is int:
            return -value, f"-{value}"
        case ast.Name(id=name) if name in sizes:
            return sizes[name], name
    raise LineError(f"Sizes, axes and indices are integers, or one of {', '.join(sizes)}.")


def _index(node: ast.expr, sizes: Mapping[str, int]) -> Step:
    nodes = node.elts if isinstance(node, ast.Tuple) else [node]
    if not nodes or len(nodes) > MOST_AXES:
        raise LineError(f"An index has 1 to {MOST_AXES} entries.")
    entries: list[Any] = []
    texts = []
    for entry in nodes:
        if isinstance(entry, ast.Slice):
            ends = [None if end is None else _size(end, sizes) for end in (entry.lower, entry.upper, entry.step)]
            entries.append(slice(*(end and end[0] for end in ends)))
            texts.append(":".join(end[1] if end else "" for end in (ends if ends[2] else ends[:2])))
        else:
            value, text = _size(entry, sizes)
            entries.append(value)
            texts.append(text)
    return Step("[]", tuple(entries), f"[{', '.join(texts)}]")


@dataclass(frozen=True, eq=False)
class Stage:
    """The tensor after a step. The first stage is `x` itself."""

    text: str
    tensor: Tensor


@dataclass(frozen=True)
class NotTaken:
    """A step that was not taken, because torch raised an error or a limit forbids it."""

    text: str  # of the step
    error: str  # the name of torch's error; empty if a limit of this page forbids the step
    words: str  # torch's message, or a sentence about the limit
    why: str  # the reason, in terms of shape and strides; may be empty


@dataclass(frozen=True, eq=False)
class Chain:
    """The result of a line: its stages, and the step that was not taken, if there is one."""

    stages: tuple[Stage, ...]  # x, then one for each step taken
    not_taken: NotTaken | None = None

    @property
    def result(self) -> Tensor:
        """The tensor of the last stage."""
        return self.stages[-1].tensor


def rearrange(x: Tensor, steps: tuple[Step, ...]) -> Chain:
    """The chain of steps, run one by one on real torch up to the first that fails. `x` does not change."""
    stages = [Stage("x", x)]
    for step in steps:
        tensor = stages[-1].tensor
        if not_taken := _beyond(tensor, step):
            return Chain(tuple(stages), not_taken)
        try:
            result = _take(tensor, step)
        except ERRORS as error:
            words = str(error).strip().splitlines()[0][:300]
            return Chain(tuple(stages), NotTaken(step.text, type(error).__name__, words, _why(tensor, step)))
        stages.append(Stage(step.text, result))
    return Chain(tuple(stages))


def _take(tensor: Tensor, step: Step) -> Tensor:
    if step.name == "[]":
        return tensor[step.arguments]
    if step.name in PROPERTIES:
        transposed: Tensor = getattr(tensor, step.name)
        return transposed
    if step.name not in METHODS:  # `parse` makes no such step
        raise LineError(f"{step.name} is not a method that only rearranges.")
    result: Tensor = getattr(tensor, step.name)(*step.arguments)
    return result


def elements(tensor: Tensor, step: Step) -> int:
    """An upper limit of the elements of a step's result, computed without torch. Only `expand` can add elements."""
    if step.name != "expand":
        return tensor.numel()
    sizes = _flat(step.arguments)
    kept = (1,) * (len(sizes) - tensor.dim()) + tuple(tensor.shape)
    return prod(old if new == -1 else abs(new) for new, old in zip(sizes, kept, strict=False))


def _beyond(tensor: Tensor, step: Step) -> NotTaken | None:
    """The step as not taken, if its result would exceed a limit of this page; else None."""
    if (count := elements(tensor, step)) > MOST_ELEMENTS:
        words = f"The result would have {count:,} elements. This page allows {MOST_ELEMENTS:,}.".replace(",", "\u202f")
        return NotTaken(step.text, "", words, "")
    axes = tensor.dim() + {
        "unsqueeze": 1,
        "unflatten": len(step.arguments[-1]) - 1 if step.name == "unflatten" else 0,
    }.get(step.name, 0)
    if axes > MOST_AXES:
        return NotTaken(step.text, "", f"The result would have {axes} axes. This page allows {MOST_AXES}.", "")
    if step.name == "T" and tensor.dim() != 2:
        # torch still only warns. A warning goes to the server's log, and no visitor would see it.
        words = f"`.T` is meant for two axes, and torch will refuse it for others: here are {tensor.dim()} axes."
        return NotTaken(step.text, "", words, "`.mT` swaps the last two, `.transpose` any two.")
    return None


def _flat(arguments: Arguments) -> tuple[int, ...]:
    """The integers of `(2, 3)` or `((2, 3),)`."""
    return arguments[0] if len(arguments) == 1 and isinstance(arguments[0], tuple) else arguments


def _why(tensor: Tensor, step: Step) -> str:
    """Why torch refuses a step, in terms of shape and strides; empty if torch's message says everything."""
    axes, shape = tensor.dim(), tuple(tensor.shape)
    match step.name:
        case "view" | "reshape":
            return _why_not_viewed(tensor, list(_flat(step.arguments)))
        case "expand":
            return (
                "Only an axis of size 1 can be repeated. It gets stride 0, so that the finger does not move. New axes "
                "come first."
            )
        case "permute":
            return f"`permute` names each axis once: there are {axes} here."
        case "unflatten":
            return f"The sizes of the parts have to multiply to the size of the axis. The shape is {shape}."
        case "[]" if any(
            isinstance(entry, slice) and entry.step is not None and entry.step < 1 for entry in step.arguments
        ):
            return (
                "Strides in torch are never negative: a finger only walks forwards. `.flip` reverses an axis, by a "
                "copy."
            )
    return (
        f"The tensor at this point has {axes} axes, of shape {shape}."
        if axes
        else "At this point there is no axis left."
    )


def _why_not_viewed(tensor: Tensor, target: list[int]) -> str:
    count = tensor.numel()
    known = prod(size for size in target if size != -1)
    if target.count(-1) > 1 or min(target, default=1) < -1:
        return "−1 stands for the size that is left, so it can be used only once."
    if -1 in target:
        if not known or count % known:
            return f"{count} elements cannot be divided into rows of {known}."
        target[target.index(-1)] = count // known
    elif known != count:
        return f"The sizes multiply to {known}, and the tensor has {count} elements."
    pair = obstacle(tuple(tensor.shape), tensor.stride(), tuple(target))
    if pair is None:
        return ""
    return (
        f"Axis {pair.new} of the result would need one stride for the tensor's axes {pair.outer} and {pair.inner}. "
        f"All of axis {pair.inner} is {pair.size} · {pair.inner_stride} = {pair.size * pair.inner_stride} cells, "
        f"but axis {pair.outer} goes on by {pair.outer_stride}."
    )


def positions(sizes: tuple[int, ...]) -> Tensor:
    """A tensor of these sizes that holds 0, 1, 2, …: each number is its place in memory."""
    return torch.arange(prod(sizes)).view(sizes)


def written(x: Tensor, steps: tuple[Step, ...]) -> Chain:
    """The chain on a copy of `x`, with -1 written into the first cell of the result, if the result has a cell."""
    chain = rearrange(x.clone(), steps)
    if chain.result.numel():
        chain.result[(0,) * chain.result.dim()].fill_(-1)
    return chain
