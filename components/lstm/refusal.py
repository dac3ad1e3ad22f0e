"""An error of torch's, as a page tells it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Refusal:
    """An error of torch's."""

    name: str
    words: str
