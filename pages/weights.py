"""Which numbers does an LSTM learn, and which rows belong to which gate?"""

import streamlit as st

from components.lessons.weights import show as weights
from components.ui import furniture
from components.ui.furniture import Answer
from components.ui.shell import open_lesson

page = open_lesson()

furniture.ask(
    page,
    "An LSTM learns the numbers of a few tensors. Its weights for x and h, and its biases, hold the rows of four "
    "gates, one gate below the other. Nothing in a tensor says where one gate ends. The order is a convention, and "
    "other libraries have other orders.",
)
left, right = st.columns(2, gap="medium")
with left:
    weights.show_count(page)
with right:
    revealed = furniture.predict(
        page,
        "PyTorch stores the gates in the order i f g o, ONNX in the order i o f c (its c is PyTorch's g). A program "
        "reads PyTorch's rows as if they were in ONNX's order. What does it do?",
        (
            Answer(
                "it raises an error: the gates do not fit",
                "You may think that a tensor knows the names of its gates; but all four blocks have the same shape, "
                "and no tensor says which rows belong to which gate.",
            ),
            Answer(
                "it computes the same: every number is there",
                "You may think that the order does not matter if every number is there; but only its place says to "
                "which gate a row belongs. In another place it controls another gate.",
            ),
            Answer(
                "it computes something else, without an error",
                "The place of a row alone says to which gate it belongs. Every shape fits, so nothing raises an error.",
                right=True,
            ),
            Answer(
                "it computes nearly the same: all gates are alike",
                "You may think that gates of the same form are the same; but each gate has its own numbers.",
            ),
        ),
    )

furniture.section("Four gates, one tensor", weights.blocks_text(page))
weights.show_blocks(page)

furniture.section("The same rows in other libraries", weights.orders_text(page))
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
