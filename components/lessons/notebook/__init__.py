"""The notebook this project grew from: its cells, what they print, its two mistakes and how to mend them."""

from components.lessons.notebook.asked import ASKED
from components.settings import Switch
from components.ui.lesson import MODULE, SHOWN, Lesson

# Labels that do not say what the mistakes are: they are there to be found.
MENDS = {
    "mend_first": Switch("Correct the first mistake", "Changes one statement of the last cell."),
    "mend_second": Switch("Correct the second mistake", "Changes another statement of the last cell."),
}

LESSON = Lesson(
    "notebook",
    "The notebook, replayed",
    "A notebook that ran: what is wrong with it?",
    "What goes in and out",
    ":material/menu_book:",
    minutes=10,
    asked=ASKED,
    after=("live",),
    tasks=("A mistake that hides",),
    idle=("batch_size", *MODULE, *SHOWN),
    controls=MENDS,
)
