"""Sequences of different lengths in one batch: padding, packing, and what goes wrong without packing."""

from components.lessons.lengths.asked import ASKED
from components.settings import Choice, Text
from components.ui.lesson import SHOWN, Lesson

LONGEST = 120  # characters that the line may have
USUAL = (7, 2, 5, 5, 1)  # the lengths until a visitor types others
LENGTHS = Text(
    "Lengths", LONGEST, ",".join(map(str, USUAL)), "The lengths of the sequences, with commas or blanks between."
)

# What is below the stage, each in a tab of its own.
TOPICS = ("Packing", "NaN in the padding", "Wrong lengths", "What padding costs", "The right way")

LESSON = Lesson(
    "lengths",
    "Different lengths",
    "How do sequences of different lengths share one batch?",
    "Real batches",
    ":material/align_horizontal_left:",
    minutes=20,
    asked=ASKED,
    after=("outputs",),
    tasks=("A batch that padding cannot harm", "Nearly all padding", "How far does the padding reach?"),
    # A job needs its own inputs at every step, and nothing on this page is about gates.
    idle=("weights", *SHOWN),
    decides=(("seq_len", max(USUAL)), ("batch_size", len(USUAL))),
    controls={"lengths": LENGTHS, "lengths_topic": Choice("Topic", TOPICS, "The tab that is open below the picture.")},
)
