"""The parameters: which gate owns which row, how they are spread, and the order of other libraries."""

from components.settings import Choice
from components.ui.lesson import Lesson

READERS = ("ONNX", "TensorFlow 1", "Keras", "PyTorch")  # whose order of the gates can be read

LESSON = Lesson(
    "weights",
    "The parameters",
    "Which numbers does it learn, and which gate owns which row?",
    "Inside the cell",
    ":material/grid_on:",
    idle=("sample", "c_range"),
    controls={"reader": Choice("Read as", READERS, "Whose order of the gates the rows are taken to be in.")},
)
