"""The altered LSTM as a program: a loop over the steps, in which gates are held and cells are set.

It prints what the altered run gives, how far that is from the run without alterations, and who wrote c.
"""

from components.programs.template import Template
from components.settings import Settings

PROGRAM = Template(__name__)
# Gate, value, unit (None: all), first and last step (None: the end).
Hold = tuple[str, float, int | None, int, int | None]
Edit = tuple[str, float, int | None, int, int]  # h, c or x, value, unit or feature (None: all), first and last step
Operation = tuple[tuple[Hold, ...], tuple[Edit, ...], float, int, int]  # ..., forget bias, layer, direction


def program(settings: Settings, operation: Operation, sample: int, unit: int) -> str:
    """The whole program. It prints the terms of c for one unit of one sample."""
    holds, edits, bias, layer, direction = operation
    return PROGRAM.program(
        settings=settings,
        holds=holds,
        edits=edits,
        forget_bias=bias,
        layer=layer,
        direction=direction,
        sample=sample,
        unit=unit,
    )
