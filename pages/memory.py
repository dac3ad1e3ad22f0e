"""What does the cell remember, and who decides?"""

import streamlit as st

from components.lessons.memory import show as memory
from components.lessons.memory.authors import show as authors
from components.lessons.memory.echo import show as echo
from components.ui import furniture
from components.ui.furniture import Answer
from components.ui.shell import draw_first, open_lesson

page = open_lesson()

revealed = furniture.predict(
    page,
    "In an LSTM with sampled weights the forget gate is held at 0, in all units at all steps. What happens to the "
    "memory?",
    (
        Answer(
            "nothing is forgotten: the gate that forgets is shut",
            "f is the share of c that is *kept*: at 1 all of it, at 0 nothing. In the altered c (*Keep nothing*) "
            "every column holds only what its own step wrote.",
        ),
        Answer(
            "c is zero at every step",
            "The input gate decides what is written, and i ⊙ g is still written at every step. The "
            "altered c (*Keep nothing*) is not zero. It is only not kept.",
        ),
        Answer(
            "c keeps nothing, and nothing earlier can influence a later output",
            "c is not the only way from step to step. h is carried on too, and all gates read it. Look at *The way "
            "through h*, below.",
        ),
        Answer(
            "c keeps nothing, but what was read still reaches later outputs",
            "c forgets at once. But h is made from what was just written, and the gates of the next step read h.",
            right=True,
        ),
    ),
    memory.show_asked,
)
place = furniture.verdict_place(page)
asked = memory.choose_surgery(page)
surgery = asked.surgery(page)

furniture.ask(
    page,
    "Every step writes into the memory c, and every later step keeps a share of what is there. Here you can set the "
    "gates yourself: hold a gate open or shut, delete the memory at one step, or write a number into it. Then see "
    "what happens to c and h.",
)
text = st.container()
unit = memory.choose_unit(page)
run = memory.show_surgery(page, asked, unit, revealed, place)
furniture.attempts(
    page,
    authors.two_ways_to_keep(surgery, run),
    authors.outlive_the_sequence(page, surgery, run, unit),
)
draw_first()

with text:
    memory.show_reading(page, run)
    furniture.equations(page)

(wrote, through_h, check) = furniture.topics(page, "memory_topic")
if wrote:
    with wrote:
        authors.show_authors(page, run, unit)
if through_h:
    with through_h:
        echo.show_echo(page, surgery, revealed)
if check:
    with check:
        authors.show_check(page, surgery, run, revealed)

furniture.take_away(memory.program(page, surgery, unit), "unrolled_memory")

furniture.sources(
    "The equations: [PyTorch, `nn.LSTM`](https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTM.html)",
    "Learning to forget: [Gers, Schmidhuber and Cummins, 2000](https://doi.org/10.1162/089976600300015015)",
    "A forget bias of 1: [Jozefowicz, Zaremba and Sutskever, 2015](https://proceedings.mlr.press/v37/jozefowicz15.html)",
)
furniture.go_on(page)
