"""Which numbers does it learn, and which gate owns which row?"""

import streamlit as st

from components.lessons.weights import show as weights
from components.ui import furniture
from components.ui.furniture import Answer
from components.ui.shell import open_lesson

page = open_lesson()

furniture.ask(
    page,
    "All that an LSTM learns is a handful of tensors. Each holds four gates on top of each other, and nothing in it "
    "says where one ends and the next begins: that is an agreement, which other libraries made otherwise.",
)
left, right = st.columns(2, gap="medium")
with left:
    weights.show_count(page)
with right:
    revealed = furniture.predict(
        page,
        "PyTorch sorts the rows i f g o, ONNX i o f c. These weights, unsorted, given to a reader of ONNX's order:",
        (
            Answer(
                "raise an error: the gates do not fit",
                "That takes a name for a shape. All four blocks have one shape; no tensor says whose rows they are.",
            ),
            Answer(
                "compute the same: every number is there",
                "That takes a set for an order. A row is a gate's by its place alone; elsewhere it opens another gate.",
            ),
            Answer(
                "compute something else, without a word",
                "A row is a gate's by its place alone. Every shape fits, so nothing can object.",
                right=True,
            ),
            Answer(
                "compute nearly the same: gates are all alike",
                "That takes alike for equal. Gates share a form, but each has numbers of its own.",
            ),
        ),
    )

furniture.section("Four gates, one tensor", weights.blocks_text(page))
weights.show_blocks(page)

furniture.section("The same rows elsewhere", weights.orders_text(page))
reader = weights.choose_reader()
weights.show_orders(page, reader, revealed)

weights.show_biases(page)

weights.show_spread(page)

furniture.section("Try it")
furniture.attempts(weights.doubled_units(page), weights.same_shapes(page))

furniture.take_away(weights.program(page, reader), "unrolled_weights")

furniture.sources(
    "Names, shapes, order and draw: [PyTorch, `nn.LSTM`]"
    "(https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTM.html)",
    "Other orders: [ONNX, `LSTM`](https://onnx.ai/onnx/operators/onnx__LSTM.html), [Keras, `LSTM`]"
    "(https://keras.io/api/layers/recurrent_layers/lstm/), [TensorFlow 1, `LSTMCell`]"
    "(https://www.tensorflow.org/api_docs/python/tf/compat/v1/nn/rnn_cell/LSTMCell)",
    "A forget bias of 1: [Jozefowicz, Zaremba and Sutskever, 2015](https://proceedings.mlr.press/v37/jozefowicz15.html)",
)
furniture.go_on(page)
