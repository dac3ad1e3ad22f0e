"""The losses of a training as curves, and the losses that theory gives."""

from collections.abc import Mapping, Sequence

import numpy as np

from components.charts.columns import Columns

POINTS = 100  # most points of a curve
TOP = 0.75  # nats: the top of the scale, a little above the loss of guessing, ln 2. Larger losses are shown there.
_BESIDE = 0.05  # nats between a line and the middle of its words


def window_of(steps: int) -> int:
    """How many training steps a point of a curve is the mean of."""
    return -(-steps // POINTS)


def curves(losses: Sequence[float], ways: tuple[str, ...], steps: int) -> Columns:
    """step, way, loss: the mean loss of each way over windows of steps, at the last step of each window.

    `losses` has the losses so far: one of each way in turn, step after step. `steps` is the number of steps in the end.
    A window that is not full yet has no point.
    """
    window = window_of(steps)
    full = len(losses) // len(ways) // window
    table = np.asarray(losses[: full * window * len(ways)], np.float64).reshape(full, window, len(ways))
    loss = table.mean(axis=1).astype(np.float32)  # window, way
    return {
        "step": np.tile(np.arange(1, full + 1, dtype=np.int16) * np.int16(window), len(ways)),
        "way": np.repeat(np.array(ways), full),  # not objects: Arrow must know the type even if there are no rows
        "loss": loss.T.ravel(),
    }


def theory(lines: Mapping[str, float]) -> Columns:
    """text, loss, at: the words of each line, its loss, and the place of its words.

    The words of the first line stand below it, and those of the others above.
    """
    loss = np.array([*lines.values()], np.float32)
    side = np.array([1 if place else -1 for place in range(len(lines))], np.float32)
    return {"text": np.array([*lines], object), "loss": loss, "at": loss + side * np.float32(_BESIDE)}


def final(losses: Sequence[float], ways: tuple[str, ...], window: int) -> dict[str, float]:
    """Each way's mean loss over its last `window` steps."""
    table = np.asarray(losses, np.float64).reshape(-1, len(ways))[-window:]
    return dict(zip(ways, table.mean(axis=0).tolist(), strict=True))
