"""Time, batch, feature: which axis is which?"""

import streamlit as st

from components.lessons.shapes import show as shapes
from components.ui import furniture
from components.ui.furniture import Answer
from components.ui.shell import open_lesson

page = open_lesson()

furniture.ask(
    page,
    "An LSTM reads numbers along three axes: T time steps (sequence), B samples (batch), I features. The same block of "
    "numbers can be cut in two ways, and `batch_first` says which cut comes first.",
)
left, right = st.columns(2, gap="medium")
with left:
    shapes.show_block(page)
with right:
    revealed = furniture.predict(
        page,
        "With `nn.LSTM(..., batch_first=True)`, which tensors put the batch axis first?",
        (
            Answer(
                "`inputs` and `output`, no other",
                "These two run over time, and the flag puts batch before time. A state has no time axis to swap with.",
                right=True,
            ),
            Answer(
                "all of them: `inputs`, `output`, `h_n` and `c_n`",
                "That takes the flag for a rule about every tensor. The states stay (layers · directions, batch, H).",
            ),
            Answer(
                "`inputs` only; what comes back is as always",
                "That takes the flag for a way of reading. It is also a way of answering: `output` follows `inputs`.",
            ),
            Answer(
                "`output` and `h_n`, since `h_n` is its last row",
                "That takes equal numbers for an equal layout. And `inputs` has to be handed in batch first, too.",
            ),
        ),
    )
    shapes.choose_order(page)

furniture.section(
    "The flip",
    "A row is a tensor, a box one of its axes, with its letter and its size: at the left without `batch_first`, at the "
    "right with it. A line joins the same axis on both sides.",
)
shapes.show_flip(page, revealed)

furniture.section("The mistake that raises nothing", shapes.nudge_text())
shapes.show_nudge(page)

furniture.section(
    "Only two axes", "Leave the batch axis out, and who reads the tensor decides what its first axis means."
)
shapes.show_two_axes(page)

furniture.section("Break it", "Mistakes that torch catches, in its own words for these settings.")
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
