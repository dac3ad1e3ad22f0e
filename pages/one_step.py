"""Where does each number of a step come from?"""

from components.lessons.one_step import show as one_step
from components.ui import furniture
from components.ui.furniture import Answer
from components.ui.shell import open_lesson

page = open_lesson()

furniture.ask(
    page,
    "One unit of one cell, at one step: what comes in, what four gates make of it, and what leaves. The memory's "
    "pipes are as thick as their numbers, and red below zero. Every number opens to its arithmetic, down to the first "
    "input.",
)
revealed = furniture.predict(
    page,
    "At some step the forget gate f of a unit is 0.9. What happens to its memory c of the step before?",
    (
        Answer(
            "nine tenths of it are forgotten",
            "That takes the name for the job. f is the share that *stays*: at 1 all of the memory, at 0 nothing.",
        ),
        Answer(
            "nine tenths of it stay",
            "f multiplies the memory: c = f ⊙ c before + i ⊙ g. Open it keeps, shut it forgets.",
            right=True,
        ),
        Answer(
            "nine tenths of it are replaced by what is new",
            "That takes an LSTM for a GRU, where one gate shares out old and new. Here f decides what stays and i, "
            "on its own, what is written: both can be open, or both shut.",
        ),
        Answer(
            "nothing: h carries what is remembered, c is recomputed",
            "That takes h for c. h is what the unit shows of its memory; c itself goes on to the next step.",
        ),
    ),
)

one_step.show_player(page, revealed)

furniture.section("The same as equations")
furniture.equations(page)

furniture.section("The check")
one_step.show_check(page, revealed)

furniture.section("Try it")
one_step.show_trail()
furniture.attempts(one_step.nothing_to_forget(page), one_step.a_memory_that_stays(page))
one_step.show_buttons(page)

furniture.take_away(one_step.program_of(page), "unrolled_one_step")

furniture.sources(
    "The equations: [PyTorch, `nn.LSTM`](https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTM.html)",
    "The forget gate: [Gers, Schmidhuber and Cummins, 2000](https://doi.org/10.1162/089976600300015015)",
    "One gate for old and new, the GRU: [Cho and others, 2014](https://doi.org/10.48550/arXiv.1406.1078)",
)
furniture.go_on(page)
