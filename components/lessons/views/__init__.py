"""What `view`, `reshape` and `transpose` move: one line of Python on a tensor whose numbers say where they were."""

from components.lessons.views.asked import ASKED
from components.settings import Switch, Text
from components.ui.lesson import MODULE, SHOWN, Lesson

LONGEST = 200  # characters of the line
LINE = Text("y =", LONGEST, "x.transpose(0, 1)", "What to make of x.")
WRITE = Switch(
    "Write −1 into the first cell of y",
    "After the line: `y[0, 0, …] = -1`. Where the −1 shows up, memory is shared.",
)

LESSON = Lesson(
    "views",
    "view, reshape, transpose",
    "What do `view`, `reshape` and `transpose` move?",
    "What goes in and out",
    ":material/view_module:",
    minutes=10,
    asked=ASKED,
    after=("shapes",),
    tasks=("One row for each sample", "A thousand elements, one cell"),
    idle=("hidden_size", *MODULE, "seed", *SHOWN),
    needs=(("seq_len", 2), ("batch_size", 2), ("input_size", 2)),
    controls={"line": LINE, "write": WRITE},
)
