"""Time, batch, feature: which axis is which?"""

from components.lessons.shapes import show as shapes
from components.lessons.shapes.frames import OTHERS, OUTPUT, STATES, SWAPPED
from components.ui import furniture
from components.ui.furniture import Answer
from components.ui.shell import draw_first, open_lesson

page = open_lesson()

furniture.predict(
    page,
    "In `nn.LSTM(..., batch_first=True)`, which tensors have the batch as their first axis?",
    (
        Answer(
            "`inputs` and `output`, no other",
            "Only these two have a time axis to swap with. The first axis of a state counts layers and directions.",
            right=True,
            look=SWAPPED,
        ),
        Answer(
            "all of them: `inputs`, `output`, `h_n` and `c_n`",
            "`h_n` and `c_n` are states: their first axis always counts layers and directions, and the batch is the "
            "second. In their rows the lines run straight.",
            look=STATES,
        ),
        Answer(
            "`inputs` only; what the call returns stays as it is",
            "`output` has its axes in the order of `inputs`. In its row the lines of T and B cross.",
            look=OUTPUT,
        ),
        Answer(
            "`output` and `h_n`, because `h_n` is the last step of `output`",
            "`h_n` has numbers of `output`, but not its order of axes: its lines run straight. And `inputs` must have "
            "the batch first, too.",
            look=OTHERS,
        ),
    ),
)
place = furniture.verdict_place(page)
shapes.show_picture(page, place)
furniture.attempts(page, shapes.same_sizes(page), shapes.harmless_view(page))
draw_first()

furniture.ask(
    page,
    "An LSTM reads a block of numbers with three axes: T time steps (the sequence), B samples (the batch) and I "
    "features. `batch_first` says which axis comes first: the time steps or the samples.",
)
furniture.aside(shapes.reading(page))
shapes.show_table(page)

furniture.section("More about axes")
shapes.show_topics(page)

furniture.take_away(shapes.program(page), "axes")

furniture.sources(
    "Shapes and `batch_first`: [PyTorch, `nn.LSTM`](https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTM.html)",
    "Two axes: [PyTorch, `nn.LSTMCell`](https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTMCell.html)",
    "What a view is: [PyTorch, tensor views](https://docs.pytorch.org/docs/stable/tensor_view.html)",
)
furniture.go_on(page)
