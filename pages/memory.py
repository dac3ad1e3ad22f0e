"""What does the cell remember, and who decides?"""

import streamlit as st

from components.lessons.memory import show as memory
from components.lessons.memory.authors import show as authors
from components.lessons.memory.echo import show as echo
from components.ui import furniture
from components.ui.furniture import Answer
from components.ui.shell import open_lesson

page = open_lesson()

furniture.ask(
    page,
    "The memory c is written by every step and kept, more or less, by every later one. Here you can take the gates out "
    "of the network's hands: hold one shut or open, cut, overwrite, and see what c and h make of it.",
)
left, right = st.columns(2, gap="medium")
with left:
    furniture.equations(page)
with right:
    revealed = furniture.predict(
        page,
        "The forget gate is held at 0, in all units at all steps. What becomes of the memory?",
        (
            Answer(
                "nothing is forgotten: the gate that forgets is shut",
                "That takes the gate's name for its deed. f multiplies what is in c: at 1 all of it is kept, at 0 "
                "nothing is.",
            ),
            Answer(
                "c is zero at every step",
                "That takes the forget gate for the input gate. i g is still written at every step; it is just not "
                "kept.",
            ),
            Answer(
                "c keeps nothing, and nothing earlier can influence a later output",
                "That takes c for the only way through time. h is handed on too, and all gates read it.",
            ),
            Answer(
                "c keeps nothing, but what was read still reaches later outputs",
                "c forgets at once. But h, made of what was just written, goes on into the gates of the next step.",
                right=True,
            ),
        ),
    )

left, right = st.columns([3, 1], gap="medium")
with left:
    done = memory.choose_surgery(page)
with right:
    unit = memory.choose_unit(page)
run = memory.show_surgery(page, done, unit, revealed)
authors.show_authors(page, done, run, unit)

furniture.section("The check")
authors.show_check(page, done, run, revealed)
echo.show_echo(page, done, revealed)

furniture.section("Try it")
furniture.attempts(
    authors.two_ways_to_keep(done, run),
    authors.outlive_the_sequence(page, done, run, unit),
)

furniture.take_away(memory.program(page, done, unit), "unrolled_memory")

furniture.sources(
    "The equations: [PyTorch, `nn.LSTM`](https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTM.html)",
    "Learning to forget: [Gers, Schmidhuber and Cummins, 2000](https://doi.org/10.1162/089976600300015015)",
    "A forget bias of 1: [Jozefowicz, Zaremba and Sutskever, 2015](https://proceedings.mlr.press/v37/jozefowicz15.html)",
)
furniture.go_on(page)
