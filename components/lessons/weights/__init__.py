"""The parameters: which rows belong to which gate, how they are spread, and the order in other libraries."""

from components.lessons.weights.asked import ASKED
from components.settings import Choice
from components.ui.lesson import Lesson

READERS = ("ONNX", "TensorFlow 1", "Keras", "PyTorch")  # the libraries in whose order the rows can be read

TOPICS = ("Shapes and numbers", "Other libraries", "Two biases", "First values")  # below the picture

LESSON = Lesson(
    "weights",
    "The parameters",
    "Which numbers does an LSTM learn, and which rows belong to which gate?",
    "Inside the cell",
    ":material/grid_on:",
    minutes=15,
    asked=ASKED,
    after=("one_step",),
    tasks=("Twice the units", "Two weights of one shape"),
    idle=("sample", "c_range"),
    controls={
        "reader": Choice("Read as", READERS, "The library in whose order the rows are read."),
        "weights_topic": Choice("Topic", TOPICS, "The topic that is open below the picture."),
    },
)
