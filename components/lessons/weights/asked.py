"""Questions that this lesson answers."""

from components.ui.lesson import Asked

ASKED = (
    Asked(
        "The saved weights do not fit into the module",
        "The shapes follow from input_size, hidden_size, layers and directions. The page lists each name with its "
        "shape.",
        errors=(
            "Error(s) in loading state_dict for LSTM:\n\tsize mismatch for weight_ih_l0: copying a param with shape "
            "torch.Size([16, 3]) from checkpoint, the shape in current model is torch.Size([32, 3]).",
            'Error(s) in loading state_dict for LSTM:\n\tMissing key(s) in state_dict: "weight_ih_l1", "weight_hh_l1", '
            '"bias_ih_l1", "bias_hh_l1". ',
            'Error(s) in loading state_dict for LSTM:\n\tUnexpected key(s) in state_dict: "weight_ih_l1", '
            '"weight_hh_l1", "bias_ih_l1", "bias_hh_l1". ',
        ),
        words="load_state_dict checkpoint shape parameters",
    ),
    Asked(
        "In which order are the gates?",
        "PyTorch stacks i, f, g, o. Keras has i, f, c, o with the axes swapped, ONNX i, o, f, c, TensorFlow 1 i, j, "
        "f, o.",
        words="gate order ifgo ifco iofc convert keras onnx tensorflow weights port",
        link={"weights_topic": "Other libraries"},
    ),
    Asked(
        "Why are there two biases?",
        "Only their sum matters for an LSTM. cuDNN has two, so PyTorch keeps both. Converted from Keras, one of them "
        "is zero.",
        words="bias_ih bias_hh two bias vectors duplicate",
        link={"weights_topic": "Two biases"},
    ),
    Asked(
        "How are the parameters first set?",
        "All from a uniform distribution between −1/√hidden_size and 1/√hidden_size, the biases too.",
        words="initialization init orthogonal xavier forget gate bias one uniform reset_parameters",
        link={"weights_topic": "First values"},
    ),
    Asked(
        "How many parameters does an LSTM have?",
        "4 · hidden · (input + hidden + 2) for one layer and one direction. The sequence length does not count.",
        words="number of parameters count weights size",
    ),
)
