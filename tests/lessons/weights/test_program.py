"""The libraries themselves prove the conversions, and the program prints what the page says.

Loading a library takes seconds, so all programs of a library run one after another in one fresh process.
"""

import re

import pytest

from components.lessons.weights.facts import LIBRARIES, biases, misread, trial
from components.lessons.weights.program import converted, program
from components.settings import Settings
from components.ui.figures import figure
from tests import fresh
from tests.lstm.strategies import settings_id

CASES = [
    Settings(),
    Settings(bias=False, batch_size=2, batch_first=True, num_layers=2),
    Settings(bidirectional=True, num_layers=2, batch_size=3, hidden_size=5, input_size=2, seq_len=7),
    Settings(bidirectional=True, bias=False, initial_state="zeros", signal="sine", batch_first=True),
    Settings(bidirectional=True, dtype="float64", batch_size=2),
    Settings.for_job("counter", seq_len=9, batch_first=True, batch_size=2),
]
LINE = re.compile(r"(output|h_n|c_n): (the same|NOT the same), (\S+) apart")


def run_one_after_another(programs: list[str]) -> list[list[tuple[str, str, str]]]:
    """What each program printed of output, h_n and c_n, all run in one fresh process where a warning is an error."""
    source = (
        f"for program in {programs!r}:\n    exec(compile(program, 'program', 'exec'), {{'__name__': '__main__'}})\n"
    )
    done = fresh.run(source + "    print('---')")
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return [LINE.findall(part) for part in done.stdout.split("---")[:-1]]


@pytest.mark.parametrize("library", ["Keras", "ONNX", "TensorFlow 1"])
def test_a_converted_module_computes_the_same(library: str) -> None:
    """With the order on the page, the results are the same: with and without biases, for any directions and layers.

    With another order they are not.
    """
    order = LIBRARIES[library].order
    # Keras sorts as PyTorch does: its program sorts nothing.
    sorted_rows = "weights += [p[" if order == "ifgo" else f"torch.cat([{', '.join(order)}])"
    cases = [*CASES, Settings(proj_size=2, num_layers=2, bidirectional=True)] if library == "TensorFlow 1" else CASES
    programs = [converted(settings, library) for settings in cases]
    assert all(sorted_rows in source for source in programs)
    unsorted = programs[2].replace(sorted_rows, "torch.cat([i, f, g, o])")
    if library == "Keras":  # whose order is PyTorch's: reversed it is nobody's
        unsorted = programs[2].replace('p["weight_ih"].T', 'p["weight_ih"].flip(0).T')
    *found, broken = run_one_after_another([*programs, unsorted])
    for settings, lines in zip(cases, found, strict=True):
        assert [(name, said) for name, said, _ in lines] == [(name, "the same") for name in ("output", "h_n", "c_n")]
        exact = settings.dtype == "float64" and library != "ONNX"
        assert all(float(difference) < (1e-12 if exact else 2e-6) for *_, difference in lines)
    assert all(said == "NOT the same" for _, said, _ in broken)


@pytest.mark.parametrize("library", ["Keras", "ONNX"])
def test_there_is_no_program_for_what_a_library_lacks(library: str) -> None:
    with pytest.raises(ValueError, match=f"{library} has no projection, and proj_size is 2"):
        converted(Settings(proj_size=2), library)
    with pytest.raises(KeyError):
        converted(Settings(), "PyTorch")


@pytest.mark.parametrize(
    "settings",
    [
        Settings(),
        Settings.for_job("latch"),
        Settings(num_layers=2, bidirectional=True, proj_size=2, batch_first=True, seq_len=4),
    ],
    ids=settings_id,
)
def test_the_program_prints_the_page_s_digits(settings: Settings) -> None:
    """It prints the count, the difference that another order makes, and the step of two biases."""
    order = LIBRARIES["ONNX"].order
    done = fresh.run(program(settings, "_l0", "ONNX", order))
    assert (done.returncode, done.stderr) == (0, "")
    assert f"all: {settings.num_parameters}\n" in done.stdout
    for row in misread(settings, order).rows:
        assert f"{row.name} differs by up to {figure(row.difference)}\n" in done.stdout
    found = biases(trial(settings))
    assert found is not None
    told = done.stdout.count(f"moves the sum {found.ratio:.4f} times as far")
    assert told == (0 if settings.job else settings.num_layers * settings.num_directions)
    assert ("sampled from -k to k" in done.stdout) != bool(settings.job)
    assert ("weight_hr_l0" in done.stdout) == bool(settings.proj_size)
