"""Sequences of different lengths in one batch: padding, packing, and what goes wrong without."""

from components.settings import Text
from components.ui.lesson import SHOWN, Lesson

LONGEST = 120  # characters of the line
USUAL = (7, 2, 5, 5, 1)  # the lengths where a visitor has typed none
LENGTHS = Text("Lengths", LONGEST, ",".join(map(str, USUAL)), "The lengths of the sequences, with commas between them.")

LESSON = Lesson(
    "lengths",
    "Different lengths",
    "How do sequences of different lengths share one batch?",
    "Real batches",
    ":material/align_horizontal_left:",
    # What a job does needs its own inputs, step after step; nothing here is about gates.
    idle=("weights", *SHOWN),
    decides=(("seq_len", max(USUAL)), ("batch_size", len(USUAL))),
    controls={"lengths": LENGTHS},
)
