"""The notebook as source text, for its own settings (three sizes and a seed), with either of its mistakes mended.

Its names and its draws are kept, in their order; the code is written anew, with one cell added that compares. Every
excerpt stands word for word in `program`, and that prints the digits the page shows.
"""

from components.settings import Settings

MENDED = (True, True)
AS_IT_WAS = (False, False)
Mends = tuple[bool, bool]  # whether the name, and whether the start, is mended

SHOW = "input_sequence"
COMPARE = """\
apart = (torch.cat(looped) - out).abs()
print(f"at most {apart.max().item():.1e} apart")"""


def first_cells(settings: Settings) -> str:
    """The seed, the module, the inputs and the loop: a program of its own."""
    return f"""\
import torch
from torch import nn

torch.manual_seed({settings.seed})
torch.set_num_threads(1)  # as on this page

input_size, hidden_size = {settings.input_size}, {settings.hidden_size}
lstm = nn.LSTM(input_size, hidden_size)
input_sequence = [torch.randn(1, 1, input_size)
                  for _ in range({settings.seq_len})]

h_0 = torch.randn(1, 1, hidden_size)
c_0 = torch.randn(1, 1, hidden_size)
hidden = (h_0, c_0)
looped = []  # added, for the check below
for i in input_sequence:
    out, hidden = lstm(i.view(1, 1, -1), hidden)
    looped.append(out)"""


def statement(mends: Mends = AS_IT_WAS) -> str:
    """What makes one tensor of the sequence; its mistake is a name that this very statement is to make."""
    return f"""\
inputs = torch.cat(input_sequence).view(
    len({"input_sequence" if mends[0] else "inputs"}), 1, -1)"""


def last_cell(mends: Mends = AS_IT_WAS) -> str:
    """The single call; its mistake is a `hidden` that is not the one the loop began with."""
    drawn = """\
(torch.randn(1, 1, hidden_size),
          torch.randn(1, 1, hidden_size))"""
    return f"""\
{statement(mends)}
print("Inputs shape:", inputs.shape)
hidden = {"(h_0, c_0)" if mends[1] else drawn}
out, hidden = lstm(inputs, hidden)
print(out)
print(hidden)"""


def program(settings: Settings, mends: Mends = AS_IT_WAS) -> str:
    """The whole notebook, cell by cell. Unless its name is mended it raises, and its first line says so."""
    cells = (
        first_cells(settings),
        f"# %% The inputs, one tensor a step\n{SHOW}",
        f"# %% The same in one call\n{last_cell(mends)}",
        f"# %% Do loop and call agree?\n{COMPARE}",
    )
    return ("" if mends[0] else "# raises: NameError\n") + "\n\n".join(cells)
