"""A job in words: what is said of open and shut gates is what torch computes for the settings."""

import pytest
import torch

import components.ui.jobs as ui
from components.jobs import JOBS, OPEN, SHUT
from components.lstm.gates import Ends, ends
from components.settings import Settings
from components.ui.figures import figure
from components.ui.jobs import job_text

LONG = {"seq_len": 200, "batch_size": 4}


@pytest.mark.parametrize("name", JOBS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_open_and_shut_are_told_in_torch_s_numbers(name: str, dtype: str) -> None:
    settings = Settings.for_job(name, dtype=dtype, **LONG)
    said = job_text(settings)
    opened, shut = torch.tensor([OPEN, SHUT], dtype=getattr(torch, dtype)).sigmoid().tolist()
    assert opened == 1
    assert "Open is 1, to the last bit." in said
    assert (f"Shut is not 0 but {figure(shut)}" in said) == (name != "counter")
    left = ends(settings).left
    assert (f"it is not quite: here it is up to {figure(left)}" in said) == (left > 0) == (name != "counter")


def test_a_page_that_draws_no_c_says_nothing_of_it() -> None:
    assert "trace" not in job_text(Settings.for_job("latch", **LONG), look=False)
    assert "Shut is not 0" in job_text(Settings.for_job("latch", **LONG), look=False)


def test_where_nothing_is_left_nothing_is_said() -> None:
    """A latch that has not been reset yet, and weights that are drawn."""
    assert "trace" not in job_text(Settings.for_job("latch", seq_len=1))
    assert job_text(Settings()) == ""


def test_the_words_follow_the_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    """An open gate that were not 1 would be told as it is."""
    monkeypatch.setattr(ui, "ends", lambda _: Ends(0.5, 0.25, 0.0))
    said = job_text(Settings.for_job("latch"))
    assert "Open is 0.5. Shut is not 0 but 0.25" in said
