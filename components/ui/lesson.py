"""The entry of a lesson in the syllabus: its title, its question, and what its page needs."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from components.settings import Field, Needs, Settings, Text, Whole, meet


@dataclass(frozen=True)
class Asked:
    """A question that people ask, or an error message that they meet, and where a lesson shows the answer."""

    question: str
    answer: str  # one or two sentences; the page shows the rest
    # Messages of torch, as it gives them. Numbers in them do not matter.
    errors: tuple[str, ...] = ()
    words: str = ""  # further words that people use for it
    # The controls that show it, by their keys in the URL, with the values as the URL spells them.
    link: Mapping[str, str] = field(default_factory=dict, hash=False)
    source: str = ""  # a public report: repository#number, or an address


@dataclass(frozen=True)
class Lesson:
    """One lesson. `stem` is the name of its file in `pages/` and its URL. The first lesson also has the empty URL."""

    stem: str
    title: str  # in the menu
    question: str  # the title of its page
    section: str  # of the menu
    icon: str
    minutes: int = 0  # about how long it takes, with its tasks
    after: tuple[str, ...] = ()  # the stems of the lessons that it builds on
    tasks: tuple[str, ...] = ()  # the titles of its attempts that the server knows of
    # Settings and views that change nothing on this page. They are greyed out, and *Settings* says so.
    idle: tuple[str, ...] = ()
    # Settings without which the lesson cannot show its point. The page raises them for itself alone, and says so.
    needs: Needs = ()
    # Settings that a control in the page decides, each with the value that this control gives by default. They are
    # greyed out, and *Settings* says so. On other pages the visitor's own values count.
    decides: tuple[tuple[str, Any], ...] = ()
    asked: tuple[Asked, ...] = ()  # what it answers, for the search
    # The controls in the page itself, by their keys in the URL.
    controls: Mapping[str, Field | Text] = field(default_factory=dict, hash=False)
    # The value at which such a control starts, if this is not the field's default or first option.
    starts: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def shown(self, settings: Settings) -> Settings:
        """The settings that this page uses when `settings` are asked for and its own controls are at their defaults."""
        return dataclasses.replace(meet(settings, self.needs, self.idle)[0], **dict(self.decides))


# Often idle together: the settings of the module beyond its sizes, and what the pictures show of it.
MODULE = (
    "num_layers",
    "bidirectional",
    "proj_size",
    "bias",
    "batch_first",
    "dtype",
    "weights",
    "initial_state",
    "signal",
)
SHOWN = ("sample", "layer", "direction", "c_range")

# Controls that several lessons have. A key in the URL has the same field in all of them.
STEP = Whole("Time step", 0, 200, "The time step that is taken apart.")
UNIT = Whole("Unit", 0, 127, "The unit that is taken apart.")
