"""The programs: complete, and what they draw and print is what the page draws and shows."""

import contextlib
import io
import math
import re
import warnings
from typing import Any, NamedTuple

import pytest
import torch
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from torch import Tensor

from components.jobs import JOBS
from components.lessons.live.check.facts import MISTAKES, as_batch_words, check
from components.lessons.live.check.program import call, faulty_line, loop, program, raising
from components.lstm.build import build, second_start
from components.lstm.compare import Comparison
from components.programs.setup import draw, module
from components.settings import FIELDS, Settings
from tests.fresh import run, run_all
from tests.lstm.strategies import AT_WORK, GRID, any_settings, settings_id

# torch says it once a process, so whether a program here is the first to hear it is chance.
ONE_DNN = "LSTM with projections is not supported with oneDNN"
pytestmark = pytest.mark.filterwarnings(f"ignore:{ONE_DNN}:UserWarning")
steady = examples(deadline=None, derandomize=True, max_examples=80)

grid = pytest.mark.parametrize("settings", [*GRID, *AT_WORK], ids=settings_id)
mistakes = pytest.mark.parametrize("mistake", MISTAKES)


class Ran(NamedTuple):
    """What a program leaves behind."""

    names: dict[str, Any]
    printed: str


def execute(source: str) -> Ran:
    """Run a program in this process, then restore what it changes: generator, gradients, threads, print options."""
    names: dict[str, Any] = {"__name__": "__main__"}
    threads, printed = torch.get_num_threads(), io.StringIO()
    with (
        torch.random.fork_rng(devices=[]),
        torch.set_grad_enabled(True),
        warnings.catch_warnings(),
        contextlib.redirect_stdout(printed),
    ):
        warnings.simplefilter("error")
        warnings.filterwarnings("ignore", message=ONE_DNN)
        try:
            exec(compile(source, "program", "exec"), names)
        finally:
            torch.set_num_threads(threads)
            torch.set_printoptions(profile="default")
    return Ran(names, printed.getvalue())


def expected_lines(result: Comparison) -> list[str]:
    """What a program prints of a comparison."""
    lines = []
    for row in result.rows:
        if row.shapes[0] != row.shapes[1]:
            lines.append(f"{row.name}: shapes {row.shapes[0]} and {row.shapes[1]} differ")
            continue
        same = "the same" if row.within else "NOT the same"
        lines.append(f"{row.name}: {same}, largest difference {row.difference:.1e}, bit for bit {row.bitwise}")
    return lines


def numbers(text: str) -> list[float]:
    """The numbers torch printed for a tensor."""
    return [float(number) for number in re.findall(r"-?\d+\.\d*", text.replace("dtype=torch.float64", ""))]


def printed_tensors(printed: str) -> dict[str, tuple[str, list[float]]]:
    """Name -> (shape, numbers), of what the last part of a program prints."""
    parts = re.split(r"^(output|h_n|c_n) (\(.*\))\n", printed, flags=re.MULTILINE)[1:]
    return {parts[at]: (parts[at + 1], numbers(parts[at + 2])) for at in range(0, len(parts), 3)}


def assert_programs_agree(settings: Settings, mistake: str) -> None:
    """The program draws `build`'s numbers and prints `check`'s verdict."""
    names, printed = execute(program(settings, mistake))
    setup = build(settings)
    assert type(names["lstm"]) is type(setup.module)
    theirs, ours = names["lstm"].state_dict(), setup.module.state_dict()
    assert list(theirs) == list(ours)
    for name, tensor in ours.items():
        assert theirs[name].dtype == tensor.dtype
        assert torch.equal(theirs[name], tensor), name
    assert torch.equal(names["inputs"], setup.inputs)
    assert names["inputs"].dtype == setup.inputs.dtype
    state = second_start(settings) if mistake == "redraw" else setup.hx
    for name, expected in zip(("h_0", "c_0"), state, strict=True):
        assert torch.equal(names[name], expected), name
        assert names[name].dtype == expected.dtype
    assert printed.splitlines()[:3] == expected_lines(check(settings, mistake))


# The numbers


@grid
@mistakes
def test_a_program_draws_and_finds_what_the_page_does(settings: Settings, mistake: str) -> None:
    """Parameters, inputs and states are `build`'s bit for bit; differences and verdict are those of `check`."""
    assert_programs_agree(settings, mistake)


@steady
@given(settings=any_settings(), mistake=st.sampled_from(list(MISTAKES)))
def test_so_does_every_other_program(settings: Settings, mistake: str) -> None:
    """The same for any settings with any mistake."""
    assert_programs_agree(settings, mistake)


@grid
def test_a_program_prints_what_the_call_returns(settings: Settings) -> None:
    """`output`, `h_n` and `c_n` of the single call are printed whole: their shapes, and every number to four places."""
    lstm, inputs, hx = build(settings)
    with torch.no_grad():
        output, (h_n, c_n) = lstm(inputs, hx)
    _, printed = execute(program(settings))
    shown = printed_tensors(printed)
    tensors: dict[str, Tensor] = {"output": output, "h_n": h_n, "c_n": c_n}
    assert list(shown) == list(tensors)
    for name, tensor in tensors.items():
        shape, values = shown[name]
        assert shape == str(tuple(tensor.shape))
        assert [f"{value:.4f}" for value in values] == [f"{value:.4f}" for value in tensor.flatten().tolist()]


def test_nothing_is_abridged() -> None:
    """Even 9,000 numbers are printed, not three dots."""
    settings = Settings(hidden_size=90, seq_len=100)
    shape, values = printed_tensors(execute(program(settings)).printed)["output"]
    assert (shape, len(values)) == ("(100, 1, 90)", 9000)


@mistakes
def test_running_one_here_leaves_this_process_as_it_was(mistake: str) -> None:
    """These tests do not disturb each other, because the settings of the process are restored."""
    before = torch.get_rng_state(), torch.is_grad_enabled(), torch.get_num_threads()
    execute(program(Settings(), mistake))
    assert torch.equal(torch.get_rng_state(), before[0])
    assert (torch.is_grad_enabled(), torch.get_num_threads()) == before[1:]


# In a process of its own


def test_programs_run_in_a_fresh_process() -> None:
    """Nothing is missing and nothing warns when a reader runs one; it prints the very same lines."""
    cases = [
        (Settings(), "none"),
        (Settings(proj_size=2, num_layers=2, bidirectional=True, batch_first=True, batch_size=2), "redraw"),
        (Settings(signal="sine", dtype="float64", initial_state="zeros", proj_size=1), "h_only"),
        (Settings(signal="pulse", batch_size=2, bias=False), "as_batch"),
        *((Settings.for_job(name, batch_size=2, seq_len=40), "none") for name in JOBS),
    ]
    sources = [program(settings, mistake) for settings, mistake in cases]
    for (settings, mistake), source, done in zip(cases, sources, run_all(sources), strict=True):
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.splitlines()[:3] == expected_lines(check(settings, mistake))
        assert done.stdout == execute(source).printed


def test_a_fresh_process_can_fail() -> None:
    """The runner these tests rest on reports an exception, a failed import, and a warning as an error."""
    for source, error in (
        ("import torch\ntorch.zeros(2) + torch.zeros(3)", "RuntimeError"),
        ("import nothing_of_this_name", "ModuleNotFoundError"),
        ("import warnings\nwarnings.warn('look')", "UserWarning: look"),
    ):
        done = run(source)
        assert done.returncode == 1
        assert error in done.stderr


# Excerpts


@steady
@given(settings=any_settings(), mistake=st.sampled_from(list(MISTAKES)))
def test_excerpts_stand_word_for_word_in_the_program(settings: Settings, mistake: str) -> None:
    """The excerpts that a page shows are whole lines of the program: draws, loop and call."""
    source = "\n" + program(settings, mistake) + "\n"
    for excerpt in (draw(settings), loop(settings, mistake), call(settings, mistake)):
        assert f"\n{excerpt}\n" in source
    assert module(settings) in draw(settings)


@grid
@mistakes
def test_a_program_can_be_read(settings: Settings, mistake: str) -> None:
    """It compiles, begins with its imports, has five titled parts, and no line is longer than a page is wide."""
    source = program(settings, mistake)
    compile(source, "program", "exec")
    assert source.startswith("import ")
    assert re.findall(r"^# %% (\d)\. ", source, flags=re.MULTILINE) == list("12345")
    assert max(map(len, source.splitlines())) <= 120
    assert source == program(settings, mistake)
    assert ("import math" in source) == (settings.signal == "sine")
    assert ("import warnings" in source) == bool(settings.proj_size)


@steady
@given(settings=any_settings(), mistake=st.sampled_from(list(MISTAKES)))
def test_the_faulty_line_is_in_the_wrong_program_alone(settings: Settings, mistake: str) -> None:
    """The line that a failed check shows is a whole line of loop or call, and not of the right ones."""
    line = faulty_line(settings, mistake)
    wrong, right = (
        [part.split("  #")[0].strip() for part in f"{loop(settings, made)}\n{call(settings, made)}".splitlines()]
        for made in (mistake, "none")
    )
    if mistake == "none":
        assert line == ""
        return
    assert line in wrong
    assert line not in right or check(settings, mistake).same


@mistakes
def test_a_mistake_is_in_one_place(mistake: str) -> None:
    """A wrong program differs from the right one in its loop or in its call, never in both."""
    settings = Settings(bidirectional=mistake == "forward_loop")
    changed = [part(settings, mistake) != part(settings) for part in (loop, call)]
    assert (
        changed
        == {
            "none": [False, False],
            "zeros": [True, False],
            "redraw": [False, True],
            "h_only": [True, False],
            "as_batch": [False, True],
            "forward_loop": [True, False],
        }[mistake]
    )


def test_the_module_names_what_is_no_default() -> None:
    """The defaults give `nn.LSTM(3, 4)`. Any other argument has its name, in PyTorch's order."""
    assert module(Settings()) == "nn.LSTM(3, 4)"
    everything = Settings(
        num_layers=2, bias=False, batch_first=True, bidirectional=True, proj_size=1, dtype="float64", seed=7
    )
    assert module(everything) == (
        "nn.LSTM(3, 4, num_layers=2, bias=False, batch_first=True, bidirectional=True, proj_size=1, "
        "dtype=torch.float64)"
    )


def test_every_setting_reaches_the_program() -> None:
    """No setting is forgotten: changing any one of them changes the program's text."""
    changes: dict[str, Any] = {"seed": 2, "hidden_size": 5, "input_size": 4, "seq_len": 6, "batch_size": 3}
    changes |= {"num_layers": 3, "bidirectional": True, "proj_size": 1, "bias": False, "batch_first": True}
    changes |= {"dtype": "float64", "initial_state": "zeros", "signal": "pulse"}
    assert {*changes, "weights"} == set(FIELDS)
    texts = [program(Settings(**{name: value})) for name, value in changes.items()]
    texts += [program(Settings.for_job(name)) for name in JOBS]
    free = {name: changes[name] for name in changes if name not in JOBS["latch"].fixed}
    texts += [program(Settings.for_job("latch", **{name: value})) for name, value in free.items()]
    assert len({*texts, program(Settings())}) == len(texts) + 1


# The program that raises


@pytest.mark.parametrize(
    "settings",
    [one for one in GRID if as_batch_words(build(one))],
    ids=settings_id,
)
def test_raising_raises_as_it_says(settings: Settings) -> None:
    """If torch refuses the swapped axes with a state, the program `raising` ends with the same message."""
    source = raising(settings)
    assert source.startswith("# raises: RuntimeError\nimport ")
    with pytest.raises(RuntimeError) as raised:
        execute(source)
    assert str(raised.value) == as_batch_words(build(settings))
    assert source.splitlines()[-1].startswith("lstm(inputs.transpose(0, 1), (h_0, c_0))")


def test_raising_raises_in_a_fresh_process() -> None:
    """Run by a reader it ends with that error and no other."""
    done = run(raising(Settings()))
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == f"RuntimeError: {as_batch_words(build(Settings()))}"


def test_torch_says_nothing_where_the_sizes_agree() -> None:
    """With as many samples as steps the swapped call fits. So torch raises no error, and none is shown."""
    settings = Settings(seq_len=3, batch_size=3)
    assert as_batch_words(build(settings)) == ""
    execute(raising(settings))
    assert math.isfinite(check(settings, "as_batch").difference)
