"""The picture of the probes, and the curves of the losses."""

from collections.abc import Mapping, Sequence

import numpy as np

from components.charts.columns import Columns
from components.charts.scene import Layout, Scene, wide_enough
from components.lessons.clinic.facts import PROBES, Finding, Probed, more_than_zero

MARGIN = 190  # px left of the cells, for the names of the probes
ROW, TOP = 24, 24  # px: a row, and what is above the first one
HEIGHT = TOP + ROW * len(PROBES)
_SIDES = ((0, 490), (510, 1000))  # px: this program, and a healthy one

NOT_RUN, PASSED, FAILED, NO_MEANING = range(4)  # of a cell
OPACITIES = (0.06, 0.2, 0.26, 0.02)  # by the state of a cell
POINTS = 200  # the most points of a curve


def state_of(finding: Finding | None) -> int:
    """The state of a cell."""
    if finding is None:
        return NOT_RUN
    return NO_MEANING if finding.passed is None else PASSED if finding.passed else FAILED


def figure_of(finding: Finding | None) -> str:
    """What a cell says: a mark and the figure."""
    if finding is None:
        return "?"
    if finding.passed is None:
        return "–"
    number = "0" if finding.passed and finding.figure < 1e-6 else more_than_zero(finding.figure)
    return f"{'✓' if finding.passed else '✗'} {number}"


def probes(found: Mapping[str, Probed], chosen: str) -> Layout:
    """A row for each probe: its name, the figure of this program, and that of the mended one.

    `found` has the two findings of each probe that was run. The name of the `chosen` probe is bold. The columns of the
    cells are state, text, did.
    """
    scene = Scene(HEIGHT, ("margin", "bold margin", "bold step"), MARGIN, heights={"cells": ROW - 4})
    for (left, right), name, short in zip(_SIDES, ("this program", "a healthy one"), ("this", "healthy"), strict=True):
        width = wide_enough(100, right - left)
        scene.label("bold step", (left + right) / 2, 10, name, least=width)
        scene.label("bold step", (left + right) / 2, 10, short, below=width)
    for row, name in enumerate(PROBES):
        y = TOP + row * ROW
        scene.label("bold margin" if name == chosen else "margin", 0, y + ROW / 2 - 2, name)
        for (left, right), finding in zip(_SIDES, found.get(name, (None, None)), strict=True):
            did = finding.did if finding else "not run yet"
            _add_cell(scene, left, right, y, finding, figure_of(finding), f"{name}: {did}")
    return scene.layout()


MAP_MARGIN = 84  # px


def overview(cases: Sequence[str], found: Mapping[str, Mapping[str, Probed]]) -> Layout:
    """The map: a row for each case, a column for each probe. The columns of the cells are state, text, did."""
    scene = Scene(14 + (len(cases) + 1) * ROW, ("margin", "bold tick"), MAP_MARGIN, heights={"cells": ROW - 4})
    wide = 1000 / len(PROBES)
    for column in range(len(PROBES)):
        scene.label("bold tick", (column + 0.5) * wide, 12, str(column + 1))
    for row, case in enumerate(cases):
        y = ROW * (row + 1)
        scene.label("margin", 0, y + ROW / 2 - 2, case)
        for column, name in enumerate(PROBES):
            finding = found.get(case, {}).get(name, (None,))[0]
            text = ("", "✓", "✗", "–")[state_of(finding)]
            did = f"{case}, {name}: {finding.did if finding else 'not run yet'}"
            _add_cell(scene, column * wide + 2, (column + 1) * wide - 2, y, finding, text, did)
    return scene.layout()


def _add_cell(scene: Scene, left: float, right: float, y: float, finding: Finding | None, text: str, did: str) -> None:
    state = state_of(finding)
    scene.cell(left, y, right - left, ROW - 4, state=state, opacity=OPACITIES[state], text=text, did=did)


def curves(losses: Mapping[str, Sequence[float]]) -> Columns:
    """step, program, loss: the losses of each program, at `POINTS` steps at most."""
    step, program, loss = [np.zeros(0, np.int16)], [np.zeros(0, "U9")], [np.zeros(0, np.float32)]
    for name, values in losses.items():
        at = np.arange(0, len(values), max(1, -(-len(values) // POINTS)), dtype=np.int16)
        step.append(at + np.int16(1))
        program.append(np.full(len(at), name))
        loss.append(np.asarray(values, np.float32)[at])
    return {"step": np.concatenate(step), "program": np.concatenate(program), "loss": np.concatenate(loss)}
