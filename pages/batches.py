"""When is the state carried, when reset, when detached?"""

import streamlit as st

from components.lessons.batches.clipping import show as clipping
from components.lessons.batches.stream import show as stream
from components.lessons.batches.training import show as training
from components.lessons.batches.truncation import show as truncation
from components.ui import furniture, links
from components.ui.furniture import Answer
from components.ui.shell import open_lesson

page = open_lesson()

furniture.ask(
    page,
    "A stream too long for one call is read chunk by chunk, and training takes a step after each. What does the next "
    "chunk start from? Choose wrongly, and as a rule torch says nothing. (`detach` keeps a tensor's numbers and "
    "forgets how they were computed.)",
)
left, right = st.columns(2, gap="medium")
with right:
    revealed = furniture.predict(
        page,
        "The first chunk is over: its loss, its `backward`, its step. What does the next call get as its state?",
        (
            Answer(
                "nothing: every batch begins from zeros",
                "That takes the rows for new sequences. Here each row goes on where it stopped, and zeros would wipe "
                "out what it has read.",
            ),
            Answer(
                "the state as it came back",
                "The right numbers, but with their history: the next `backward` would go on into the chunk before, "
                "whose graph is gone.",
            ),
            Answer(
                "the state, detached, row for row",
                "The numbers go on, so no row forgets. Their history ends, so `backward` stays within the chunk.",
                right=True,
            ),
            Answer(
                "the state, detached, and the next batch shuffled as ever",
                "That takes a state for something the network has learnt. It is what *this row* has read, and a "
                "shuffled row would go on with a stranger's.",
            ),
        ),
    )
with left:
    length = stream.choose_chunk(page)
    stream.show_cut(page, length)

furniture.section("The stream")
way = links.choose("handed")
stream.show_stream(page, length, way, revealed)
stream.show_check(page, length, way, revealed)

if revealed:
    furniture.section("Train it")
    training.show_training(page)

furniture.section(
    "What detach cuts",
    "How strongly does the *last* output depend on each input before it? With `detach` at every border, and without.",
)
truncation.show_reach(page, length, revealed)

if revealed:
    furniture.section("Without detach")
    truncation.show_refusals(page, length)
    truncation.show_growth(page, length)

furniture.section(
    "Clipping",
    "Between `backward` and the step many clip: `norm = clip_grad_norm_(parameters, max_norm)`. Which norm is that, "
    "the one before or the one after? And what of a gradient that is infinite?",
)
clipping.show_clipping(page, length)

furniture.section("Try it")
furniture.attempts(stream.longer_chunks(page, length, way), truncation.fades_by_itself(page, length))

furniture.take_away(truncation.program(page, length), "unrolled_batches", "a stateful training loop, as .py and .ipynb")

furniture.sources(
    "Backpropagation through time, truncated: [Williams and Peng, 1990](https://doi.org/10.1162/neco.1990.2.4.490)",
    "Graphs, and what frees them: [PyTorch, autograd mechanics](https://docs.pytorch.org/docs/stable/notes/autograd.html)",
    "Clipping by the norm: [Pascanu, Mikolov and Bengio, 2013](https://proceedings.mlr.press/v28/pascanu13.html)",
)
furniture.go_on(page)
