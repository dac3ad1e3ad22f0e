"""One step of one unit, number by number."""

from components.lessons.one_step.asked import ASKED
from components.ui.lesson import STEP, UNIT, Lesson

LESSON = Lesson(
    "one_step",
    "One step, number by number",
    "Where does each number of a step come from?",
    "Inside the cell",
    ":material/account_tree:",
    minutes=10,
    asked=ASKED,
    after=("live",),
    controls={"step": STEP, "unit": UNIT},
)
