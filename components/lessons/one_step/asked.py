"""Questions that this lesson answers."""

from components.ui.lesson import Asked

ASKED = (
    Asked(
        "How is one number of h computed?",
        "From one row of each gate, number by number. Choose a step and a unit, and follow the sums.",
        words="by hand manual calculation forward pass numpy from scratch one unit one step",
    ),
    Asked(
        "Why do my own loop's numbers differ slightly from nn.LSTM?",
        "Check the order of the gates, both biases, and sigmoid against Keras' older hard sigmoid. Follow one step and "
        "find the first number that differs.",
        words="from scratch implementation mismatch hard sigmoid recurrent_activation keras convert small difference",
        source="keras-team/keras#9463",
    ),
)
