"""The search: what people type, and what torch really says, leads to the lesson that shows it."""

import warnings
from collections.abc import Callable

import pytest
import torch
from torch import nn
from torch.nn import functional
from torch.nn.utils.rnn import pack_padded_sequence

from components.settings import Choice, Switch, Whole
from components.ui import links
from components.ui.search import MOST, entries, find
from components.ui.syllabus import SYLLABUS

BASIC = nn.LSTM(3, 4)


def backward_twice() -> None:
    state = (torch.zeros(1, 2, 4), torch.zeros(1, 2, 4))
    for _ in range(2):
        output, state = BASIC(torch.ones(5, 2, 3), state)
        output.sum().backward()


def step_then_backward() -> None:
    module = nn.LSTM(3, 4)
    optimiser, state = torch.optim.SGD(module.parameters(), 0.1), (torch.zeros(1, 2, 4), torch.zeros(1, 2, 4))
    for _ in range(2):
        output, state = module(torch.ones(5, 2, 3), state)
        output.sum().backward(retain_graph=True)
        optimiser.step()


def three_results() -> None:
    _output, _h, _c = BASIC(torch.ones(5, 2, 3))


# What raises or warns, and the stem of the lesson that explains it. The sizes are not those of the entries.
SAID: dict[str, tuple[Callable[[], object], str]] = {
    "feature size": (lambda: nn.LSTM(7, 2)(torch.ones(5, 2, 9)), "shapes"),
    "feature size of a cell": (lambda: nn.LSTMCell(7, 2)(torch.ones(2, 9)), "shapes"),
    "five axes": (lambda: BASIC(torch.ones(5, 2, 3, 1, 1)), "shapes"),
    "one axis": (lambda: BASIC(torch.ones(3)), "shapes"),
    "a cell with three axes": (lambda: nn.LSTMCell(3, 4)(torch.ones(5, 2, 3)), "shapes"),
    "h_0": (lambda: BASIC(torch.ones(5, 8, 3), (torch.ones(1, 3, 4), torch.ones(1, 8, 4))), "shapes"),
    "c_0": (lambda: BASIC(torch.ones(5, 8, 3), (torch.ones(1, 8, 4), torch.ones(1, 3, 4))), "shapes"),
    "state with two axes": (lambda: BASIC(torch.ones(5, 2, 3), (torch.ones(1, 4), torch.ones(1, 4))), "shapes"),
    "input with two axes": (lambda: BASIC(torch.ones(5, 3), (torch.ones(1, 1, 4), torch.ones(1, 1, 4))), "shapes"),
    "h alone": (lambda: BASIC(torch.ones(5, 2, 3), torch.ones(1, 2, 4)), "outputs"),
    "in nn.Sequential": (lambda: nn.Sequential(BASIC, nn.Linear(4, 2))(torch.ones(5, 2, 3)), "outputs"),
    "shape of a tuple": (lambda: BASIC(torch.ones(5, 2, 3)).shape, "outputs"),
    "three results": (three_results, "outputs"),
    "two directions": (lambda: nn.Linear(4, 2)(nn.LSTM(3, 4, bidirectional=True)(torch.ones(6, 2, 3))[0]), "outputs"),
    "view": (lambda: torch.ones(5, 2, 3).transpose(0, 1).view(-1), "views"),
    "elements": (lambda: torch.ones(5, 2, 3).view(7, -1), "views"),
    "elements of reshape": (lambda: torch.ones(5, 2, 3).reshape(8, 8), "views"),
    "backward twice": (backward_twice, "batches"),
    "a step between": (step_then_backward, "batches"),
    "unsorted": (lambda: pack_padded_sequence(torch.ones(5, 2, 3), torch.tensor([3, 5])), "lengths"),
    "empty": (lambda: pack_padded_sequence(torch.ones(5, 2, 3), torch.tensor([5, 0])), "lengths"),
    "three lengths": (lambda: pack_padded_sequence(torch.ones(5, 4, 3), torch.tensor([5, 3, 2])), "lengths"),
    "another size": (lambda: nn.LSTM(3, 9).load_state_dict(BASIC.state_dict()), "weights"),
    "a layer more": (lambda: nn.LSTM(3, 4, 2).load_state_dict(BASIC.state_dict()), "weights"),
    "a layer less": (lambda: BASIC.load_state_dict(nn.LSTM(3, 4, 2).state_dict()), "weights"),
    "sizes of a loss": (lambda: functional.mse_loss(torch.ones(64, 1), torch.ones(64)), "clinic"),
    "dropout": (lambda: nn.LSTM(3, 4, dropout=0.3), "layers"),
}


def said(call: Callable[[], object]) -> str:
    """What Python or torch says to a call: the message of its error or warning."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            call()
        except Exception as error:  # whatever it is, its message is looked up
            return str(error)
    return str(caught[0].message)


@pytest.mark.parametrize("name", SAID)
def test_a_message_of_torch_leads_to_its_lesson(name: str) -> None:
    """First in the results and marked as the message, with other sizes than in the entry, also inside a traceback."""
    call, stem = SAID[name]
    message = said(call)
    for query in (message, f"Traceback (most recent call last):\n  File 'a.py', line 12\nRuntimeError: {message}\n"):
        first = find(query)[0]
        assert first.is_message
        assert first.lesson.stem == stem


def test_every_message_of_an_entry_is_one_that_torch_gives() -> None:
    """Python's own are looked up by the tests above, or differ from these by one word."""
    others = {"'tuple' object has no attribute 'size'", "'tuple' object has no attribute 'dim'"}
    others |= {"too many values to unpack (expected 2)"}
    found = {error for call, _ in SAID.values() for result in find(said(call))[:1] for error in result.asked.errors}
    assert {error for lesson in SYLLABUS for asked in lesson.asked for error in asked.errors} - others <= found


@pytest.mark.parametrize(
    ("query", "stem"),
    [
        ("expected hidden size", "shapes"),
        ("retain_graph", "batches"),
        ("h_n[-1]", "outputs"),
        ("loss nan", "batches"),
        ("gate order keras", "weights"),
        ("padd sequnces", "lengths"),  # misspelt
        ("HOW MANY PARAMETERS", "weights"),
        ("reset the state every epoch", "batches"),
        ("forget bias", "memory"),
        ("for loop or single call?", "live"),
        ("permute vs view", "views"),
        ("gru vs lstm", "layers"),
    ],
)
def test_words_lead_to_a_lesson(query: str, stem: str) -> None:
    assert find(query)[0].lesson.stem == stem


@pytest.mark.parametrize("query", ["", "   ", "pizza", "?!", "the of and", "\x00\x01", "]" * 500])
def test_nothing_fits(query: str) -> None:
    assert find(query) == []


def test_results_are_few_and_in_order() -> None:
    results = find("hidden state of the last batch")
    scores = [found.score for found in results]
    assert 1 < len(results) <= MOST
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 1 for score in scores)


def test_no_question_stands_twice() -> None:
    questions = [asked.question for _, asked in entries()]
    assert len({*questions}) == len(questions)


@pytest.mark.parametrize("lesson", SYLLABUS, ids=lambda lesson: lesson.stem)
def test_a_result_opens_what_it_promises(lesson: object) -> None:
    """Each value of its link is one that the control takes, and the page of the lesson has this control.

    It is not the default, which the address would drop again.
    """
    for asked in lesson.asked:  # type: ignore[attr-defined]
        for name, spelling in asked.link.items():
            assert name in lesson.controls or name not in links.IN_PAGES  # type: ignore[attr-defined]
            assert name not in lesson.idle  # type: ignore[attr-defined]
            field = links.ALL[name]
            assert spelling != field.spelling(links.default(name))
            if isinstance(field, (Choice, Switch, Whole)):
                assert spelling in [field.spelling(option) for option in field.options()]


def test_the_message_of_another_library_is_none_of_ours() -> None:
    """A message that no entry has is searched by its words."""
    assert not any(found.is_message for found in find(said(lambda: functional.relu(torch.ones(2, dtype=torch.bool)))))
