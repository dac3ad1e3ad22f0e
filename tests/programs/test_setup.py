"""The beginning of every program draws what `build` draws, at every length, in as few lines as the length needs."""

from itertools import product
from typing import Any

import pytest
import torch

from components.lstm.build import build
from components.programs.setup import draw
from components.settings import FIRST_STEPS, Settings
from tests.lstm.strategies import settings_id

LENGTHS = (1, FIRST_STEPS - 1, FIRST_STEPS, FIRST_STEPS + 1, 20)
CASES = [
    Settings(seq_len=seq_len, batch_size=batch_size, initial_state=start, signal=signal, batch_first=batch_first)
    for seq_len, batch_size, start, signal, batch_first in product(
        LENGTHS, (1, 3), ("sampled", "zeros"), ("random", "pulse"), (False, True)
    )
]


@pytest.mark.parametrize("settings", CASES, ids=settings_id)
def test_the_lines_draw_the_numbers_of_the_page(settings: Settings) -> None:
    """After them, inputs, h_0 and c_0 are those of `build`, bit for bit."""
    names: dict[str, Any] = {"torch": torch, "nn": torch.nn}
    with torch.random.fork_rng(devices=[]):
        exec(draw(settings), names)
    _, inputs, (h_0, c_0) = build(settings)
    for name, wanted in {"inputs": inputs, "h_0": h_0, "c_0": c_0}.items():
        assert torch.equal(names[name], wanted), name


def test_at_the_notebook_s_length_there_is_nothing_to_explain() -> None:
    """Five steps are drawn in one plain line. A longer sequence has a second line of draws, after c_0."""
    assert draw(Settings()).splitlines()[2:] == [
        "inputs = torch.stack([torch.randn(1, 3) for _ in range(5)])  # (T, B, I)",
        "h_0 = torch.randn(1, 1, 4)  # (L * D, B, H)",
        "c_0 = torch.randn(1, 1, 4)  # (L * D, B, H)",
    ]
    names = [line.partition(" ")[0] for line in draw(Settings(seq_len=9)).splitlines()[2:] if line[0] != "#"]
    assert names == ["steps", "h_0", "c_0", "steps", "inputs"]


@pytest.mark.parametrize("seq_len", LENGTHS)
def test_where_no_state_is_drawn_the_steps_are_one_line(seq_len: int) -> None:
    """Zeros take nothing from the generator, so no draw stands between the inputs of two steps."""
    assert f"for _ in range({seq_len})])" in draw(Settings(seq_len=seq_len, initial_state="zeros"))
