"""Questions that this lesson answers."""

from components.ui.lesson import Asked

ASKED = (
    Asked(
        "Why does torch refuse the number of features?",
        "The last axis of the input must be `input_size`. `nn.LSTM(3, 4)` reads three numbers at each time step.",
        errors=(
            "input.size(-1) must be equal to input_size. Expected 3, got 5",
            "input has inconsistent input_size: got 5 expected 3",
        ),
        words="wrong feature size last axis shape mismatch",
    ),
    Asked(
        "How many axes may the input have?",
        "Three, (time, batch, feature), or two without a batch, (time, feature). An image or a video needs a reshape "
        "first.",
        errors=(
            "LSTM: Expected input to be 2D or 3D, got 4D instead",
            "LSTMCell: Expected input to be 1D or 2D, got 3D instead",
        ),
        words="dimensions 3d 2d unsqueeze four axes",
        link={"breakage": "Four axes"},
    ),
    Asked(
        "Which shape must h_0 and c_0 have?",
        "(layers · directions, batch, hidden), with `batch_first=True` too. Compare the two shapes in the message "
        "number by number: the one that differs says whether the layers, the batch or the hidden size is wrong.",
        errors=("Expected hidden[0] size (1, 2, 4), got [1, 1, 4]", "Expected hidden[1] size (1, 2, 4), got [1, 1, 4]"),
        words="expected hidden size hx initial state initialise init_hidden",
        link={"breakage": "State of one sample"},
    ),
    Asked(
        "Does batch_first change the state too?",
        "No. It changes `input` and `output` only. h_0, c_0, h_n and c_n keep the batch in the second axis.",
        words="batch_first hidden state order axis transpose h_n",
        link={"breakage": "State with batch first"},
    ),
    Asked(
        "What if the input has no batch axis?",
        "torch takes two axes, (time, feature), as one sample. Then h_0 and c_0 have two axes as well.",
        errors=(
            "For batched 3-D input, hx and cx should also be 3-D but got (2-D, 2-D) tensors",
            "For unbatched 2-D input, hx and cx should also be 2-D but got (3-D, 3-D) tensors",
        ),
        words="unbatched single sample squeeze",
        link={"shapes_topic": "Two axes only"},
    ),
    Asked(
        "The axes are mixed up and torch says nothing. How do I notice?",
        "Time and batch may have any size, so torch cannot object. Nudge one number of the input and look at what "
        "moves.",
        words="batch_first forgotten wrong axis samples influence each other batch is read as time learns a "
        "contradiction loss goes to zero for equal inputs with different targets",
        link={"shapes_topic": "A mistake without an error"},
        source="pytorch/pytorch#2032",
    ),
    Asked(
        "Which shapes go in and come out?",
        "One table has all shapes of input, output, h_n and c_n, for the sizes that you set.",
        words="shape table num_layers num_directions proj_size seq_len batch input_size hidden_size difference",
        link={"shapes_topic": "All shapes"},
    ),
)
