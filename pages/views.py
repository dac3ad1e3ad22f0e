"""What do `view`, `reshape` and `transpose` move?"""

from components.lessons.views import show as views
from components.ui import furniture
from components.ui.furniture import Answer
from components.ui.shell import draw_first, open_lesson

page = open_lesson()

furniture.predict(
    page,
    "You need the batch axis first: (B, T, I). Both `x.view(B, T, I)` and `x.transpose(0, 1)` have this shape. How do "
    "they compare?",
    (
        Answer(
            "the same: the shape decides where each number is",
            "The shape does not decide the order: `view` takes the numbers in the order of memory. Press *view "
            "instead* and look at block [0] of `y`: it has numbers of several samples.",
        ),
        Answer(
            "different: `view` mixes the samples, and torch gives no error",
            "`view` keeps the order of memory. `transpose` swaps two strides, so each block of `y` is one sample. "
            "Torch allows both.",
            right=True,
        ),
        Answer(
            "different: `view` raises an error here",
            "`view` raises an error only when no strides fit the new shape. Here they fit: press *view instead*, and "
            "there is no error.",
        ),
        Answer(
            "the same, but `transpose` moves the numbers in memory",
            "`transpose` only swaps two strides. Press *transpose*: the row of memory stays as it is. Then press "
            "*view instead*, and look at block [0] of `y`.",
        ),
    ),
    then=views.take_compared,
)
place = furniture.verdict_place(page)

line, write = views.choose_line(page)
picture = views.show_picture(page, line, write, place)
views.try_it(page, picture, write)
draw_first()

furniture.ask(
    page,
    "A tensor is a row of cells in memory and a way to read them: a shape, and a stride for each axis. A stride says "
    "how many cells to move from one index to the next. `x` has the shape of an LSTM's inputs, (T, B, I), and holds "
    "0, 1, 2, …: each number is also the place of its cell.",
)
views.show_line(page, picture)

furniture.section("The check: can `view` do what `reshape` cannot?")
views.show_check(page)

views.take_line_away(page, picture)

furniture.sources(
    "Views and strides: [PyTorch, Tensor Views](https://docs.pytorch.org/docs/stable/tensor_view.html)",
    "When `view` works: [PyTorch, `Tensor.view`](https://docs.pytorch.org/docs/stable/generated/torch.Tensor.view.html)",
    "Strides from the inside: [Edward Z. Yang, PyTorch internals, 2019](https://blog.ezyang.com/2019/05/pytorch-internals/)",
)
furniture.go_on(page)
