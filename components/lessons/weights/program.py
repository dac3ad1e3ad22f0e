"""The parameters as programs: rows and gates, two biases, and the conversion to three other libraries.

`program` prints the page's own digits. A program from `converted` imports the library to which it converts. Only for
TensorFlow 1 it does not: it contains that cell, written as in TensorFlow's own source.
"""

from components.programs.template import Template
from components.settings import Settings

PROGRAM = Template(__name__)
CONVERSIONS = {
    "Keras": Template(__name__, "keras"),
    "ONNX": Template(__name__, "onnx"),
    "TensorFlow 1": Template(__name__, "tensorflow"),
}


def program(settings: Settings, suffix: str, library: str, order: str) -> str:
    """The whole program. `suffix` names the layer and direction on the page; `library` sorts its gates by `order`."""
    return PROGRAM.program(settings=settings, suffix=suffix, library=library, order=order)


def converted(settings: Settings, library: str) -> str:
    """A complete program that gives the module's parameters to another library and compares the two results.

    Raises `KeyError` for PyTorch itself, and `ValueError` if there is a projection and the library has none.
    """
    if settings.proj_size and library != "TensorFlow 1":
        raise ValueError(f"{library} has no projection, and proj_size is {settings.proj_size}")
    return CONVERSIONS[library].program(settings=settings)
