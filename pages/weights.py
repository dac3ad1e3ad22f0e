"""Which numbers does an LSTM learn, and which rows belong to which gate?"""

from components.lessons.weights import show as weights
from components.lessons.weights.frames import CHIPS, MISREAD
from components.ui import furniture
from components.ui.furniture import Answer
from components.ui.shell import draw_first, open_lesson

page = open_lesson()

furniture.predict(
    page,
    "PyTorch stores the gates in the order i f g o, ONNX in the order i o f c (its c is PyTorch's g). A program "
    "reads PyTorch's rows as if they were in ONNX's order. What does it do?",
    (
        Answer(
            "it raises an error: the gates do not fit",
            "No tensor says which rows belong to which gate. All four blocks have the same shape, so every block "
            "fits in the place of every other, such as f in that of o.",
            look=MISREAD,
        ),
        Answer(
            "it computes the same: every number is there",
            "Every number is there, but a row in another place controls another gate. Look at the colours of the "
            "chips: where chip and block differ, ONNX uses the rows of one gate for another.",
            look=CHIPS,
        ),
        Answer(
            "it computes something else, without an error",
            "The place of a row alone says to which gate it belongs. Every shape fits, so nothing raises an error.",
            right=True,
            look=CHIPS,
        ),
        Answer(
            "it computes nearly the same: all gates are alike",
            "All gates have the same form, but each has its own numbers. Compare the cells of two blocks, such as f "
            "and o. How much the result changes is said above, while ONNX is chosen.",
            look=MISREAD,
        ),
    ),
)
place = furniture.verdict_place(page)

reader, part = weights.show_picture(page, place)
furniture.attempts(page, weights.doubled_units(page), weights.same_shapes(page))
draw_first()

furniture.ask(
    page,
    "An LSTM learns the numbers of a few tensors. Its weights for x and h, and its biases, hold the rows of four "
    "gates, one gate below the other. Nothing in a tensor says where one gate ends. The order is a convention, and "
    "other libraries have other orders.",
)
weights.show_reading(page)

shapes, orders, biases, spread = furniture.topics(page, "weights_topic")
if shapes:
    with shapes:
        weights.show_shapes(page)
        weights.show_numbers(page, part)
if orders:
    with orders:
        weights.show_orders(page, reader)
if biases:
    with biases:
        weights.show_biases(page)
if spread:
    with spread:
        weights.show_spread(page)

furniture.take_away(weights.program(page, reader), "unrolled_weights")

furniture.sources(
    "Names, shapes, order and first values: [PyTorch, `nn.LSTM`]"
    "(https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTM.html)",
    "Other orders: [ONNX, `LSTM`](https://onnx.ai/onnx/operators/onnx__LSTM.html), [Keras, `LSTM`]"
    "(https://keras.io/api/layers/recurrent_layers/lstm/), [TensorFlow 1, `LSTMCell`]"
    "(https://www.tensorflow.org/api_docs/python/tf/compat/v1/nn/rnn_cell/LSTMCell)",
    "A forget bias of 1: [Jozefowicz, Zaremba and Sutskever, 2015](https://proceedings.mlr.press/v37/jozefowicz15.html)",
)
furniture.go_on(page)
