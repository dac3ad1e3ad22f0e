"""Questions that this lesson answers."""

from components.ui.lesson import Asked

ASKED = (
    Asked(
        "How long does an LSTM remember?",
        "As long as f stays near 1: c keeps the product of all f since. Hold f at a value and look at how long an "
        "input is seen.",
        words="long term dependency forget vanishing memory length",
    ),
    Asked(
        "What does a forget bias of 1 do?",
        "It pushes f towards 1, so at the start of a training more of c is kept.",
        words="forget gate bias initialization 1.0 jozefowicz",
        link={"forget_bias": "1"},
    ),
    Asked(
        "What does each gate do?",
        "f keeps a share of c, i writes a share of g, o shows a share of c. Hold one gate and see what changes.",
        words="gates input forget output cell explained meaning",
    ),
)
