"""How do sequences of different lengths share one batch?"""

from components.lessons.lengths import show as lengths
from components.lessons.lengths.frames import RESULT
from components.ui import furniture
from components.ui.furniture import Answer
from components.ui.shell import draw_first, open_lesson

page = open_lesson()

given = lengths.choose(page)
revealed = furniture.predict(
    page,
    "A batch is padded with zeros at the end. What does `h_n` (outlined in the first panel) hold for a short sequence?",
    (
        Answer(
            "the state after its own last step: zeros change nothing",
            "An input of zeros is still an input: the biases and h are there, so the gates compute, and c and h move "
            "on. In the first panel `h_n` is the last column: a red cell is *not* the state after the own last step.",
            look=RESULT,
        ),
        Answer(
            "the state after its own last step: the module knows where it ends",
            "The module gets one block with one T for all rows. Nothing in it says which zeros are padding. What "
            "`h_n` holds is all in the last column.",
            look=RESULT,
        ),
        Answer(
            "zeros, because its last inputs are zeros",
            "h is no copy of the input. It is a state, which goes on from the step before, also in the padding.",
            look=RESULT,
        ),
        Answer(
            "the state after its padding: the module reads that too",
            "Padding is an input like any other. You have to tell torch the lengths: that is what packing is for.",
            right=True,
            look=RESULT,
        ),
    ),
)
place = furniture.verdict_place(page)

lengths.show_picture(page, given, place)
page = lengths.sized(page, given)
furniture.attempts(page, lengths.no_harm(page, given), lengths.wasteful(given), lengths.fades(page, given))
if revealed:
    with page.coach:
        furniture.turn_on_two_directions(page)
draw_first()

furniture.ask(
    page,
    "A batch is one block of numbers, but sentences have different lengths. So zeros are added at the end of the "
    "short ones. This is called padding. Each number of the line above the picture is the length of one sequence: "
    "how many there are is the batch size B, and the longest is the sequence length T.",
)
furniture.aside(lengths.reading(page))
lengths.show_ways(page, given)

(packing, poison, faults, waste, done_right) = furniture.topics(page, "lengths_topic")
if packing:
    with packing:
        lengths.show_packing(given)
if poison:
    with poison:
        lengths.show_poison(page, given)
if faults:
    with faults:
        lengths.show_faults(page, given)
if waste:
    with waste:
        lengths.show_waste(page, given)
if done_right:
    with done_right:
        lengths.show_done_right()

furniture.take_away(
    lengths.program(page, given),
    "unrolled_lengths",
    "these four ways, and a model that packs and is trained, as .py and .ipynb",
)

furniture.sources(
    "Packing: [PyTorch, `pack_padded_sequence`](https://docs.pytorch.org/docs/stable/generated/"
    "torch.nn.utils.rnn.pack_padded_sequence.html)",
    "`total_length`: [PyTorch, frequently asked questions](https://docs.pytorch.org/docs/stable/notes/faq.html"
    "#pack-rnn-unpack-with-data-parallelism)",
    "Batches sorted by length: [Sutskever, Vinyals and Le, 2014](https://arxiv.org/abs/1409.3215)",
)
furniture.go_on(page)
