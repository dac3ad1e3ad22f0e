"""Where does each number of a step come from?"""

from components.lessons.one_step import show as one_step
from components.ui import furniture
from components.ui.furniture import Answer
from components.ui.shell import draw_first, open_lesson

page = open_lesson()

revealed = furniture.predict(
    page,
    "At one step the forget gate f of a unit is 0.9. What happens to the memory c of the step before?",
    (
        Answer(
            "nine tenths of it are forgotten",
            "f is the share that is *kept*: at 1 all of c stays, at 0 nothing. Look at the forget gate in the picture, "
            "and at c before and after the × above it.",
        ),
        Answer(
            "nine tenths of it stay",
            "f multiplies the memory: c = f ⊙ (c before) + i ⊙ g. An open forget gate keeps the memory, a shut one "
            "deletes it.",
            right=True,
        ),
        Answer(
            "nine tenths of it are replaced by what is new",
            "f only decides what is kept. Another gate, i, decides what is written. Look at the + in the picture: they "
            "meet there. (In a GRU one gate does both.)",
        ),
        Answer(
            "nothing: h carries what is remembered, c is recomputed",
            "c itself goes on to the next step: follow the line along the top of the picture. h is only what the unit "
            "shows of c.",
        ),
    ),
)
place = furniture.verdict_place(page)
one_step.show_player(page, revealed, place)
one_step.show_tasks(page, revealed)
draw_first()

furniture.ask(
    page,
    "The picture shows one unit of one cell at one time step: what comes in, what the four gates do with it, and what "
    "goes out. The pipes of the memory are as thick as their numbers are large, and red below zero. Every number "
    "opens: it shows how it is computed, back to the first input.",
)
one_step.show_reading(page)
furniture.equations(page)

furniture.section("The check")
one_step.show_check(page, revealed)

furniture.take_away(one_step.program_of(page), "unrolled_one_step")

furniture.sources(
    "The equations: [PyTorch, `nn.LSTM`](https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTM.html)",
    "The forget gate: [Gers, Schmidhuber and Cummins, 2000](https://doi.org/10.1162/089976600300015015)",
    "One gate for old and new, the GRU: [Cho and others, 2014](https://doi.org/10.48550/arXiv.1406.1078)",
)
furniture.go_on(page)
