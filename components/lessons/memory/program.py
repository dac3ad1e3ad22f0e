"""An LSTM that is operated on, as a program: the loop written out, with the gates held where they are held.

It prints what the altered run gives, how far that is from the run as it was, and who wrote c.
"""

from components.programs.template import Template
from components.settings import Settings

PROGRAM = Template(__name__)
Hold = tuple[
    str, float, int | None, int, int | None
]  # gate, value, unit (None: all), first and last step (None: the end)
Edit = tuple[str, float, int | None, int, int]  # h, c or x, value, unit or feature (None: all), first and last step
Operation = tuple[tuple[Hold, ...], tuple[Edit, ...], float, int, int]  # ..., forget bias, layer, direction


def program(settings: Settings, operation: Operation, sample: int, unit: int) -> str:
    """The whole program; the terms of c are those of one unit of one sample."""
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
