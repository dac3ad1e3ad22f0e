"""Questions that this lesson answers."""

from components.ui.lesson import Asked

ASKED = (
    Asked(
        "Why does the next layer complain about a tuple?",
        "A call returns `output` and the state `(h_n, c_n)`. The next layer needs one tensor: take `[0]` for all "
        "steps, or `h_n[-1]` for the last one.",
        errors=(
            "linear(): argument 'input' (position 1) must be Tensor, not tuple",
            "'tuple' object has no attribute 'shape'",
            "'tuple' object has no attribute 'size'",
            "'tuple' object has no attribute 'dim'",
        ),
        words="nn.Sequential lstm linear returns tuple",
        source="pytorch/pytorch#3349",
    ),
    Asked(
        "How many things does a call return?",
        "Two: `output`, and the pair `(h_n, c_n)`. Write `output, (h_n, c_n) = lstm(x)`.",
        errors=("not enough values to unpack (expected 3, got 2)", "too many values to unpack (expected 2)"),
        words="unpack return value three results",
    ),
    Asked(
        "Why is the state a tuple?",
        "An LSTM carries two vectors: h, which it shows, and c, which only it sees. A call that goes on needs both.",
        errors=("index 1 is out of bounds for dimension 0 with size 1",),
        words="hidden state cell state hx cx why two states h without c pair",
    ),
    Asked(
        "Is output[-1] the same as h_n[-1]?",
        "With one direction, yes: h_n[-1] is the last layer at its last step. With two directions, no: the reverse one "
        "ends at the first step. With padding, no: the last step may be padding.",
        words="h_n[-1] output[:, -1] last hidden state classification which one final",
        link={"bidirectional": "true"},
    ),
    Asked(
        "The linear layer after a bidirectional LSTM has the wrong size",
        "The two directions stand side by side in `output`: it has 2 · hidden_size features.",
        errors=("mat1 and mat2 shapes cannot be multiplied (10x8 and 4x2)",),
        words="bidirectional features twice concat linear in_features",
        link={"bidirectional": "true"},
    ),
    Asked(
        "Does output hold the cell state c of every step?",
        "No. `output` has the h of the last layer at every step. Of c you get only the last step, c_n.",
        words="cell states all time steps c_t intermediate",
    ),
    Asked(
        "Can I cut a sequence and go on later?",
        "Yes. Give the whole state of the first call to the second: the result is the same. Give h alone, and it is "
        "not.",
        words="streaming chunks inference online stateful real time continue hand over state",
        link={"cut": "2"},
    ),
)
