"""Shapes as pictures: the block of inputs and its slices, the tape of axes, and grids of cells side by side.

An axis has the same colour everywhere, with its letter beside it. A sample has a shade of the batch axis' colour, and a
mark.
"""

from components.charts.picture import (
    FRAMES,
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

# The colours of T, B, I, H, P and L·D. None is the hue of a gate, and each has a contrast of at least 3:1 in the light
# and the dark theme. L·D has the colour of text, because it does not count data.
AXES = ("#12909C", "#7A62DC", "#4F7F9E", "#948512", "#6B9327", INK)
BATCH = AXES[1]
SHAPES = ("circle", "triangle-up", "square", "diamond", "cross", "triangle-down", "triangle-right", "triangle-left")

_AXIS = hue("axis", AXES)
# The least and the largest opacity: of cells with marks, then of cells with numbers. The palest cell can still be seen,
# and a mark or a number on the deepest cell can still be read.
DEPTH, NUMBERED = (0.18, 0.8), (0.18, 0.5)
# The outlined step and sample, as 10 t + b
_AT = Signal("at", start=10, over="pointermove", pointed="datum && datum.t ? datum.t * 10 + datum.b : at")
_AIR = "width * .003"  # px, the empty space at the left and right of a cell


def _shaded(sample: str, samples: int) -> By:
    """The opacity of a sample, out of so many."""
    return By(sample, scale=(("domain", (0, samples - 1)), ("range", DEPTH)))


def block(form: Form, samples: int) -> Spec:
    """The block and its slices, from `cells`, `lines` and words. Pointing at a cell outlines its (t, b) everywhere."""
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


def tape(form: Form, two_lines: bool = True) -> Spec:
    """The tape, from `axes` and words. An axis has a chip at each side, and a line without a text between them.

    With `two_lines` the letter in a chip is above its size. Without, it also reads `frames`, the place that an answer
    points at.
    """
    return picture(
        form,
        (
            Lines("axes", _AXIS, thick=Expr("datum.y == datum.y2 ? 1.5 : 3.5"), round=True, where="!datum.text"),
            Boxes("axes", _AXIS, 0.2, outline=_AXIS, thick=1.5, inset=(0, 0), where="datum.text"),
            Texts("text", "axes", size=12.5, line=15, down=-7)
            if two_lines
            else Texts("text", "axes", size=12, down=0.75),
            *(() if two_lines else (FRAMES,)),
            Words(),
        ),
    )


def readings(form: Form) -> Spec:
    """Two grids of signed numbers, from `cells` and words."""
    tips = Tip("row"), Tip("unit"), Tip("value", "value", ".4f")
    cells = Boxes(fill=shade("value", 1), inset=(0, 0), tips=tips)
    figures = Texts("value", format=".2f", room=f"(37 - {_AIR})", down=0.75, tips=tips)
    return picture(form, (cells, figures, Words()))


def nudged(form: Form, below: float, samples: int) -> Spec:
    """Two grids, one below the other, from `cells` and words.

    The upper grid shows whose numbers are read at each (t, b). The lower grid, `below` px below, shows how far the
    outputs move.
    """
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
