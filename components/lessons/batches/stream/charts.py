"""A stream in one piece, the same stream in rows and chunks, and the error of each step's output, in one view."""

from components.charts.picture import FRAMES, OPACITY, Boxes, Lines, Texts, Tip, Words, hue_of, picture, ramp
from components.charts.scene import Form
from components.charts.template import INK, Spec

SIGNS = {"→": "primary", "0": INK, "≠": "red"}  # what a row of the next chunk starts from


def stream(form: Form) -> Spec:
    """The `cells`, `steps`, `joins` and words of `stream_picture`."""
    # The number of chunks may not change the template: while a slider is dragged, the browser would build it again.
    joins = (
        Texts(
            "text",
            "joins",
            size=size,
            bold=True,
            fill=hue_of("text", SIGNS),
            room=room,
            where=f"datum.crowded == {crowded}",
            tips=(Tip("said"),),
        )
        for crowded, size, room in ((0, 19, "9"), (1, 12, "7"))
    )
    return picture(
        form,
        (
            # Pieces of the stream, which are pale at its beginning, with the places that each piece holds.
            Boxes(opacity=OPACITY, inset=(0.5, 0)),
            # A strip under each cell. It is darker if the step's output has a larger error. With the cube root, what
            # is left of an error a few steps later can be seen, and rounding cannot.
            Boxes(
                "steps",
                fill=ramp("difference", INK, 1 / 3),
                inset=(0, 0),
                corner=0,
                tips=(Tip("t", "step t"), Tip("difference", "off by up to", ".1e")),
            ),
            Texts("text", room="7.5 * datum.long", high=14.5),
            Lines("cuts", thick=1.5, opacity=0.55),
            *joins,
            FRAMES,
            Words(),
        ),
    )
