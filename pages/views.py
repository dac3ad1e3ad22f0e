"""What do `view`, `reshape` and `transpose` move?"""

import streamlit as st

from components.lessons.views import show as views
from components.ui import furniture
from components.ui.furniture import Answer
from components.ui.shell import open_lesson

page = open_lesson()

furniture.ask(
    page,
    "A tensor is a row of cells in memory and a way to read them: a shape, and a stride for each axis. A stride says "
    "how many cells to move from one index to the next. `x` has the shape of an LSTM's inputs, (T, B, I), and holds "
    "0, 1, 2, …: each number is also the place of its cell.",
)
left, right = st.columns(2, gap="medium")
with left:
    line, write = views.choose_line()
with right:
    revealed = furniture.predict(
        page,
        "You need the batch axis first: (B, T, I). Both `x.view(B, T, I)` and `x.transpose(0, 1)` have this shape. "
        "How do they compare?",
        (
            Answer(
                "the same: the shape decides where each number is",
                "You may think that the shape decides the order; but `view` takes the numbers in the order of memory, "
                "step by step.",
            ),
            Answer(
                "different: `view` mixes the samples, and torch gives no error",
                "`view` keeps the order of memory. After `transpose` each row of the result is one sample. Torch "
                "allows both.",
                right=True,
            ),
            Answer(
                "different: `view` raises an error here",
                "You may think that torch knows which one you want; but `view` raises an error only when no strides "
                "fit the new shape. Here they fit.",
            ),
            Answer(
                "the same, but `transpose` moves the numbers in memory",
                "You may think that `transpose` makes a copy; but it only swaps two strides. Every number stays in "
                "its cell.",
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
