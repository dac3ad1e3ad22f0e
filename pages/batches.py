"""When do you carry the state, reset it or detach it?"""

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
    "A stream that is too long for one call is read in chunks. After each chunk comes a training step, which updates "
    "the weights. From which state does the next chunk start? With a wrong one torch usually gives no error. "
    "(`detach` keeps a tensor's numbers and forgets how they were computed.)",
)
left, right = st.columns(2, gap="medium")
with right:
    revealed = furniture.predict(
        page,
        "The first chunk is done: its loss, its `backward`, its training step. Which state does the next call get?",
        (
            Answer(
                "none: every batch begins from zeros",
                "You may think that the rows are new sequences; but here each row continues where it stopped, and "
                "zeros would delete what it has read.",
            ),
            Answer(
                "the state, as the call returned it",
                "You may think that only the numbers of the state matter; but it also holds its history. The next "
                "`backward` would go back into the chunk before, whose graph is freed.",
            ),
            Answer(
                "the state, detached, row for row",
                "The numbers go on, row by row. The history ends, so `backward` stays within the chunk.",
                right=True,
            ),
            Answer(
                "the state, detached, and the rows of the next batch are shuffled",
                "You may think that the state is something the network has learnt; but it is what *this row* has "
                "read. A shuffled row would go on with the state of another row.",
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
    "How strongly does the *last* output depend on each earlier input: with `detach` at every border, and without?",
)
truncation.show_reach(page, length, revealed)

if revealed:
    furniture.section("Without detach")
    truncation.show_refusals(page, length)
    truncation.show_growth(page, length)

furniture.section(
    "Clipping",
    "Many programs clip gradients between `backward` and the training step: `norm = clip_grad_norm_(parameters, "
    "max_norm)`. Is this the norm before or after clipping? And what happens to an infinite gradient?",
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
