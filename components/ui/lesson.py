"""A lesson's entry in the syllabus: what every lesson says of itself."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from components.settings import Field, Needs, Settings, Text, Whole, meet


@dataclass(frozen=True)
class Lesson:
    """One page. `stem` is its file in `pages/` and its URL; the first lesson's URL is empty: it is the default page."""

    stem: str
    title: str  # in the menu
    question: str  # what it asks
    section: str
    icon: str
    # Settings and views that change nothing on this page: greyed out, and the sidebar says so.
    idle: tuple[str, ...] = ()
    # What its point cannot be seen without, where the defaults give less: raised on this page alone, and said there.
    needs: Needs = ()
    # Settings that a control in the page decides, each with what it decides by default: greyed out, and the sidebar
    # says so. The visitor's own values wait for the other pages.
    decides: tuple[tuple[str, Any], ...] = ()
    # The controls that stand in the page, by their keys in the URL.
    controls: Mapping[str, Field | Text] = field(default_factory=dict, hash=False)
    # Where such a control starts, if it is not its field's own default or its first option.
    starts: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def shown(self, settings: Settings) -> Settings:
        """The settings that this page shows where `settings` are asked for, and its own control is at its default."""
        return dataclasses.replace(meet(settings, self.needs, self.idle)[0], **dict(self.decides))


# What is idle where there is one plain module, or none: the module's further settings, and what is drawn of it.
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
DRAWN = ("sample", "layer", "direction", "c_range")

# Controls that more than one lesson has: under one key in the URL stands one field.
STEP = Whole("Time step", 0, 200, "The step that is taken apart.")
UNIT = Whole("Unit", 0, 127, "The unit that is taken apart.")
