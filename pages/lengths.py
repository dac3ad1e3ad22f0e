"""How do sequences of different lengths share one batch?"""

import streamlit as st

from components.lessons.lengths import show as lengths
from components.ui import furniture
from components.ui.furniture import Answer
from components.ui.shell import open_lesson

page = open_lesson()
top = st.container()  # above the line, whose sizes it states
left, right = st.columns(2, gap="medium")
with left:
    page, given = lengths.choose(page)
with top:
    furniture.ask(
        page,
        "A batch is one block of numbers, and sentences are not equally long. So the short ones are padded with zeros. "
        "What does the LSTM make of those, and how can it be kept from reading them?",
    )
with right:
    revealed = furniture.predict(
        page,
        "A batch is padded with zeros at the end and run. What does `h_n` hold for a sequence shorter than the others?",
        (
            Answer(
                "its state at its own last step: zeros change nothing",
                "That takes an input of zeros for no input. The biases and h are still there, the gates move, and c "
                "and h with them.",
            ),
            Answer(
                "its state at its own last step: the module knows where it ends",
                "That takes the block for a list of sequences. A block has one T for all, and nothing in it says "
                "which of its zeros are padding.",
            ),
            Answer(
                "zeros, as its last inputs were",
                "That takes h for a copy of the input. It is a state: it goes on from where it was.",
            ),
            Answer(
                "its state after it has read its padding too",
                "Padding is input. Torch has to be told the lengths: that is what packing is for.",
                right=True,
            ),
        ),
    )

furniture.section("One batch, stored twice", lengths.block_reading(given))
lengths.show_blocks(given)

furniture.section("Four ways to run it", lengths.ways_reading(page, revealed))
lengths.show_ways(page, given, revealed)
if revealed:
    furniture.section("NaN in the padding", "Padding that must not matter can be made to show.")
    lengths.show_poison(page, given)

furniture.section("Wrong lengths", lengths.faults_found(page, given))
lengths.show_check_of_lengths()

furniture.section("What it costs", lengths.waste_found(page, given))
lengths.show_waste(page)
lengths.show_cost(page, given)

furniture.section("Try it")
furniture.attempts(lengths.no_harm(page, given), lengths.wasteful(given), lengths.valid_and_wrong(page, given))
furniture.turn_on_two_directions(page)

lengths.show_done_right()
furniture.take_away(
    lengths.program(page, given),
    "unrolled_lengths",
    "these four ways, then a model that packs, trained; as .py and .ipynb",
)

furniture.sources(
    "Packing: [PyTorch, `pack_padded_sequence`](https://docs.pytorch.org/docs/stable/generated/"
    "torch.nn.utils.rnn.pack_padded_sequence.html)",
    "`total_length`: [PyTorch, frequently asked questions](https://docs.pytorch.org/docs/stable/notes/faq.html"
    "#pack-rnn-unpack-with-data-parallelism)",
    "Batches sorted by length: [Sutskever, Vinyals and Le, 2014](https://arxiv.org/abs/1409.3215)",
)
furniture.go_on(page)
