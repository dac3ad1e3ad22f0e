"""The module as a grid of cells with arrows for what feeds what, shaded by turns or by how far h changes."""

from components.charts.picture import (
    ACROSS,
    FRAMES,
    Boxes,
    Expr,
    Heads,
    Layer,
    Lines,
    Signal,
    Texts,
    Tip,
    Tips,
    Words,
    picture,
)
from components.charts.scene import FULL, Form
from components.charts.template import INK, Spec

SLOT_EVENT = "unrolledrow"  # window event; its detail is the highlighted slot plus 1, or 0 for none

_SLOT = Signal("slot", event=SLOT_EVENT, said="event.detail - 1")
_FED = "(datum.feeds >> slot) & 1"
_SHADE = f"datum.opacity / {FULL}"
# The px that a number needs: 6 for each character, at most 30.
_ROOM = "6 * (length(datum.text) < 3 ? length(datum.text) : min(length(datum.text), 5))"


def grid(form: Form, measure: str, digits: str, arrows: bool, framed: bool = False) -> Spec:
    """`cells`, words and, with `arrows`, `lines` for what feeds what. `SLOT_EVENT` highlights what feeds a slot.

    The values of cells are what `measure` names; a value below 0 is not told. A marked cell has a bold outline.
    With `framed` it reads `frames` too, the place that an answer points at.
    """
    tips = Expr(
        f"datum.value < 0 ? {{'step t': datum.t}} : {{'step t': datum.t, '{measure}': format(datum.value, '{digits}')}}"
    )
    layers = _cells(tips, _dimmed(_SHADE, f"max(.38, {_SHADE})", f"min(.03, {_SHADE})"), _dimmed("1", "1", ".45"))
    layers += (Boxes(fill=INK, hollow=True, thick=2.5, inset=(0, 0), where="datum.mark"),)
    if arrows:  # no arrows if columns are too narrow for them
        shown = Expr(f"width < datum.least ? 0 : {_dimmed('.5', '.9', '.12')}")
        layers += (Lines(thick=1.2, opacity=shown), Heads(opacity=shown))
    layers += (FRAMES,) if framed else ()
    return picture(form, (*layers, Words()), (_SLOT,))


def sizes(form: Form, measure: str) -> Spec:
    """`cells` and words. Shades are sizes of what `measure` names."""
    tips = (Tip("t", "step t"), Tip("value", measure, ".2r"))
    return picture(form, (*_cells(tips, _SHADE, "1"), Words()))


def _dimmed(rest: str, lit: str, dim: str) -> str:
    """An opacity: `rest` if no slot is chosen; else `lit` for what feeds the slot, and `dim` for what does not."""
    return f"slot < 0 ? {rest} : {_FED} ? {lit} : {dim}"


def _cells(tips: Tips, shade: str, ink: str) -> tuple[Layer, ...]:
    """Cells with outlines and numbers. A cell with an outline but no shade holds only rounding."""
    outline = Expr(f"(datum.x2 - datum.x) * width / {ACROSS} > 6 ? .3 : 0")
    return (
        Boxes(opacity=Expr(shade), tips=tips),
        Boxes(fill=INK, hollow=True, thick=0.8, opacity=outline),
        Texts("text", size=12, opacity=Expr(ink), room=_ROOM, down=0.5),
    )
