"""Questions that this lesson answers."""

from components.ui.lesson import Asked

ASKED = (
    Asked(
        "Must the lengths be sorted?",
        "Only for ONNX. With `enforce_sorted=False` torch sorts them and puts the results back in your order.",
        errors=(
            "`lengths` array must be sorted in decreasing order when `enforce_sorted` is True. You can pass "
            "`enforce_sorted=False` to pack_padded_sequence and/or pack_sequence to sidestep this requirement if you "
            "do not need ONNX exportability.",
        ),
        words="pack_padded_sequence sort descending order",
    ),
    Asked(
        "A sequence of length 0 in the batch",
        "Packing refuses it. Take such samples out of the batch, and put a result of your choice in their place.",
        errors=("Length of all samples has to be greater than 0, but found an element in 'lengths' that is <= 0",),
        words="empty sequence zero length",
        link={"lengths_topic": "Wrong lengths"},
    ),
    Asked(
        "The number of lengths does not fit",
        "There must be one length for each sample. Look at which axis is the batch.",
        errors=("Expected `len(lengths)` to be equal to batch_size, but got 3 (batch_size=2)",),
        words="batch_first pack_padded_sequence",
        link={"lengths_topic": "Wrong lengths"},
    ),
    Asked(
        "How do sequences of different lengths share a batch?",
        "Pad them to one length, then pack them. Packed, the LSTM never reads the padding, and h_n is the true last "
        "step.",
        words="variable length padding pad_sequence pack_padded_sequence pad_packed_sequence collate_fn mask",
    ),
    Asked(
        "Does padding change the result?",
        "Without packing the LSTM reads the padding and goes on: h_n moves away from the last true step.",
        words="padding affects hidden state zeros ignore pad mask attention mean pooling",
    ),
    Asked(
        "Where do the nan in my gradients come from?",
        "A nan in the padding is not read by a packed call, but it can come back in the loss. Mask before you compute.",
        words="nan gradient padding mask loss",
        link={"lengths_topic": "NaN in the padding"},
    ),
    Asked(
        "A length that is too long raises nothing",
        "torch checks a few things about the lengths and believes the rest. The page shows which wrong ones it takes.",
        words="wrong lengths silent error off by one",
        link={"lengths_topic": "Wrong lengths"},
    ),
)
