"""Time, batch and feature: what changes where one number of the input is nudged, and which shapes torch refuses."""

from components.lessons.shapes.asked import ASKED
from components.settings import Choice
from components.ui.lesson import Lesson

# What the link says for each wrong shape.
LABELS = {
    "features": "Wrong feature size",
    "axes": "Four axes",
    "state": "State of one sample",
    "state_first": "State with batch first",
}

# The topics below the stage. The first is open if a link names none, so links from before there were topics still lead
# to the control `breakage`.
UNNOTICED = "A mistake without an error"
TOPICS = ("Wrong shapes", UNNOTICED, "Two axes only", "All shapes")

LESSON = Lesson(
    "shapes",
    "Three axes",
    "Time, batch, feature: which axis is which?",
    "What goes in and out",
    ":material/view_in_ar:",
    minutes=12,
    asked=ASKED,
    after=("live",),
    tasks=("Make the axes look alike", "Make `view` harmless"),
    # What is nudged there has to arrive: a gate that is wide open or shut hardly moves with one.
    idle=("weights", "sample", "c_range"),
    needs=(("batch_size", 4),),
    controls={
        "shapes_topic": Choice("Topic", TOPICS, "What is shown below the picture."),
        "breakage": Choice("Break it", tuple(LABELS.values()), "A wrong shape, given to torch on purpose."),
    },
)
