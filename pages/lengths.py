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
        "A batch is one block of numbers, but sentences have different lengths. So zeros are added at the end of the "
        "short ones. This is called padding. What does the LSTM do with these zeros, and how can you stop it from "
        "reading them?",
    )
with right:
    revealed = furniture.predict(
        page,
        "A batch is padded with zeros at the end, and the LSTM reads it. What does `h_n` hold for a sequence that is "
        "shorter than the others?",
        (
            Answer(
                "the state after its own last step: zeros change nothing",
                "You may think that an input of zeros is no input; but the biases and h are still there. So the gates "
                "still compute, and c and h change.",
            ),
            Answer(
                "the state after its own last step: the module knows where it ends",
                "You may think that the block is a list of sequences; but it has one T for all of them, and nothing "
                "in it says which zeros are padding.",
            ),
            Answer(
                "zeros, because its last inputs are zeros",
                "You may think that h is a copy of the input; but h is a state: it goes on from the step before.",
            ),
            Answer(
                "the state after its padding: the module reads that too",
                "Padding is an input like any other. You have to tell torch the lengths: that is what packing is for.",
                right=True,
            ),
        ),
    )

furniture.section("One batch, stored twice", lengths.block_reading(given))
lengths.show_blocks(given)

furniture.section("Four ways to run it", lengths.ways_reading(page, revealed))
lengths.show_ways(page, given, revealed)
if revealed:
    furniture.section("NaN in the padding", "If the padding has no effect, NaN in it must not change any output.")
    lengths.show_poison(page, given)

furniture.section("Wrong lengths", lengths.faults_found(page, given))
lengths.show_check_of_lengths()

furniture.section("What padding costs", lengths.waste_found(page, given))
lengths.show_waste(page)
lengths.show_cost(page, given)

furniture.section("Try it")
furniture.attempts(lengths.no_harm(page, given), lengths.wasteful(given), lengths.valid_and_wrong(page, given))
furniture.turn_on_two_directions(page)

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
