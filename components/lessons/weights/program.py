"""The parameters as programs: whose rows are whose, what two biases do, and the way to three other libraries.

`program` prints the page's own digits. `converted` needs the library that it converts to, save for TensorFlow 1, whose
cell it writes out as TensorFlow's own source has it.
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
    """The whole program; `suffix` is that of the layer and direction on the page, `library` sorts by `order`."""
    return PROGRAM.program(settings=settings, suffix=suffix, library=library, order=order)


def converted(settings: Settings, library: str) -> str:
    """A complete program that hands the module's parameters to another library and compares the two.

    Raises `KeyError` for PyTorch itself, and `ValueError` for a projection that the library does not have.
    """
    if settings.proj_size and library != "TensorFlow 1":
        raise ValueError(f"{library} has no projection, and proj_size is {settings.proj_size}")
    return CONVERSIONS[library].program(settings=settings)
