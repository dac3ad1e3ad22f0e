"""What does a call return, and why is the state a tuple?"""

import streamlit as st

from components.lessons.outputs import show as outputs
from components.lessons.outputs.carry import show as carry
from components.lessons.outputs.frames import LOWER, SHARED
from components.ui import furniture
from components.ui.furniture import Answer
from components.ui.shell import draw_first, open_lesson

page = open_lesson()

revealed = furniture.predict(
    page,
    "Some of the numbers in `h_n` are always in `output`, too. Which ones?",
    (
        Answer(
            "all of them: `h_n` is the last step of `output`",
            "`h_n` has a slot for each layer, and `output` only has the last layer. The numbers of the lower layers "
            "are in `h_n` alone.",
            look=LOWER,
        ),
        Answer(
            "those of the last layer",
            "`output` is the h of the last layer at every step. `h_n` is the h of every layer after its last step.",
            right=True,
            look=SHARED,
        ),
        Answer(
            "all of them: `output` holds every layer at every step",
            "`output` only holds the last layer: no axis of it counts layers. The numbers of the lower layers are in "
            "`h_n` alone.",
            look=LOWER,
        ),
        Answer(
            "none: `h_n` is the memory, `output` the result",
            "The memory is c. h is what a step shows, and `output` is made of it. Some cells of the two tensors hold "
            "the same numbers.",
            look=SHARED,
        ),
    ),
)
place = furniture.verdict_place(page)
outputs.show_picture(page, place)
draw_first()

left, right = st.columns(2, gap="medium")
with left:
    furniture.ask(
        page,
        "One call returns three tensors: `output`, `h_n` and `c_n`. Two of them have some numbers in common. Which "
        "numbers, and where? And what do you have to keep if you want to continue the sequence later?",
    )
    furniture.aside(outputs.reading(page))
with right:
    outputs.show_shapes(page.settings)
outputs.show_tables(page)

furniture.section(
    "Why the state is a tuple",
    "The sequence is cut into two parts. The second part starts from the whole state (h, c), from one half of it "
    "(with zeros for the other half), or from neither. How much does `output` differ from that of the uncut run?",
)
cut = carry.choose_cut(page)
carry.show_carry(page, cut)
carry.show_table(page, cut)
carry.show_refusal(page)
outputs.show_summaries(page)

furniture.attempts(page, outputs.two_directions(page), carry.cut_is_forgotten(page, cut))
if revealed:
    with page.coach:
        furniture.turn_on_two_directions(page)

furniture.take_away(carry.program(page, cut), "unrolled_outputs")

furniture.sources(
    "What is returned: [PyTorch, `nn.LSTM`](https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTM.html)",
    "One tensor as state: [PyTorch, `nn.RNN`](https://docs.pytorch.org/docs/stable/generated/torch.nn.RNN.html)",
    "A memory that is separate from what is shown: [Hochreiter and Schmidhuber, "
    "1997](https://doi.org/10.1162/neco.1997.9.8.1735)",
)
furniture.go_on(page)
