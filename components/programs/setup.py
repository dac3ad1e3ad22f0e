"""What every program begins with: imports, the module, the inputs and the initial state, for any settings.

Each function gives a block of `setup.py.jinja`. All templates know them by these names.
"""

from components.programs.template import Template
from components.settings import SINE_PERIOD, Settings

SETUP = Template(__name__, "setup")


def head(settings: Settings, gradients: bool = False, imports: str = "", later: bool = False) -> str:
    """Imports, and what makes a program compute as the page does; without `gradients` none are recorded.

    `imports` are lines in place of those of torch alone; `later` says that gradients will be recorded further down.
    """
    return SETUP.excerpt(
        "head", settings=settings, gradients=gradients, imports=imports.removesuffix("\n"), later=later
    )


def module(settings: Settings, kind: str = "LSTM", dropout: float = 0.0) -> str:
    """The call that makes the module: arguments that are not PyTorch's defaults, by name.

    `kind` is LSTM, GRU or RNN; `dropout` is for modules of two directions.
    """
    return SETUP.excerpt("module", settings=settings, kind=kind, dropout=dropout)


def dtype(settings: Settings) -> str:
    """The last argument of whatever makes numbers; empty for PyTorch's default."""
    return SETUP.excerpt("dtype", settings=settings)


def draw(settings: Settings) -> str:
    """The module, the inputs, h_0 and c_0, in the order in which they are drawn."""
    return SETUP.excerpt("draw", settings=settings, job=settings.job, sine_period=SINE_PERIOD)


def state(settings: Settings) -> str:
    """The lines that draw h_0 and c_0."""
    return SETUP.excerpt("state", settings=settings)
