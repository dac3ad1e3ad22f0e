"""What comes back, and why is the state a tuple?"""

import streamlit as st

from components.lessons.outputs import show as outputs
from components.lessons.outputs.carry import show as carry
from components.ui import furniture
from components.ui.furniture import Answer
from components.ui.shell import open_lesson

page = open_lesson()

furniture.ask(
    page,
    "One call gives back three tensors. Two of them share some of their numbers, one shares none: which, and where? "
    "And what of it has to be handed on, if the sequence continues tomorrow?",
)
left, right = st.columns(2, gap="medium")
with left:
    outputs.show_shapes(page)
with right:
    revealed = furniture.predict(
        page,
        "Some of the numbers in `h_n` are in `output` too. Which?",
        (
            Answer(
                "all of them: `h_n` is the last row of `output`",
                "That takes a stack for one layer. The lower "
                "layers' h is read by the layer above, and only `h_n` hands it out.",
            ),
            Answer(
                "those of the last layer",
                "`output` is the last layer at every step, `h_n` every layer where it "
                "finished reading. They meet where the last layer finished: once in each direction.",
                right=True,
            ),
            Answer(
                "all of them: `output` holds every layer at every step",
                "That takes `output` for a record of the whole run. It holds the last layer's h and nothing else.",
            ),
            Answer(
                "none: `h_n` is the memory, `output` the result",
                "That takes h for c. What a step shows *is* its "
                "h; the memory behind it is c, and that is the one you find nowhere in `output`.",
            ),
        ),
    )

furniture.section("What comes back")
outputs.show_picture(page, revealed)

furniture.section("The check")
outputs.show_check(page, revealed)

furniture.section(
    "Why a tuple",
    "The sequence is cut in two, and the second part continued with all of the state, with half of it (zeros for the "
    "rest), or with none. How far is `output` from that of the uncut run?",
)
with st.container():
    cut = carry.choose_cut(page)
carry.show_carry(page, cut)
carry.show_refusal(page)

furniture.section("For a classifier", "One row a sequence is wanted, and there are several to take it from.")
outputs.show_summaries(page)

furniture.section("Try it")
furniture.attempts(outputs.two_directions(page), carry.cut_is_forgotten(page, cut))
furniture.turn_on_two_directions(page)

furniture.take_away(carry.program(page, cut), "unrolled_outputs")

furniture.sources(
    "What is returned: [PyTorch, `nn.LSTM`](https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTM.html)",
    "One tensor as state: [PyTorch, `nn.RNN`](https://docs.pytorch.org/docs/stable/generated/torch.nn.RNN.html)",
    "A memory apart from what is shown: [Hochreiter and Schmidhuber, 1997](https://doi.org/10.1162/neco.1997.9.8.1735)",
)
furniture.go_on(page)
