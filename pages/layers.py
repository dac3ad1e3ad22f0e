"""What does each layer read, in each direction?"""

from components.lessons.layers import show as layers
from components.lessons.layers.frames import LAYER_0, LAYER_1, READ_1, REVERSE_0
from components.ui import furniture
from components.ui.furniture import Answer
from components.ui.shell import draw_first, open_lesson

page = open_lesson()

furniture.predict(
    page,
    "The arrows show what each cell reads. One number of x is changed at a step in the middle. Which h change?",
    (
        Answer(
            "those from that step on, in every layer",
            "This is true for forward only. Reverse starts at the last step. In its row of layer 0, h moves from "
            "the changed step towards the first.",
            look=REVERSE_0,
        ),
        Answer(
            "forward from that step on, reverse up to it, in every layer",
            "This is true for layer 0 only. A layer above reads both directions at every step. In layer 1, h moves "
            "on both sides of the changed step.",
            look=LAYER_1,
        ),
        Answer(
            "layer 0: forward from that step on, reverse up to it; in the layers above: every h",
            "At every step of layer 0 at least one of the two directions has changed, and the layer above reads both.",
            right=True,
            look=READ_1,
        ),
        Answer(
            "every h in every layer: two directions read everything",
            "The two directions of a layer do not meet within it. In layer 0, forward does not move before the "
            "changed step, and reverse does not move after it.",
            look=LAYER_0,
        ),
    ),
)
place = furniture.verdict_place(page)

step, kind = layers.show_picture(page, place)
draw_first()

furniture.ask(
    page,
    "Here are several layers with two directions each. What has read a number changes with it: so one changed number "
    "of x shows which h have read it. Each direction of each layer has a slot in `h_n` and in `c_n`, which holds its "
    "last h and c. In which slot is which direction, and after which step is it filled?",
)
layers.show_reading(page, step, kind)

slots, turns, kinds, rows, dropout, palindrome = furniture.topics(page, "layers_topic", {"reverse": "Palindrome"})
if slots:
    with slots:
        layers.show_slots(page)
if turns:
    with turns:
        layers.show_turns(page)
if kinds:
    with kinds:
        layers.show_kinds(page)
if rows:
    with rows:
        layers.show_rows(page)
if dropout:
    with dropout:
        layers.show_dropout(page)
if palindrome:
    with palindrome:
        layers.show_palindrome(page)

furniture.attempts(
    page,
    layers.change_at_the_ends(page, step, kind),
    layers.change_that_fades(page, step, kind),
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
