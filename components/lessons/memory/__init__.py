"""Surgery on the memory: gates are held, cells are set by hand; who wrote c, and how long an input is heard."""

from components.lessons.memory.asked import ASKED
from components.settings import Choice, Text, Whole
from components.ui.lesson import UNIT, Lesson

FREE = "free"
_SHARES = ("0", *(f"0.{tenth}" for tenth in range(1, 10)), "0.95", "0.99", "1")
HOLDS = {
    f"hold_{gate}": Choice(
        f"{gate} held at",
        (FREE, *values),
        "The gate has this value in all units at all steps. free: as the weights say.",
    )
    for gate, values in {
        "i": _SHARES,
        "f": _SHARES,
        "g": ("-1", *(f"-0.{tenth}" for tenth in range(9, 0, -1)), *_SHARES[:10], "1"),
        "o": _SHARES,
    }.items()
}
FORGET_BIAS = Whole("Forget bias, plus", -5, 10, "Added to the pre-activation of f, in all units.")
LONGEST = 160  # characters that the line of cells may have
EDITS = Text("Single cells", LONGEST, "", "One or more cells, with commas between them. Steps count from 1.")
TOPIC = Choice("Topic", ("Who wrote c", "The way through h", "The check"), "What is shown below.")

LESSON = Lesson(
    "memory",
    "Surgery on the memory",
    "What does the cell remember, and who decides?",
    "Inside the cell",
    ":material/neurology:",
    minutes=12,
    asked=ASKED,
    after=("one_step",),
    tasks=("Keep c_0 without touching the input gate", "Remember to the end"),
    needs=(("seq_len", 12),),
    controls={**HOLDS, "forget_bias": FORGET_BIAS, "edits": EDITS, "unit": UNIT, "memory_topic": TOPIC},
    starts={"forget_bias": 0},
)
