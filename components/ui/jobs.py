"""A job in words: what the cell's hand-set weights do, what to look at, and what each gate does for it."""

from components.settings import Settings

COLOURS = {"i": "blue", "f": "orange", "g": "green", "o": "violet"}


def job_text(settings: Settings, look: bool = True) -> str:
    """Two paragraphs on the job, as Markdown; empty where weights are drawn. `look`: and what to see in c, h."""
    if (job := settings.job) is None:
        return ""
    gates = "  \n".join(f":{COLOURS[gate]}[*{gate}*:] {words}" for gate, words in job.gates.items())
    gates += "  \n:small[:gray[In brackets: the pre-activation, what σ or tanh is given. The weights are set by hand.]]"
    return f"**{job.title}.** {job.does}{f' {job.look}' if look else ''}\n\n{gates}"
