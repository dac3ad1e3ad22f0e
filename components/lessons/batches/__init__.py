"""State between batches, carried, reset or detached; gradients through time; clipping; a training."""

from components.lessons.batches.asked import ASKED
from components.settings import HANDED, Choice, Whole
from components.ui.lesson import SHOWN, Lesson

CHUNK = Whole("Chunk length", 1, 10, "Time steps that one call reads.")

# What is below the stage, each in a tab of its own.
TOPICS = ("Train it", "What detach cuts", "Without detach", "Clipping")

LESSON = Lesson(
    "batches",
    "State between batches",
    "When do you carry the state, reset it or detach it?",
    "Real batches",
    ":material/conveyor_belt:",
    minutes=20,
    asked=ASKED,
    after=("outputs", "memory"),
    tasks=("What does a reset cost?", "How much does `detach` take away?"),
    # Two directions cannot be cut into chunks. A gate that is wide open or shut passes on hardly any gradient.
    idle=("weights", "bidirectional", "batch_first", *SHOWN),
    needs=(("seq_len", 20), ("batch_size", 4)),
    controls={
        "chunk": CHUNK,
        "batches_topic": Choice("Topic", TOPICS, "The tab that is open below the picture."),
        "handed": Choice("State of the next chunk", HANDED, "What each row of the next chunk starts from."),
    },
    starts={"chunk": 4},
)
