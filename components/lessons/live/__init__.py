"""A loop over time steps against one call, beside the score: every gate and state of one layer."""

from components.lessons.live.asked import ASKED
from components.settings import Choice, Whole
from components.ui.lesson import Lesson

# What the link says for each mistake.
LABELS = {
    "none": "No mistake",
    "zeros": "Zeros each step",
    "redraw": "New start",
    "h_only": "Only h carried",
    "as_batch": "Sequence as batch",
    "forward_loop": "Forward loop",
}
# What is below the stage, each in a tab of its own.
TOPICS = ("Equations", "Loop and call", "Numbers")
UNITS = Whole("Part of the units", 1, 100, "Which part of the units is shown, if not all of them fit.")

LESSON = Lesson(
    "live",
    "The live LSTM",
    "Does a loop over time steps compute the same thing as one call?",
    "Start here",
    ":material/play_circle:",
    minutes=10,
    asked=ASKED,
    tasks=("Units are not time steps", "How long is the start remembered?"),
    controls={
        "mistake": Choice("Make a mistake", tuple(LABELS.values()), "A mistake to make on purpose."),
        "units": UNITS,
        "live_topic": Choice("Topic", TOPICS, "The tab that is open below the picture."),
    },
)
