"""`output`, `h_n` and `c_n` as cells in one view: one shade for one number, and outlines where they are the same.

One view rather than three, so that one signal lights all of it.
"""

from components.charts.picture import OPACITY, Boxes, Signal, Texts, Tip, When, Words, picture, shade
from components.charts.scene import Form
from components.charts.template import Spec

SLOT_EVENT = "unrolledslot"  # window event; its detail is the number of the slot to light, or -1 for none

# Which slot is lit, by the pointer on any of its cells, or on a cell that holds its numbers, or by the page.
_SLOT = Signal(
    "slot",
    event=SLOT_EVENT,
    over="pointerover, pointerdown",
    pointed="datum && isNumber(datum.slot) ? datum.slot : slot",
)
_LIT = "datum.slot == slot"


def outputs(form: Form, bound: int) -> Spec:
    """The `cells`, `marks` and words of `frames.py`, shades for numbers from -bound to bound."""
    return picture(
        form,
        (
            Boxes(fill=shade("value", bound), inset=(1, 0.5), tips=(Tip("value", format=".4f"),)),
            # Outlines and brackets: strong for the slot that is lit, faint or absent for others
            Boxes("marks", hollow=True, opacity=When(_LIT, 1, OPACITY), thick=When(_LIT, 3, 1.4), inset=(0, 0)),
            Texts("value", format=".2f", room="37", high=14.5, room_column="room"),
            Words(),
            Words(("said",), opacity=When(_LIT, 1, 0)),
        ),
        (_SLOT,),
    )
