"""Time, batch, feature: which axis is which?"""

import streamlit as st

from components.lessons.shapes import show as shapes
from components.ui import furniture
from components.ui.furniture import Answer
from components.ui.shell import open_lesson

page = open_lesson()

furniture.ask(
    page,
    "An LSTM reads a block of numbers with three axes: T time steps (the sequence), B samples (the batch) and I "
    "features. `batch_first` says which axis comes first: the time steps or the samples.",
)
left, right = st.columns(2, gap="medium")
with left:
    shapes.show_block(page)
with right:
    revealed = furniture.predict(
        page,
        "In `nn.LSTM(..., batch_first=True)`, which tensors have the batch as their first axis?",
        (
            Answer(
                "`inputs` and `output`, no other",
                "These two have a time axis, and the flag puts the batch before the time. A state has no time axis to "
                "swap with.",
                right=True,
            ),
            Answer(
                "all of them: `inputs`, `output`, `h_n` and `c_n`",
                "You may think that the flag is a rule for every tensor; but the states always have the shape (layers "
                "· directions, batch, H).",
            ),
            Answer(
                "`inputs` only; what the call returns stays as it is",
                "You may think that the flag only changes how the LSTM reads; but it also changes what it returns: "
                "the axes of `output` are in the order of `inputs`.",
            ),
            Answer(
                "`output` and `h_n`, because `h_n` is the last row of `output`",
                "You may think that tensors with the same numbers have the same order of axes; but `h_n` is a state, "
                "and the flag does not change states. Also, `inputs` must have the batch first, too.",
            ),
        ),
    )
    shapes.choose_order(page)

furniture.section(
    "What the flag swaps",
    "Each row is a tensor. Each box is one of its axes, with its letter and its size. The left side is without "
    "`batch_first`, the right side with it. A line joins the same axis on both sides.",
)
shapes.show_flip(page, revealed)

furniture.section("The mistake without an error", shapes.nudge_text())
shapes.show_nudge(page)

furniture.section(
    "Only two axes",
    "If a tensor has only two axes, the module that reads it decides what the first axis means: time steps or samples.",
)
shapes.show_two_axes(page)

furniture.section("Break it", "Give torch a wrong shape, and read what it says for these settings.")
shapes.show_breakage(page, shapes.choose_breakage())

furniture.section("Try it")
furniture.attempts(shapes.same_sizes(page), shapes.harmless_view(page))

furniture.take_away(shapes.program(page), "axes")

furniture.sources(
    "Shapes and `batch_first`: [PyTorch, `nn.LSTM`](https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTM.html)",
    "Two axes: [PyTorch, `nn.LSTMCell`](https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTMCell.html)",
    "What a view is: [PyTorch, tensor views](https://docs.pytorch.org/docs/stable/tensor_view.html)",
)
furniture.go_on(page)
