"""Which layer reads what, and which slot of `h_n` belongs to which direction?"""

import streamlit as st

from components.lessons.layers import show as layers
from components.ui import furniture
from components.ui.furniture import Answer
from components.ui.shell import open_lesson

page = open_lesson()

furniture.ask(
    page,
    "Here are several layers with two directions each. Each direction of each layer has a slot in `h_n` and in `c_n`. "
    "What does each of them read? After which step is its slot filled? And which numbers change if one number of the "
    "input changes?",
)
left, right = st.columns(2, gap="medium")
with left:
    layers.show_slots(page)
with right:
    revealed = furniture.predict(
        page,
        "One number of x is changed at a step in the middle. Which h change?",
        (
            Answer(
                "those from that step on, in every layer",
                "You may think that time runs in one direction only; but the reverse direction reads this step before "
                "it reads the earlier steps, and carries the change to them.",
            ),
            Answer(
                "forward from that step on, reverse up to it, in every layer",
                "You may think that the two directions never meet; but they meet after every layer: the next layer "
                "reads both, at every step.",
            ),
            Answer(
                "layer 0: forward from that step on, reverse up to it; in the layers above: every h",
                "At every step of layer 0 at least one of the two directions has changed, and the layer above reads "
                "both.",
                right=True,
            ),
            Answer(
                "every h in every layer: two directions read everything",
                "You may think that each direction reads the whole sequence before it answers; but within a layer the "
                "two do not meet. Forward knows nothing of later steps, reverse nothing of earlier ones.",
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
    "One row for each sample",
    "A classifier needs one row for each sample, with everything that `h_n` holds about it. Which line makes that?",
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
