"""The program of the lesson on lengths prints what the page shows, and its loss falls."""

import re

from components.lessons.lengths import USUAL
from components.lessons.lengths.facts import LAST, OWN, PACKED, four_ways, packed, poisoned
from components.lessons.lengths.line.facts import Lengths
from components.lessons.lengths.program import CHECKED, COLLATE, FORWARD, POOLING, program
from components.settings import Settings
from tests.fresh import run_all
from tests.pages.test_pages import stands_in

CASES: list[tuple[Settings, Lengths]] = [
    (Settings(seq_len=7, batch_size=5), USUAL),
    (
        Settings(seq_len=6, batch_size=3, bidirectional=True, num_layers=2, batch_first=True, dtype="float64"),
        (3, 6, 1),
    ),
]


def test_a_program_prints_the_page_s_digits_and_trains() -> None:
    """In a fresh process and without a warning, it prints the facts' orders, differences and NaN. The loss falls.

    The training is the same for all settings, so one run is enough.
    """
    sources = [program(*CASES[0]), program(*CASES[1]).partition("# %% 5.")[0]]
    for case, done in zip(CASES, run_all(sources), strict=True):
        assert (done.returncode, done.stderr) == (0, "")
        printed, layout, nan = done.stdout.splitlines(), packed(case[1]), poisoned(*case)
        assert f"batch_sizes {list(layout.batch_sizes)}" in printed
        assert f"sorted_indices {list(layout.order)}" in printed
        assert f"unsorted_indices {list(layout.back)}" in printed
        found = four_ways(*case)
        for way in found.ways[:3]:
            (line,) = [text for text in printed if text.startswith(f"{way.name} ")]
            if not found.same(way.worst):
                assert line == f"{way.name} {way.worst:.1e}"
            else:
                assert found.same(float(line.split()[-1]))
        assert {LAST, OWN, PACKED} == {way.name for way in found.ways[:3]}
        for sample in range(len(case[1])):
            difference = found.ways[0].output[sample].nan_to_num(0.0).max().item()
            (line,) = [text for text in printed if text.startswith(f"sample {sample} outputs")]
            assert line.endswith(f"{difference:.1e}") or found.same(difference)
        counts = [int(text.split(": ")[1]) for text in printed if text.startswith("NaN ")]
        assert counts == [nan.padded, nan.product, nan.where, nan.filled, nan.packed]
        if case != CASES[0]:
            continue
        losses = [float(loss) for loss in re.findall(r"loss ([\d.]+)", done.stdout)]
        assert losses == sorted(losses, reverse=True)
        assert losses[-1] < 0.2 * losses[0]
        off = {text.split(", off by ")[0]: float(text.split(", off by ")[1]) for text in printed if "off by" in text}
        assert off["mean pooling"] < 1e-5
        assert off["last pooling"] < 1e-5
        assert off["mean over all T"] > 0.05


def test_the_excerpts_stand_in_it() -> None:
    assert all(stands_in(excerpt, program(*CASES[0])) for excerpt in (CHECKED, COLLATE, FORWARD, POOLING))
