"""An error that torch raises, as a page shows it: its type and its message."""

from collections.abc import Callable
from dataclasses import dataclass

ERRORS = (RuntimeError, IndexError, TypeError, ValueError)  # torch raises these if shapes or arguments do not fit


@dataclass(frozen=True)
class Refusal:
    """An error that torch raised."""

    name: str  # of its type: "RuntimeError"
    words: str  # its message


def refused(call: Callable[[], object]) -> Refusal | None:
    """The error that torch raises in a call; None if it raises none. Any other error is not caught."""
    try:
        call()
    except ERRORS as error:
        return Refusal(type(error).__name__, str(error))
    return None
