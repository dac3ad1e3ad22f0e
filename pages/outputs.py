"""What does a call return, and why is the state a tuple?"""

import streamlit as st

from components.lessons.outputs import show as outputs
from components.lessons.outputs.carry import show as carry
from components.ui import furniture
from components.ui.furniture import Answer
from components.ui.shell import open_lesson

page = open_lesson()

furniture.ask(
    page,
    "One call returns three tensors: `output`, `h_n` and `c_n`. Two of them have some numbers in common. Which "
    "numbers, and where? And what do you have to keep if you want to continue the sequence later?",
)
left, right = st.columns(2, gap="medium")
with left:
    outputs.show_shapes(page)
with right:
    revealed = furniture.predict(
        page,
        "Some of the numbers in `h_n` are also in `output`. Which ones?",
        (
            Answer(
                "all of them: `h_n` is the last row of `output`",
                "You may think that there is only one layer; but the layer above reads the h of a lower layer, and "
                "only `h_n` returns it.",
            ),
            Answer(
                "those of the last layer",
                "`output` is the h of the last layer at every step. `h_n` is the h of every layer after the last step "
                "that it read. So both hold the h of the last layer after its last step, in each of its "
                "directions.",
                right=True,
            ),
            Answer(
                "all of them: `output` holds every layer at every step",
                "You may think that `output` records the whole run; but it holds only the h of the last layer.",
            ),
            Answer(
                "none: `h_n` is the memory, `output` the result",
                "You may think that h is the memory; but h is what a step shows, and `output` is made of it. The "
                "memory is c. It is c that you find nowhere in `output`.",
            ),
        ),
    )

furniture.section("What the call returns")
outputs.show_picture(page, revealed)

furniture.section("The check")
outputs.show_check(page, revealed)

furniture.section(
    "Why the state is a tuple",
    "The sequence is cut into two parts. The second part starts from the whole state (h, c), from one half of it "
    "(with zeros for the other half), or from neither. How much does `output` differ from that of the uncut run?",
)
with st.container():
    cut = carry.choose_cut(page)
carry.show_carry(page, cut)
carry.show_refusal(page)

furniture.section(
    "For a classifier", "A classifier needs one row of numbers for each sequence. There are several ways to make it."
)
outputs.show_summaries(page)

furniture.section("Try it")
furniture.attempts(outputs.two_directions(page), carry.cut_is_forgotten(page, cut))
furniture.turn_on_two_directions(page)

furniture.take_away(carry.program(page, cut), "unrolled_outputs")

furniture.sources(
    "What is returned: [PyTorch, `nn.LSTM`](https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTM.html)",
    "One tensor as state: [PyTorch, `nn.RNN`](https://docs.pytorch.org/docs/stable/generated/torch.nn.RNN.html)",
    "A memory that is separate from what is shown: [Hochreiter and Schmidhuber, "
    "1997](https://doi.org/10.1162/neco.1997.9.8.1735)",
)
furniture.go_on(page)
