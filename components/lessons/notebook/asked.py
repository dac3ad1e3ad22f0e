"""Questions that this lesson answers."""

from components.ui.lesson import Asked

ASKED = (
    Asked(
        "The tutorial's code runs. Is it right?",
        "Code that runs may still start from another state than you think, or treat a sequence as a batch. Find the "
        "two mistakes of one such notebook.",
        words="pytorch sequence models tutorial view(len(inputs), 1, -1) out hidden clean out hidden state",
    ),
)
