"""The continuations of a cut sequence: a cell for each run and step, the darker the larger its difference."""

from components.charts.picture import Boxes, By, Texts, Tip, Words, picture
from components.charts.scene import Form
from components.charts.template import HAIRLINE, Spec

DEEPEST = 0.5  # the largest opacity; the number on it can still be read
# The format of a number, the px that it needs, and for which numbers it is
FORMATS = (
    (".2r", "44", "datum.difference >= 1e-4"),
    (".1e", "50", "datum.difference < 1e-4 && datum.difference > 0"),
    ("d", "12", "datum.difference == 0"),
)


def carry(form: Form) -> Spec:
    """The picture, from `cells` and words of `frames.py`."""
    tips = Tip("t", "step t"), Tip("carried", "continued with"), Tip("difference", "largest difference", ".1e")
    opacity = By("shade", scale=(("domain", (0, 1)), ("range", (0, DEEPEST))))
    return picture(
        form,
        (
            Boxes(opacity=opacity, outline=HAIRLINE, inset=(0, 0), tips=tips),
            *(
                Texts("difference", format=format, room=room, size=12, down=0.75, tips=tips, where=where)
                for format, room, where in FORMATS
            ),
            Words(),
        ),
    )
