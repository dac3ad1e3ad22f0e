"""A job in words: what the cell's hand-set weights do, what to look at, and what each gate does for it."""

from components.lstm.gates import ends
from components.settings import Settings
from components.ui.figures import figure

COLOURS = {"i": "blue", "f": "orange", "g": "green", "o": "violet"}


def job_text(settings: Settings, look: bool = True) -> str:
    """Two paragraphs on the job, as Markdown; empty where weights are drawn. `look`: and what to see in c, h."""
    if (job := settings.job) is None:
        return ""
    gates = "  \n".join(f":{COLOURS[gate]}[*{gate}*:] {words}" for gate, words in job.gates.items())
    told = "In brackets: the pre-activation, what σ or tanh is given. The weights are set by hand."
    gates += f"  \n:small[:gray[{told} {_ends_text(settings, look)}]]"
    return f"**{job.title}.** {job.does}{f' {job.look}' if look else ''}\n\n{gates}"


def _ends_text(settings: Settings, look: bool) -> str:
    """What open and shut are in numbers, as torch computes them; with `look`, what that means for c."""
    found = ends(settings)
    exact = ", to the last bit" if found.opened == 1 else ""
    words = [f"Open is {found.opened:.17g}{exact}."]
    if settings.job and any("shut" in said for said in settings.job.gates.values()):
        words.append(f"Shut is not 0 but {figure(found.shut)}: too little to change a 1.")
    if look and found.left:
        words.append(f"So where c should be 0 it is not quite: here it is up to {figure(found.left)}.")
    return " ".join(words)
