"""When do you carry the state, reset it or detach it?"""

from components.lessons.batches.clipping import show as clipping
from components.lessons.batches.stream import show as stream
from components.lessons.batches.stream.frames import JOIN
from components.lessons.batches.training import show as training
from components.lessons.batches.truncation import show as truncation
from components.ui import furniture
from components.ui.furniture import Answer
from components.ui.shell import draw_first, open_lesson

page = open_lesson()

revealed = furniture.predict(
    page,
    "A stream is read in chunks: one call, one `backward` and one training step for each. Which state does the next "
    "call get? "
    "(*Detached*: its numbers stay, but how they were computed is forgotten.)",
    (
        Answer(
            "none: every batch begins from zeros",
            "Here each row goes on where it stopped, so zeros delete what it has read. Choose *reset* above the "
            "picture, and see how far the outputs are off.",
            look=JOIN,
        ),
        Answer(
            "the state, as the call returned it",
            "The state also holds its history. The next `backward` would go back into the chunk before, whose graph "
            "is freed. The tab *Without detach* has torch's error.",
            look=JOIN,
        ),
        Answer(
            "the state, detached, row for row",
            "The numbers go on, row by row. The history ends, so `backward` stays within the chunk.",
            right=True,
            look=JOIN,
        ),
        Answer(
            "the state, detached, and the rows of the next batch are shuffled",
            "The state is what *this row* has read. A shuffled row goes on with the state of another row. Choose "
            "*shuffled carry* above the picture, and see how far the outputs are off.",
            look=JOIN,
        ),
    ),
)
place = furniture.verdict_place(page)

length, way = stream.choose(page)
stream.show_picture(page, length, way, place)
furniture.attempts(page, stream.longer_chunks(page, length, way), truncation.fades_by_itself(page, length))
draw_first()

furniture.ask(
    page,
    "A stream that is too long for one call is read in chunks. After each chunk comes a training step, which updates "
    "the weights. From which state does the next chunk start? With a wrong one torch usually gives no error.",
)
furniture.aside(stream.reading(page, way))
stream.show_cut(page, length)
stream.show_ways(page, length, way)

(train, cuts, kept, clip) = furniture.topics(page, "batches_topic")
if train:
    with train:
        training.show_training(page)
if cuts:
    with cuts:
        truncation.show_reach(page, length)
if kept:
    with kept:
        truncation.show_kept(page, length)
if clip:
    with clip:
        clipping.show_clipping(page, length)

if revealed:
    furniture.section("In short", stream.IN_SHORT)

furniture.take_away(truncation.program(page, length), "unrolled_batches", "a stateful training loop, as .py and .ipynb")

furniture.sources(
    "Backpropagation through time, truncated: [Williams and Peng, 1990](https://doi.org/10.1162/neco.1990.2.4.490)",
    "Graphs, and what frees them: [PyTorch, autograd mechanics](https://docs.pytorch.org/docs/stable/notes/autograd.html)",
    "Clipping by the norm: [Pascanu, Mikolov and Bengio, 2013](https://proceedings.mlr.press/v28/pascanu13.html)",
)
furniture.go_on(page)
