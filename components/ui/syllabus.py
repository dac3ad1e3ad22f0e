"""The lessons: their order, their sections, what comes next. A new one is one file in `pages/` and one entry here."""

import dataclasses
from dataclasses import dataclass
from typing import Any

from components.recurrence.lengths import USUAL
from components.settings import Needs, Settings, meet


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

SYLLABUS = (
    Lesson(
        "live",
        "The live LSTM",
        "Does a loop over time steps compute the same thing as one call?",
        "Start here",
        ":material/play_circle:",
    ),
    Lesson(
        "notebook",
        "The notebook, replayed",
        "A notebook that ran: what is wrong with it?",
        "What goes in and out",
        ":material/menu_book:",
        idle=("batch_size", *MODULE, *DRAWN),
    ),
    Lesson(
        "shapes",
        "Three axes",
        "Time, batch, feature: which axis is which?",
        "What goes in and out",
        ":material/view_in_ar:",
        # What is nudged there has to arrive: a gate that is wide open or shut hardly moves with one.
        idle=("weights", "sample", "c_range"),
        needs=(("batch_size", 4),),
    ),
    Lesson(
        "outputs",
        "Output and state",
        "What comes back, and why is the state a tuple?",
        "What goes in and out",
        ":material/output:",
        idle=("weights", "layer", "direction"),  # it needs a second layer, a job has one
        needs=(("num_layers", 2),),
    ),
    Lesson(
        "views",
        "view, reshape, transpose",
        "What do `view`, `reshape` and `transpose` move?",
        "What goes in and out",
        ":material/view_module:",
        idle=("hidden_size", *MODULE, "seed", *DRAWN),
        needs=(("seq_len", 2), ("batch_size", 2), ("input_size", 2)),
    ),
    Lesson(
        "one_step",
        "One step, number by number",
        "Where does each number of a step come from?",
        "Inside the cell",
        ":material/account_tree:",
    ),
    Lesson(
        "memory",
        "Surgery on the memory",
        "What does the cell remember, and who decides?",
        "Inside the cell",
        ":material/neurology:",
        needs=(("seq_len", 12),),
    ),
    Lesson(
        "weights",
        "The parameters",
        "Which numbers does it learn, and which gate owns which row?",
        "Inside the cell",
        ":material/grid_on:",
        idle=("sample", "c_range"),
    ),
    Lesson(
        "lengths",
        "Different lengths",
        "How do sequences of different lengths share one batch?",
        "Real batches",
        ":material/align_horizontal_left:",
        # What a job does needs its own inputs, step after step; nothing here is about gates.
        idle=("weights", *DRAWN),
        decides=(("seq_len", max(USUAL)), ("batch_size", len(USUAL))),
    ),
    Lesson(
        "layers",
        "Layers and directions",
        "What feeds what, and which slot of `h_n` is whose?",
        "Real batches",
        ":material/layers:",
        idle=("weights", "layer", "direction", "c_range"),  # a job has one layer and one direction
        needs=(("batch_size", 2), ("num_layers", 2), ("bidirectional", True)),
    ),
    Lesson(
        "batches",
        "State between batches",
        "When is the state carried, when reset, when detached?",
        "Real batches",
        ":material/conveyor_belt:",
        # Two directions cannot be cut, and a gate wide open or shut passes hardly any gradient on.
        idle=("weights", "bidirectional", "batch_first", *DRAWN),
        needs=(("seq_len", 20), ("batch_size", 4)),
    ),
)


def named(stem: str) -> Lesson | None:
    """The lesson of that stem, if there is one."""
    return next((lesson for lesson in SYLLABUS if lesson.stem == stem), None)


def following(lesson: Lesson) -> Lesson | None:
    """The lesson after this one, if there is one."""
    place = SYLLABUS.index(lesson) + 1
    return SYLLABUS[place] if place < len(SYLLABUS) else None
