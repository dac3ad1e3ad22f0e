"""A job in words: the text states the numbers of open and shut gates that torch computes."""

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
def test_open_and_shut_are_stated_in_torch_s_numbers(name: str, dtype: str) -> None:
    settings = Settings.for_job(name, dtype=dtype, **LONG)
    text = job_text(settings)
    opened, shut = torch.tensor([OPEN, SHUT], dtype=getattr(torch, dtype)).sigmoid().tolist()
    assert opened == 1
    assert "Open is 1, to the last bit." in text
    assert (f"Shut is not 0 but {figure(shut)}" in text) == (name != "counter")
    left = ends(settings).left
    assert (f"it is not exactly 0: here it is up to {figure(left)}" in text) == (left > 0) == (name != "counter")


def test_without_look_nothing_is_said_of_c() -> None:
    assert "trace" not in job_text(Settings.for_job("latch", **LONG), look=False)
    assert "Shut is not 0" in job_text(Settings.for_job("latch", **LONG), look=False)


def test_where_c_is_exactly_0_nothing_is_said() -> None:
    """So for a latch that was never reset, and for drawn weights."""
    assert "trace" not in job_text(Settings.for_job("latch", seq_len=1))
    assert job_text(Settings()) == ""


def test_the_words_follow_the_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    """If an open gate were not 1, the text would say so."""
    monkeypatch.setattr(ui, "ends", lambda _: Ends(0.5, 0.25, 0.0))
    text = job_text(Settings.for_job("latch"))
    assert "Open is 0.5. Shut is not 0 but 0.25" in text
