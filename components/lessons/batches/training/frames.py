"""Losses of a training as curves, and the losses that theory gives."""

from collections.abc import Mapping, Sequence

import numpy as np

from components.charts.columns import Columns

POINTS = 100  # of each curve, at most
TOP = 0.75  # nats: the largest loss that is drawn, a little above that of guessing, ln 2; larger ones are drawn there
_BESIDE = 0.05  # nats between a line and the middle of its words


def curves(losses: Sequence[float], ways: tuple[str, ...], steps: int) -> Columns:
    """step, way, loss: each way's mean loss over windows of steps, at the window's last step.

    `losses` holds those of each of `ways` in turn, as many as there are so far; `steps` is how many there will be. Of
    an unfinished window nothing is drawn.
    """
    window = -(-steps // POINTS)
    taken = len(losses) // len(ways) // window
    table = np.asarray(losses[: taken * window * len(ways)], np.float64).reshape(taken, window, len(ways))
    loss = table.mean(axis=1).astype(np.float32)  # window, way
    return {
        "step": np.tile(np.arange(1, taken + 1, dtype=np.int16) * np.int16(window), len(ways)),
        "way": np.repeat(np.array(ways), taken),  # no objects: Arrow has to know the type of none at all
        "loss": loss.T.ravel(),
    }


def theory(lines: Mapping[str, float]) -> Columns:
    """text, loss, at: what each line says, the loss it stands for, and where its words stand.

    Those of the first line stand below it, those of the others above.
    """
    loss = np.array([*lines.values()], np.float32)
    side = np.array([1 if place else -1 for place in range(len(lines))], np.float32)
    return {"text": np.array([*lines], object), "loss": loss, "at": loss + side * np.float32(_BESIDE)}


def final(losses: Sequence[float], ways: tuple[str, ...], window: int) -> dict[str, float]:
    """Each way's mean loss over its last `window` steps."""
    table = np.asarray(losses, np.float64).reshape(-1, len(ways))[-window:]
    return dict(zip(ways, table.mean(axis=0).tolist(), strict=True))
