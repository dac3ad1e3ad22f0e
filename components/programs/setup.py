"""The beginning of every program: imports, the module, the inputs and the initial state, for any settings.

Each function returns a block of `setup.py.jinja`. All templates know these functions by their names.
"""

from components.programs.template import Template
from components.settings import FIRST_STEPS, SINE_PERIOD, Settings

SETUP = Template(__name__, "setup")


def head(settings: Settings, gradients: bool = False, imports: str = "", later: bool = False) -> str:
    """The imports and the torch settings with which a program computes as the page does.

    Without `gradients`, the program switches the recording of gradients off. With `later`, a comment in it says that
    they are recorded further down. `imports` are lines that replace the imports of torch.
    """
    return SETUP.excerpt(
        "head", settings=settings, gradients=gradients, imports=imports.removesuffix("\n"), later=later
    )


def module(settings: Settings, kind: str = "LSTM", dropout: float = 0.0) -> str:
    """The call that makes the module. Arguments that differ from PyTorch's defaults are named.

    `kind` is LSTM, GRU or RNN. `dropout` is written only if the module has two directions.
    """
    return SETUP.excerpt("module", settings=settings, kind=kind, dropout=dropout)


def dtype(settings: Settings) -> str:
    """The `dtype` argument for a call that makes numbers. It comes last, and is empty for PyTorch's default."""
    return SETUP.excerpt("dtype", settings=settings)


def draw(settings: Settings) -> str:
    """The lines that make the module, the inputs, h_0 and c_0, in the order in which their numbers are drawn.

    If inputs and initial state are random, the inputs of all steps after the first five are drawn last, and a shorter
    sequence draws five inputs too. Otherwise nothing is drawn between the inputs of two steps.
    """
    return SETUP.excerpt("draw", settings=settings, job=settings.job, sine_period=SINE_PERIOD, first_steps=FIRST_STEPS)


def state(settings: Settings) -> str:
    """The lines that make h_0 and c_0."""
    return SETUP.excerpt("state", settings=settings)
