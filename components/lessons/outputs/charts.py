"""`output`, `h_n` and `c_n` as cells. The shade of a cell is its number, and outlines show equal numbers.

They are in one view, so that one signal can light cells in all three.
"""

from components.charts.picture import ACROSS, FRAMES, OPACITY, Boxes, Signal, Texts, Tip, When, Words, picture, shade
from components.charts.scene import Form
from components.charts.template import Spec

SLOT_EVENT = "unrolledslot"  # a window event; its detail is the number of the slot to light, or -1 for none

# The slot that is lit. The pointer sets it, on a cell of the slot or on a cell with the same numbers. The page sets it
# too.
_SLOT = Signal(
    "slot",
    event=SLOT_EVENT,
    over="pointerover, pointerdown",
    pointed="datum && isNumber(datum.slot) ? datum.slot : slot",
)
_LIT = "datum.slot == slot"
_NARROW = f"width * datum.room <= {ACROSS} * 37"  # there a number has one decimal


def outputs(form: Form, bound: int) -> Spec:
    """The picture, from `cells`, `marks` and words of `frames.py`. Shades stand for numbers from -bound to bound."""
    return picture(
        form,
        (
            Boxes(fill=shade("value", bound), inset=(1, 0.5), tips=(Tip("value", format=".4f"),)),
            # Outlines and brackets are strong for the slot that is lit, and faint or invisible for the others.
            Boxes("marks", hollow=True, opacity=When(_LIT, 1, OPACITY), thick=When(_LIT, 3, 1.4), inset=(0, 0)),
            Texts("value", format=".2f", room="37", high=14.5, room_column="room"),
            Texts("value", format=".1f", size=11, room="23", high=14.5, room_column="room", where=_NARROW),
            FRAMES,
            Words(),
            Words(("said",), opacity=When(_LIT, 1, 0)),
        ),
        (_SLOT,),
    )
