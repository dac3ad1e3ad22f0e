"""Shapes as pictures: the block of inputs and its slices, the tape of axes, and grids of cells side by side.

An axis has one colour wherever its size occurs, and its letter beside it. The batch axis' colour is that of the samples
too: a sample is a shade of it, and a mark.
"""

from components.charts.picture import (
    Boxes,
    By,
    Expr,
    Lines,
    Points,
    Signal,
    Texts,
    Tip,
    When,
    Words,
    hue,
    picture,
    shade,
)
from components.charts.scene import Form
from components.charts.template import HAIRLINE, INK, Spec

# T, B, I, H, P and L·D: none of the gates' hues, and 3:1 at least on both papers. L·D is ink: it counts no data.
AXES = ("#12909C", "#7A62DC", "#4F7F9E", "#948512", "#6B9327", INK)
BATCH = AXES[1]
SHAPES = ("circle", "triangle-up", "square", "diamond", "cross", "triangle-down", "triangle-right", "triangle-left")

_AXIS = hue("axis", AXES)
# Opacity: the palest is still seen, and ink is legible on the deepest, as a mark or as a number.
DEPTH, NUMBERED = (0.18, 0.8), (0.18, 0.5)
# The step and the sample that are outlined
_AT = Signal("at", start=10, over="pointermove", pointed="datum && datum.t ? datum.t * 10 + datum.b : at")
_AIR = "width * .003"  # px that a cell leaves of its place, left and right


def _shaded(sample: str, samples: int) -> By:
    """A sample's shade."""
    return By(sample, scale=(("domain", (0, samples - 1)), ("range", DEPTH)))


def block(form: Form, samples: int) -> Spec:
    """`cells`, `lines` and words of so many samples; pointing at a cell outlines its (t, b) everywhere."""
    tips = Tip("t", "step t"), Tip("b", "sample"), Tip("f", "feature"), Tip("value", "value", ".4f")
    cells = Boxes(
        fill=BATCH,
        opacity=_shaded("b", samples),
        outline=INK,
        thick=Expr("datum.t * 10 + datum.b == at ? 2 : 0"),
        inset=(0, 0),
        tips=tips,
    )
    marks = Points("b", SHAPES[:samples], size=36, tips=tips)
    return picture(form, (cells, marks, Lines(colour=_AXIS, thick=4, round=True), Words()), (_AT,))


def tape(form: Form) -> Spec:
    """`axes` and words of the tape: each axis a chip at either side, with a text, and a line between them, without."""
    return picture(
        form,
        (
            Lines("axes", _AXIS, thick=Expr("datum.y == datum.y2 ? 1.5 : 3.5"), round=True, where="!datum.text"),
            Boxes("axes", _AXIS, 0.2, outline=_AXIS, thick=1.5, inset=(0, 0), where="datum.text"),
            Texts("text", "axes", size=12.5, line=15, down=-7),
            Words(),
        ),
    )


def readings(form: Form) -> Spec:
    """`cells` and words: signed numbers in two grids."""
    tips = Tip("row"), Tip("unit"), Tip("value", "value", ".4f")
    cells = Boxes(fill=shade("value", 1), inset=(0, 0), tips=tips)
    figures = Texts("value", format=".2f", room=f"(37 - {_AIR})", down=0.75, tips=tips)
    return picture(form, (cells, figures, Words()))


def nudged(form: Form, below: float, samples: int) -> Spec:
    """`cells` and words: whose numbers are read at each (t, b), and `below` px under it how far outputs move."""
    tips = (
        Tip("t", "step t"),
        Tip("b", "read as sample"),
        Tip("whose", "numbers of sample"),
        Tip("moved", "output moves by", ".4f"),
    )
    reach = (("type", "sqrt"), ("domain", (0, 0.5)), ("range", NUMBERED), ("clamp", True))
    deep = When("!datum.moved", 0, By("moved", scale=reach))
    figures = Texts(
        "moved",
        format=".2r",
        room=f"(46 - {_AIR})",
        down=below + 0.75,
        tips=tips,
        where="datum.moved",
    )
    return picture(
        form,
        (
            Boxes(fill=BATCH, opacity=_shaded("whose", samples), outline=HAIRLINE, inset=(0, 0), tips=tips),
            Boxes(opacity=deep, outline=HAIRLINE, inset=(0, 0), down=below, tips=tips),
            Points("whose", SHAPES[: min(samples, len(SHAPES))], size=50, down=0.75, tips=tips),
            figures,
            Words(),
        ),
    )
