"""A job in words: what the cell does, what to look at, and what each gate does for it."""

from components.lstm.gates import ends
from components.settings import Settings, fixing
from components.ui.figures import figure

COLOURS = {"i": "blue", "f": "orange", "g": "green", "o": "violet"}


def job_text(settings: Settings, look: bool = True) -> str:
    """Two paragraphs on the job and on what it fixes, as Markdown; empty without a job.

    With `look`, also what to see in c and h.
    """
    if (job := settings.job) is None:
        return ""
    gates = "  \n".join(f":{COLOURS[gate]}[*{gate}*:] {words}" for gate, words in job.gates.items())
    brackets = "In brackets: the pre-activation, the number that σ or tanh gets. The weights are set by hand."
    gates += f"  \n:small[:gray[{brackets} {_ends_text(settings, look)}]]"
    return f"**{job.title}.** {job.does}{f' {job.look}' if look else ''} {fixing(settings)}\n\n{gates}"


def _ends_text(settings: Settings, look: bool) -> str:
    """The numbers of an open and a shut gate, as torch computes them. With `look`, also what they do to c."""
    gate = ends(settings)
    exact = ", to the last bit" if gate.opened == 1 else ""
    words = [f"Open is {gate.opened:.17g}{exact}."]
    if settings.job and any("shut" in text for text in settings.job.gates.values()):
        words.append(f"Shut is not 0 but {figure(gate.shut)}: too little to change a 1.")
    if look and gate.left:
        words.append(f"So where c should be 0, it is not exactly 0: here it is up to {figure(gate.left)}.")
    return " ".join(words)
