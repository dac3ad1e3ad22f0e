"""State between batches as programs: a stateful training loop, and two in which `backward` refuses to go on."""

import dataclasses

from components.programs.setup import draw, head, module
from components.settings import Settings

LAG, UPDATES, SHOWN = 2, 400, 50  # steps back that are asked for, chunks trained on, chunks between two lines printed
ON = "state = h.detach(), c.detach()  # its numbers go on, its history ends here"


def program(settings: Settings, length: int) -> str:
    """A training loop that carries, detaches and clips: it learns to repeat a stream of bits, `LAG` steps late."""
    return "\n\n".join(
        [
            head(settings, gradients=True),
            "# %% 1. A module that reads bits, and one that tells from each h_t which bit was meant\n"
            + _module(settings),
            "# %% 2. One long stream, cut into lanes: row b of a chunk goes on where row b of the last one stopped\n"
            + _stream(settings, length),
            "# %% 3. Chunk by chunk\n" + loop(settings, length),
        ]
    )


def _module(settings: Settings) -> str:
    dtype = ", dtype=torch.float64" if settings.dtype == "float64" else ""
    return "\n".join(
        [
            f"torch.manual_seed({settings.seed})",
            f"lstm = {module(dataclasses.replace(settings, input_size=1))}",
            f"readout = nn.Linear({settings.output_size}, 1{dtype})",
            "parameters = [*lstm.parameters(), *readout.parameters()]",
            "optimiser = torch.optim.Adam(parameters, lr=0.02)",
        ]
    )


def _stream(settings: Settings, length: int) -> str:
    batch, steps = settings.batch_size, length * UPDATES
    return "\n".join(
        [
            f"stream = torch.randint(2, ({batch * steps},)).to(torch.{settings.dtype})",
            f"lanes = stream.view({batch}, {steps}).T[:, :, None]  # (T, B, 1)",
            f"echo = torch.cat([torch.zeros_like(lanes[:{LAG}]), lanes[:-{LAG}]])  # what came {LAG} steps before",
            *(
                [f"# In chunks of {length} no gradient reaches {LAG} steps back: expect little."]
                if length <= LAG
                else []
            ),
        ]
    )


def loop(settings: Settings, length: int) -> str:
    """The loop itself."""
    return "\n".join(
        [
            "state, losses = None, []  # None: zeros, once, where the stream begins",
            f"for n, (x, y) in enumerate(zip(lanes.split({length}), echo.split({length}), strict=True), start=1):",
            "    output, (h, c) = lstm(x, state)  # carried: row b goes on where row b stopped",
            "    loss = nn.functional.binary_cross_entropy_with_logits(readout(output), y)",
            "    optimiser.zero_grad()",
            "    loss.backward()",
            "    norm = nn.utils.clip_grad_norm_(parameters, max_norm=1.0)  # the norm before clipping",
            "    optimiser.step()",
            f"    {ON}",
            "    losses.append(loss.item())",
            f"    if n % {SHOWN} == 0:",
            f"        mean = sum(losses[-{SHOWN}:]) / {SHOWN}",
            '        print(f"chunk {n}: loss {mean:.4f}, last gradient norm {norm.item():.4f}")',
        ]
    )


def chunked(length: int, rate: float | None) -> str:
    """A loop over chunks without `detach`; with a `rate` the graph is kept and the weights are moved after each."""
    lines = [
        "state = h_0, c_0",
        f"for chunk in inputs.split({length}):",
        "    output, state = lstm(chunk, state)",
    ]
    if rate is None:
        return "\n".join([*lines, "    output.pow(2).mean().backward()"])
    return "\n".join(
        [
            *lines,
            "    output.pow(2).mean().backward(retain_graph=True)",
            "    with torch.no_grad():  # a step of plain SGD",
            "        for parameter in lstm.parameters():",
            f"            parameter -= {rate} * parameter.grad",
        ]
    )


def raising(settings: Settings, length: int, error: str, rate: float | None = None) -> str:
    """The program whose second `backward` reaches into the first chunk; with a `rate` weights are moved between."""
    parts = [f"# raises: {error}\n{head(settings, gradients=True)}", draw(settings), chunked(length, rate)]
    return "\n\n".join(parts)
