"""What feeds what, and which slot of `h_n` is whose?"""

import streamlit as st

from components.lessons.layers import show as layers
from components.ui import furniture
from components.ui.furniture import Answer
from components.ui.shell import open_lesson

page = open_lesson()

furniture.ask(
    page,
    "Several layers, each of two directions, and for each of these a slot in `h_n` and in `c_n`. Who has to wait for "
    "whom? Where did each slot come about? And how far does one changed number of the input get?",
)
left, right = st.columns(2, gap="medium")
with left:
    layers.show_slots(page)
with right:
    revealed = furniture.predict(
        page,
        "One number of x is changed, at a step in the middle. Which h change?",
        (
            Answer(
                "those from that step on, in every layer",
                "That takes time to run one way. The reverse direction reads that step before it reads the earlier "
                "ones, and hands the change on to them.",
            ),
            Answer(
                "forward from that step on, reverse up to it, in every layer",
                "That takes the directions for two stacks that never meet. They meet after every layer: the next one "
                "reads both, at every step.",
            ),
            Answer(
                "layer 0: forward from that step on, reverse up to it; in the layers above: every h",
                "At every step of layer 0 one of the two directions has changed, and the layer above reads both.",
                right=True,
            ),
            Answer(
                "every h in every layer: with two directions all is read",
                "That takes two directions for one that sees everything. Within a layer they do not meet: forward "
                "knows nothing of later steps, reverse nothing of earlier ones.",
            ),
        ),
    )

layers.show_feeds(page)

furniture.section("Change one number")
left, right = st.columns([3, 2], gap="medium")
with left:
    step = layers.choose_step(page)
with right:
    kind = layers.choose_kind()
layers.show_change(page, step, kind, revealed)

layers.show_kinds(page)

furniture.section(
    "A row a sample",
    "A classifier wants one row for each sample, with all that `h_n` has of it. Which line makes that?",
)
layers.show_rows(page)

layers.show_dropout(page)

layers.show_palindrome(page)

furniture.section("Try it")
furniture.attempts(
    layers.change_at_the_ends(page, step, kind, revealed),
    layers.change_that_fades(page, step, kind, revealed),
    layers.palindrome_read_alike(page),
)

furniture.take_away(layers.program(page, step), "unrolled_layers")

furniture.sources(
    "Layers, directions, slots, dropout: [PyTorch, `nn.LSTM`]"
    "(https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTM.html)",
    "Two directions: [Schuster and Paliwal, 1997](https://doi.org/10.1109/78.650093)",
    "Dropout between layers: [Zaremba, Sutskever and Vinyals, 2014](https://arxiv.org/abs/1409.2329)",
    "Projection: [Sak, Senior and Beaufays, 2014](https://arxiv.org/abs/1402.1128)",
)
furniture.go_on(page)
