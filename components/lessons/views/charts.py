"""Memory as a row of cells, the finger's steps along it, and tensors as grids, in one picture.

Cells that hold the same number share a shade and a label. Pointing at one outlines it wherever it stands.
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

# The number pointed at, -1 for none
_POINTED = Signal("pointed", over="pointermove", pointed="datum && isValid(datum.origin) ? datum.origin : -1")
_BOLD = "datum.origin == pointed || datum.number == '−1'"  # or written to
# px that letter and number need, and the number alone, smaller
_LABEL, _NUMBER = "(datum.long * 7.2 + 12.2)", "(datum.long * 6 + 3)"
_NARROW = f"width * (datum.x2 - datum.x) <= {ACROSS} * {_LABEL}"


def memory(form: Form) -> Spec:
    """The `cells`, `curves` and words of `frames.py`; the height follows the data."""
    return picture(
        form,
        (
            Boxes(
                opacity=OPACITY,
                outline=When(_BOLD, MIDDLE_GREY, HAIRLINE),
                thick=When(_BOLD, 3, 1),
                inset=(0.5, 0),
                # Where the label does not fit, pointing tells it.
                tips=Expr(f"{_NARROW} ? {{'sample, number': datum.label}} : null"),
            ),
            # Letter and number where they fit, else the number alone, else nothing
            Texts("label", room=_LABEL),
            Texts("number", size=11, room=_NUMBER, where=_NARROW),
            Curves(),
            Words(),
        ),
        (_POINTED,),
    )
