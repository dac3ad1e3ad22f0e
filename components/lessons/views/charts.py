"""Memory as a row of cells, the steps of a finger along it, and tensors as grids, in one picture.

Cells that hold the same number have the same shade and label. Pointing at a cell outlines all of these.
"""

from components.charts.picture import (
    ACROSS,
    MIDDLE_GREY,
    OPACITY,
    Boxes,
    Curves,
    Expr,
    Signal,
    Texts,
    When,
    Words,
    picture,
)
from components.charts.scene import Form
from components.charts.template import HAIRLINE, Spec

# The number under the pointer, -1 for none
_POINTED = Signal("pointed", over="pointermove", pointed="datum && isValid(datum.origin) ? datum.origin : -1")
_BOLD = "datum.origin == pointed || datum.number == '−1'"  # under the pointer, or written to
# The px that a letter with a number needs, and the px that a number alone needs, in a smaller size
_LABEL, _NUMBER = "(datum.long * 7.2 + 12.2)", "(datum.long * 6 + 3)"
_NARROW = f"width * (datum.x2 - datum.x) <= {ACROSS} * {_LABEL}"


def memory(form: Form) -> Spec:
    """The picture, from `cells`, `curves` and words of `frames.py`. Its height follows the data."""
    return picture(
        form,
        (
            Boxes(
                opacity=OPACITY,
                outline=When(_BOLD, MIDDLE_GREY, HAIRLINE),
                thick=When(_BOLD, 3, 1),
                inset=(0.5, 0),
                # A label that does not fit is in the tooltip.
                tips=Expr(f"{_NARROW} ? {{'sample, number': datum.label}} : null"),
            ),
            # A cell shows its letter and number if they fit, else the number alone if that fits, else nothing.
            Texts("label", room=_LABEL),
            Texts("number", size=11, room=_NUMBER, where=_NARROW),
            Curves(),
            Words(),
        ),
        (_POINTED,),
    )
