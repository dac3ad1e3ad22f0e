"""An error of torch's, as a page tells it: its type, and its own words."""

from collections.abc import Callable
from dataclasses import dataclass

ERRORS = (RuntimeError, IndexError, TypeError, ValueError)  # that torch raises when it is asked for what does not fit


@dataclass(frozen=True)
class Refusal:
    """An error of torch's."""

    name: str  # of its type: "RuntimeError"
    words: str


def refused(call: Callable[[], object]) -> Refusal | None:
    """What torch says to a call; None when it says nothing. Any other error goes on."""
    try:
        call()
    except ERRORS as error:
        return Refusal(type(error).__name__, str(error))
    return None
