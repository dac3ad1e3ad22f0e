"""Padded, packed and one at a time, compared with torch: each number is computed again in the simplest way."""

import inspect
import itertools
import math
from collections import Counter

import pytest
import torch
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from torch.nn.utils.rnn import pack_sequence, pad_packed_sequence

from components.lessons.lengths import USUAL
from components.lessons.lengths import facts as packing
from components.lessons.lengths import program as programs
from components.lessons.lengths.facts import (
    ALONE,
    BATCHES,
    LAST,
    OWN,
    PACKED,
    WAYS,
    batch,
    faults,
    four_ways,
    packed,
    poisoned,
    priced,
    timed,
)
from components.lessons.lengths.line.facts import Lengths
from components.lessons.lengths.quoted import checked_lengths
from components.lstm.build import build
from components.lstm.cost import PAIRS
from components.settings import Settings
from tests.lstm.strategies import settings_id, small_settings

pytestmark = pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN:UserWarning")
steady = examples(deadline=None, derandomize=True, max_examples=30)
some_lengths = st.lists(st.integers(1, 9), min_size=1, max_size=5).map(tuple)


def sized(lengths: Lengths, **settings: object) -> Settings:
    return Settings(seq_len=max(lengths), batch_size=len(lengths), **settings)  # type: ignore[arg-type]


CASES = [
    (sized(USUAL), USUAL),
    (sized(USUAL, bidirectional=True), USUAL),
    (sized((3, 6, 1), bidirectional=True, num_layers=2, batch_first=True, proj_size=2, dtype="float64"), (3, 6, 1)),
    (sized((4, 4), num_layers=3, bias=False), (4, 4)),
    (sized((1,), bidirectional=True), (1,)),
]
cases = pytest.mark.parametrize(("settings", "lengths"), CASES, ids=[settings_id(settings) for settings, _ in CASES])


@steady
@given(lengths=some_lengths)
def test_packing_is_torch_s(lengths: Lengths) -> None:
    """`data` holds the sequences' rows at the stated places. Both orders and the batch sizes are torch's."""
    sequences = [torch.arange(length) + 100.0 * sample for sample, length in enumerate(lengths)]
    wanted = pack_sequence(sequences, enforce_sorted=False)
    done = packed(lengths)
    assert wanted.sorted_indices is not None
    assert wanted.unsorted_indices is not None
    assert [100 * b + t for t, b in zip(done.steps, done.samples, strict=True)] == wanted.data.tolist()
    assert list(done.batch_sizes) == wanted.batch_sizes.tolist()
    assert list(done.order) == wanted.sorted_indices.tolist()
    assert list(done.back) == wanted.unsorted_indices.tolist()


def by_hand(settings: Settings, lengths: Lengths, sample: int) -> tuple[torch.Tensor, torch.Tensor]:
    """A sequence alone, in a module of its own: (T_b, D, P), and the result of each direction (D, P)."""
    module, inputs, (h_0, c_0) = build(settings)
    x = inputs[sample] if settings.batch_first else inputs[:, sample]
    with torch.no_grad():
        output, (h_n, _) = module(x[: lengths[sample]], (h_0[:, sample], c_0[:, sample]))
    return output.view(lengths[sample], settings.num_directions, -1), h_n[-settings.num_directions :]


@cases
def test_every_difference_is_from_the_sequence_alone(settings: Settings, lengths: Lengths) -> None:
    """The padded block is run again without the facts, and each output is compared with the sequence alone."""
    found = {way.name: way for way in four_ways(settings, lengths).ways}
    assert tuple(found) == WAYS
    module, inputs, hx = build(settings)
    x = (inputs.transpose(0, 1) if settings.batch_first else inputs).clone()
    for sample, length in enumerate(lengths):
        x[length:, sample] = 0
    with torch.no_grad():
        output, _ = module(x.transpose(0, 1) if settings.batch_first else x, hx)
    padded = (output.transpose(0, 1) if settings.batch_first else output).unflatten(2, (settings.num_directions, -1))
    for sample, length in enumerate(lengths):
        alone, result = by_hand(settings, lengths, sample)
        for direction in range(settings.num_directions):
            difference = (padded[:length, sample, direction] - alone[:, direction]).abs().amax(dim=1)
            for name in (LAST, OWN):
                got = found[name].output[sample, direction]
                assert torch.allclose(got[:length], difference, atol=1e-7)
                assert got[length:].isnan().all()
            for name, end in ((LAST, settings.seq_len - 1), (OWN, length - 1)):
                step = 0 if direction else end
                read = (padded[step, sample, direction] - result[direction]).abs().max().item()
                assert found[name].read[sample, direction].item() == pytest.approx(read, abs=1e-7)
                assert found[name].columns[sample, direction] == step


@steady
@given(settings=small_settings(), lengths=some_lengths)
def test_packed_and_one_at_a_time_are_the_truth(settings: Settings, lengths: Lengths) -> None:
    """This holds for all settings. Equal lengths do no harm, and the forward own last step is right."""
    settings = Settings(**settings.changed() | {"seq_len": max(lengths), "batch_size": len(lengths)})
    found = four_ways(settings, lengths)
    ways = {way.name: way for way in found.ways}
    right = [PACKED, ALONE, *([] if settings.bidirectional else [OWN])]
    right = list(WAYS) if min(lengths) == max(lengths) else right
    for name in right:
        assert found.same(ways[name].worst), name
        assert all(found.same(ways[name].valid(d)) for d in range(settings.num_directions)), name
    # The longest sequence has no padding in any of the ways.
    longest = lengths.index(max(lengths))
    assert all(found.same(way.read[longest].max().item()) for way in found.ways)


def test_padding_does_harm_where_it_is_said_to() -> None:
    """At the defaults the last column is wrong. In two directions, so are all shorter sequences' valid outputs."""
    found = four_ways(*CASES[0])
    assert found.ways[0].worst > 0.05
    assert [not found.same(difference) for difference in found.ways[0].read.max(dim=1).values.tolist()] == [
        length < 7 for length in USUAL
    ]
    both = four_ways(*CASES[1])
    own = both.ways[1]
    wrong = own.output[:, 1].nan_to_num(0.0).amax(dim=1)
    assert [not both.same(difference) for difference in wrong.tolist()] == [length < 7 for length in USUAL]
    assert both.same(own.valid(0))


def test_sizes_that_are_not_the_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="are not 5 of at most 8"):
        batch(Settings(seq_len=8, batch_size=5), USUAL)


@cases
def test_what_is_nan_is_counted_by_hand(settings: Settings, lengths: Lengths) -> None:
    """Each count is made again. Packed has no NaN, a product keeps all, `where` leaves those at valid steps."""
    found = poisoned(settings, lengths)
    module, inputs, hx = build(settings)
    x = (inputs.transpose(0, 1) if settings.batch_first else inputs).clone()
    for sample, length in enumerate(lengths):
        x[length:, sample] = math.nan
    with torch.no_grad():
        output, _ = module(x.transpose(0, 1) if settings.batch_first else x, hx)
    steps = output.transpose(0, 1) if settings.batch_first else output
    valid = sum(int(steps[:length, sample].isnan().sum()) for sample, length in enumerate(lengths))
    every = int(steps.isnan().sum())
    assert (found.padded, found.product, found.where, found.filled) == (every, every, valid, valid)
    assert (found.packed, found.valid, found.numbers) == (0, valid, steps.numel())
    assert found.padding == len(lengths) * max(lengths) - sum(lengths)
    if settings.bidirectional and found.padding:
        assert valid > 0


# Wrong lengths


@cases
def test_what_torch_says_is_what_it_says(settings: Settings, lengths: Lengths) -> None:
    """Torch gets them again, with the page's own sizes. It is silent, or gives the same error, as the facts say."""
    made = faults(settings, lengths)
    given = batch(settings, lengths)
    for fault in made:
        hx = tuple(state[:, : len(fault.given)].contiguous() for state in given.hx)
        try:
            sequence = torch.nn.utils.rnn.pack_padded_sequence(
                given.padded, list(fault.given), batch_first=settings.batch_first, enforce_sorted=False
            )
            with torch.no_grad():
                output, _ = given.module(sequence, hx)
            _, returned = pad_packed_sequence(output)
        except (RuntimeError, IndexError) as error:
            words, silent = f"{type(error).__name__}: {error}".splitlines()[0], False
        else:
            words, silent = f"lengths {returned.tolist()}", True
            if len(sequence.data) != sum(lengths):
                assert f"packs {len(sequence.data)} steps, not {sum(lengths)};" in fault.found
        assert fault.silent == silent
        if "invalid for input of size" not in words:  # that names the size of the module too
            assert words in fault.found
    assert [fault.what for fault in made if not fault.checked] == [
        fault.what for fault in made if fault.what == "too long, within the block"
    ]


def test_torch_takes_wrong_lengths_in_silence() -> None:
    """If a later torch checks more lengths, this test fails. The page then says the new result by itself."""
    silent = {fault.what: fault.silent for fault in faults(*CASES[0])}
    assert silent == {
        "too short": True,
        "too long, within the block": True,
        "longer than the block": False,
        "a fraction": True,
        "one missing": True,
        "one too many": False,
        "zero": False,
    }


def test_good_lengths_pass_the_check_and_bad_ones_do_not() -> None:
    for good in itertools.product((1, 2, 3), repeat=3):
        if max(good) == 3:
            assert checked_lengths(list(good), 3, 3).tolist() == list(good)
            assert checked_lengths(torch.tensor(good), 3, 3).dtype == torch.int64
    for bad in ([3, 0], [3, -1], [3, 3.0], [3, 2.9], [4, 1], [3], [3, 1, 1], [2, 1], [3, True], [3, "2"], []):
        with pytest.raises(ValueError, match=r"length|sequence"):
            checked_lengths(bad, 3, 2)  # type: ignore[arg-type]


def test_the_check_that_is_shown_is_the_one_that_is_run() -> None:
    """`facts` uses the same check that the program contains."""
    run = vars(packing)["checked_lengths"]
    assert run is checked_lengths
    assert inspect.getsource(run).strip() == programs.CHECKED


def test_each_batch_is_timed_pair_by_pair_and_within_the_time_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches come one after another. The last cost of a name has all pairs. Without patience each has one pair."""
    batches = timed(*CASES[0])
    assert len(batches) == BATCHES
    found = [*priced(*CASES[0])]
    counts = Counter(price.name for price in found)
    assert [*counts] == [one.name for one in batches]
    assert max(counts.values()) <= PAIRS
    last = {price.name: price for price in found}
    assert [(one.cost.pairs, one.wasted) for one in last.values()] == [
        (counts[one.name], one.wasted) for one in batches
    ]
    monkeypatch.setattr(packing, "PATIENCE", 0.0)
    assert [one.name for one in priced(*CASES[0])] == [one.name for one in batches]


def test_what_is_timed_is_three_batches_of_their_own() -> None:
    """The batches are the page's, one of the corpus, and one with a long sequence. A pair of runs gives a cost."""
    batches = timed(*CASES[0])
    assert [round(one.wasted, 2) for one in batches][::2] == [0.43, 0.89]
    for one in batches:
        assert one.padded.shape[0] == max(one.lengths)
        (cost,) = one.measure(1)
        assert cost.ratio == pytest.approx(cost.first / cost.second)
