"""What comes back from a call, which numbers are the same ones, and why the state is a tuple."""

from components.lessons.outputs.asked import ASKED
from components.settings import Whole
from components.ui.lesson import Lesson

CUT = Whole("Cut after step", 1, 199, "The steps up to this one are the first part, the rest is the second.")

LESSON = Lesson(
    "outputs",
    "Output and state",
    "What does a call return, and why is the state a tuple?",
    "What goes in and out",
    ":material/output:",
    minutes=10,
    asked=ASKED,
    after=("shapes",),
    tasks=("Where does the reverse direction end?", "How long does the loss of c last?"),
    idle=("weights", "layer", "direction"),  # it needs a second layer, a job has one
    needs=(("num_layers", 2),),
    controls={"cut": CUT},
)
