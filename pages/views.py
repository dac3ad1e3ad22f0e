"""What do `view`, `reshape` and `transpose` move?"""

import streamlit as st

from components.lessons.views import show as views
from components.ui import furniture
from components.ui.furniture import Answer
from components.ui.shell import open_lesson

page = open_lesson()

furniture.ask(
    page,
    "A tensor is a row of memory and a way to read it: a shape, and for each axis a stride, the cells from one index "
    "to the next. `x` is shaped like an LSTM's inputs, (T, B, I), and holds 0, 1, 2, …: each number names its cell.",
)
left, right = st.columns(2, gap="medium")
with left:
    line, write = views.choose_line()
with right:
    revealed = furniture.predict(
        page,
        "You need the samples first: (B, T, I). `x.view(B, T, I)` has that shape, and so has "
        "`x.transpose(0, 1)`. They are:",
        (
            Answer(
                "the same: the shape decides what is where",
                "That takes the shape for the order. `view` deals the numbers out as they lie in memory, step by step.",
            ),
            Answer(
                "different: `view` mixes the samples, and torch is silent",
                "`view` keeps the order of memory, `transpose` keeps what belongs together. Both are allowed.",
                right=True,
            ),
            Answer(
                "different: `view` raises an error here",
                "That takes torch for a reader of minds. `view` raises when no strides fit; here they do.",
            ),
            Answer(
                "the same numbers, but `transpose` moves them in memory",
                "That takes `transpose` for a copy. It swaps two strides, and every number stays in its cell.",
            ),
        ),
    )

drawn = views.show_line(page, line, write, revealed)

furniture.section("The check")
views.show_check(page, revealed)

furniture.section("Try it")
views.try_it(page, drawn)

views.take_line_away(page, drawn)

furniture.sources(
    "Views and strides: [PyTorch, Tensor Views](https://docs.pytorch.org/docs/stable/tensor_view.html)",
    "When `view` works: [PyTorch, `Tensor.view`](https://docs.pytorch.org/docs/stable/generated/torch.Tensor.view.html)",
    "Strides from the inside: [Edward Z. Yang, PyTorch internals, 2019](https://blog.ezyang.com/2019/05/pytorch-internals/)",
)
furniture.go_on(page)
