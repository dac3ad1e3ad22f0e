"""Where does each number of a step come from?"""

from components.lessons.one_step import show as one_step
from components.ui import furniture
from components.ui.furniture import Answer
from components.ui.shell import open_lesson

page = open_lesson()

furniture.ask(
    page,
    "The picture shows one unit of one cell at one time step: what comes in, what the four gates do with it, and what "
    "goes out. The pipes of the memory are as thick as their numbers are large, and red below zero. Every number "
    "opens: it shows how it is computed, back to the first input.",
)
revealed = furniture.predict(
    page,
    "At one step the forget gate f of a unit is 0.9. What happens to the memory c of the step before?",
    (
        Answer(
            "nine tenths of it are forgotten",
            "You may think that f is the share that is forgotten; but f is the share that *stays*: at 1 the whole "
            "memory stays, at 0 nothing.",
        ),
        Answer(
            "nine tenths of it stay",
            "f multiplies the memory: c = f ⊙ (c of the step before) + i ⊙ g. An open forget gate keeps the memory, a "
            "shut one deletes it.",
            right=True,
        ),
        Answer(
            "nine tenths of it are replaced by what is new",
            "You may think that an LSTM is a GRU, where one gate divides between old and new; but in an LSTM f "
            "decides what stays, and i decides what is written. Both can be open, and both can be shut.",
        ),
        Answer(
            "nothing: h carries what is remembered, c is recomputed",
            "You may think that h is the memory; but h is only what the unit shows of it. c itself goes on to the "
            "next step.",
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
