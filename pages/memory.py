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
    "Every step writes into the memory c, and every later step keeps a share of what is there. Here you can set the "
    "gates yourself: hold a gate open or shut, delete the memory at one step, or write a number into it. Then see "
    "what happens to c and h.",
)
left, right = st.columns(2, gap="medium")
with left:
    furniture.equations(page)
with right:
    revealed = furniture.predict(
        page,
        "The forget gate is held at 0, in all units and at all steps. What happens to the memory?",
        (
            Answer(
                "nothing is forgotten: the gate that forgets is shut",
                "You may think that a shut forget gate does not forget; but f is the share of c that is kept: at 1 "
                "all of it, at 0 nothing.",
            ),
            Answer(
                "c is zero at every step",
                "You may think that a shut forget gate also stops the writing; but the input gate decides that. i ⊙ g "
                "is still written at every step. It is only not kept.",
            ),
            Answer(
                "c keeps nothing, and nothing earlier can influence a later output",
                "You may think that c is the only way from step to step; but h is handed on too, and all gates read "
                "it.",
            ),
            Answer(
                "c keeps nothing, but what was read still reaches later outputs",
                "c forgets at once. But h is made from what was just written, and the gates of the next step read h.",
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
