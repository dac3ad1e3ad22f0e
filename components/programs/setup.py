"""What every program begins with: imports, the module, the inputs and the initial state, for any settings."""

from typing import Any

from components.jobs import Job
from components.settings import SINE_PERIOD, Settings


def head(settings: Settings, gradients: bool = False) -> str:
    """Imports, and what makes a program compute as the page does; without `gradients` none are recorded."""
    standard = ["import math"] if settings.signal == "sine" else []
    standard += ["import warnings"] if settings.proj_size else []
    notice = [
        "# A notice of no use here: the numbers are the same with and without oneDNN.",
        'warnings.filterwarnings("ignore", message="LSTM with projections is not supported with oneDNN")',
    ]
    return "\n".join(
        [
            *standard,
            *([""] if standard else []),
            "import torch",
            "from torch import nn",
            "",
            *(notice if settings.proj_size else []),
            *([] if gradients else ["torch.set_grad_enabled(False)  # nothing is trained here"]),
            "torch.set_num_threads(1)  # as on the page: sums are added in the same order",
        ]
    )


def module(settings: Settings) -> str:
    """The call that makes the module: arguments that are not PyTorch's defaults, by name."""
    given = [str(settings.input_size), str(settings.hidden_size)]
    if settings.num_layers > 1:
        given.append(f"num_layers={settings.num_layers}")
    if not settings.bias:
        given.append("bias=False")
    if settings.batch_first:
        given.append("batch_first=True")
    if settings.bidirectional:
        given.append("bidirectional=True")
    if settings.proj_size:
        given.append(f"proj_size={settings.proj_size}")
    return f"nn.LSTM({', '.join(given)}{_dtype(settings)})"


def draw(settings: Settings) -> str:
    """The module, the inputs, h_0 and c_0, in the order in which they are drawn."""
    if settings.job:
        lines = [f"lstm = {module(settings)}", *_by_hand(settings, settings.job), f"torch.manual_seed({settings.seed})"]
        return "\n".join([*lines, *_job_inputs(settings), state(settings)])
    return f"torch.manual_seed({settings.seed})\nlstm = {module(settings)}\n{_inputs(settings)}\n{state(settings)}"


def _by_hand(settings: Settings, job: Job) -> list[str]:
    """The weights of a job, a gate a line, and what each gate does with them."""
    dtype = _dtype(settings)

    def blocks(name: str, rows: list[Any]) -> list[str]:
        units = job.hidden_size
        numbers = [", ".join(map(str, rows[at : at + units])) for at in range(0, 4 * units, units)]
        lines = [f"        {numbers},  # {gate}" for numbers, gate in zip(numbers, "ifgo", strict=True)]
        return [f"{name} = torch.tensor(", "    [", *lines, f"    ]{dtype},", ")"]

    alone = f"weight_hh = torch.zeros({4 * job.hidden_size}, {job.hidden_size}{dtype})  # no unit reads another's h"
    return [
        f"# Weights by hand: a row a unit, and in weight_ih a column for {', '.join(job.features)}. Each gate is",
        *(f"#   {gate}: {words}" for gate, words in job.gates.items()),
        *blocks("weight_ih", job.weight_ih),
        *(blocks("weight_hh", job.weight_hh) if any(map(any, job.weight_hh)) else [alone]),
        *blocks("bias", job.bias),
        'hand = {"weight_ih_l0": weight_ih, "weight_hh_l0": weight_hh, "bias_ih_l0": bias}',
        'lstm.load_state_dict(hand | {"bias_hh_l0": torch.zeros_like(bias)})',
    ]


def _job_inputs(settings: Settings) -> list[str]:
    """The inputs made for a job: the seed decides where its pulses fall."""
    steps, batch, dtype = settings.seq_len, settings.batch_size, f"torch.{settings.dtype}"
    if settings.weights == "latch":
        lines = [
            f"inputs = torch.zeros({steps}, {batch}, 3{_dtype(settings)})  # (T, B, I)",
            "inputs[0, :, 0] = 1.0  # set",
            f"for b in range({batch}):",
            "    for k, part in enumerate(torch.rand(7).tolist(), start=1):",
            "        t = 2**k + int(part * 2**k)  # reset and set in turn, each held about twice as long",
            f"        if t < {steps}:",
            "            inputs[t, b, k % 2] = 1.0",
            "inputs[1::3, :, 2] = 1.0  # read",
        ]
    else:
        made = "(drawn < 0.5)" if settings.weights == "counter" else f"(drawn < 0.2).to({dtype}) - (drawn > 0.8)"
        lines = [
            f"drawn = torch.rand({steps}, {batch}, 1)",
            f"inputs = {made}.to({dtype})  # (T, B, I)",
            "inputs[0] = 1.0",
        ]
    if settings.batch_first:
        lines.append("inputs = inputs.transpose(0, 1).contiguous()  # (B, T, I)")
    return lines


def _dtype(settings: Settings) -> str:
    return ", dtype=torch.float64" if settings.dtype == "float64" else ""


def _inputs(settings: Settings) -> str:
    steps, batch, features = settings.seq_len, settings.batch_size, settings.input_size
    dtype = _dtype(settings)
    if settings.signal == "random":
        one = f"torch.randn({batch}, {features}{dtype})"
        dim = ", dim=1" if settings.batch_first else ""
        return f"inputs = torch.stack([{one} for _ in range({steps})]{dim})  # {_axes(settings)}"
    shape = f"{steps}, {batch}, {features}"
    if settings.signal == "constant":
        lines = [f"inputs = torch.ones({shape}{dtype})  # (T, B, I)"]
    elif settings.signal == "pulse":
        lines = [f"inputs = torch.zeros({shape}{dtype})  # (T, B, I)"]
        lines += [f"for b in range({batch}):", f"    inputs[b % {steps}, b] = 1.0"]
    else:
        lines = [
            f"t = torch.arange({steps}, dtype=torch.{settings.dtype}).view(-1, 1, 1)",
            f"ahead = torch.arange({batch}).view(1, -1, 1) + torch.arange({features}).view(1, 1, -1)",
            f"inputs = torch.sin(2 * math.pi / {SINE_PERIOD} * (t + 1 + ahead))  # (T, B, I)",
        ]
    if settings.batch_first:
        lines.append("inputs = inputs.transpose(0, 1).contiguous()  # (B, T, I)")
    return "\n".join(lines)


def _axes(settings: Settings) -> str:
    return "(B, T, I)" if settings.batch_first else "(T, B, I)"


def state(settings: Settings) -> str:
    """The lines that draw h_0 and c_0."""
    slots = settings.num_layers * settings.num_directions
    draw = "randn" if settings.initial_state == "drawn" else "zeros"
    rows = f"{slots}, {settings.batch_size}"
    dtype = _dtype(settings)
    width = "P" if settings.proj_size else "H"
    return (
        f"h_0 = torch.{draw}({rows}, {settings.output_size}{dtype})  # (L * D, B, {width})\n"
        f"c_0 = torch.{draw}({rows}, {settings.hidden_size}{dtype})  # (L * D, B, H)"
    )
