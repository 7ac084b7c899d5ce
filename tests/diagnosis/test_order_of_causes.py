"""What began it stands first, and what only looks ill is nothing."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from kgrad import signs
from kgrad.diagnosis import Diagnosis
from kgrad.records import Sample
from kgrad.storage.history import RunHistory
from tests.signs.cases.changes import HIDDEN, RNN, both, spike
from tests.signs.runs import GUESSING, LEARNING, Data, activities, run

pytestmark = pytest.mark.usefixtures("no_evidence")

HALFWAY = np.linspace(0.3, 0.48, 10).tolist()


def told(
    change: Callable[[Data], object] | None = None,
    metric: object = GUESSING,
    samples_of: Callable[[int], Sample] | None = None,
) -> tuple[Diagnosis, ...]:
    snapshots = run(change, metric=metric, samples_of=samples_of)  # type: ignore[arg-type]
    return RunHistory(snapshots, signs.diagnose(snapshots)).diagnoses


def dead(first: int, *columns: int) -> Callable[[Data], None]:
    """Units without gradient, seen 64 steps after the first of them."""

    def change(data: Data) -> None:
        for column in columns:
            data["quiet_unit_share"][first + 62 :, column] = 1.0

    return change


def first_update(ratio: float) -> Callable[[Data], None]:
    def change(data: Data) -> None:
        data["update_norm"][0] = 5 * ratio

    return change


def test_units_that_begin_saturated_die_of_it() -> None:
    saturated = activities("net/rnn", "saturated_unit_share", 1.0)
    (one,) = told(dead(1, RNN, RNN + 1), samples_of=saturated)
    assert one.cause.sign == "saturation"
    assert {f.sign for f in one.because} == {"dead_units", "slow_progress"}
    # No update had been made: what came in has pushed them there.
    assert one.remedies[0].name == "scaled inputs"
    assert "learning_rate" not in one.cause.remedies[0].code
    assert all(r.id != "smaller_learning_rate" for r in one.cause.remedies)


def test_units_that_saturate_in_training_were_pushed_by_updates() -> None:
    late = activities("net/rnn", "saturated_unit_share", lambda s: s > 100)
    (one,) = told(samples_of=late)
    assert one.remedies[0].name == "smaller learning rate"


@pytest.mark.parametrize(
    ("ratio", "cause"), [(3.0, "large_updates"), (0.7, "dead_units")]
)
def test_units_that_die_after_a_huge_first_update_die_of_the_rate(
    ratio: float, cause: str
) -> None:
    (one,) = told(both(first_update(ratio), dead(2, HIDDEN, HIDDEN + 1)))
    assert one.cause.sign == cause
    assert "the update of step 1" in one.sentence
    assert one.remedies[0].name == "smaller learning rate"


def test_units_that_were_dead_before_an_update_do_not_die_of_it() -> None:
    def later(data: Data) -> None:
        data["update_norm"][300] = 5 * 0.7

    (one,) = told(both(later, dead(2, HIDDEN, HIDDEN + 1)))
    assert one.cause.sign == "dead_units"
    assert "the update of" not in one.sentence
    assert one.remedies[0].name == "activation function"


def test_a_spike_after_which_a_model_learned_is_nothing() -> None:
    assert not told(spike(0.5), LEARNING)
    # Nor where it has come a part of the way.
    assert not told(spike(0.5), HALFWAY)
    assert not told(first_update(3.0), HALFWAY)
    # But here it lost what it knew, and here it went on.
    (lost,) = told(spike(0.5), [*HALFWAY[:4], *GUESSING[4:]])
    assert lost.cause.sign == "exploding"

    def again(data: Data) -> None:
        spike(0.5)(data)
        data["gradient_norm"][400, RNN] = 5.0
        data["update_norm"][400, RNN] = 2.5

    (twice,) = told(again, HALFWAY)
    assert twice.cause.sign == "exploding"


@pytest.mark.parametrize("share", [8 / 16, 9 / 16, 11 / 16])
@pytest.mark.parametrize("metric", [GUESSING, HALFWAY])
def test_half_of_the_relus_silent_on_positive_inputs_is_nothing(
    share: float, metric: object
) -> None:
    silent = activities("net/hidden", "silent_unit_share", share)
    for one in told(metric=metric, samples_of=silent):
        assert all(f.sign != "dead_units" for f in one.findings)


def test_far_more_than_half_of_the_relus_silent_is_something() -> None:
    silent = activities("net/hidden", "silent_unit_share", 15 / 16)
    (one,) = told(samples_of=silent)
    assert one.cause.sign == "dead_units"

    def grows(step: int) -> float:
        return 3 / 16 if step < 200 else 11 / 16

    # They were alive at first: no coin has silenced them.
    (one,) = told(
        samples_of=activities("net/hidden", "silent_unit_share", grows)
    )
    assert one.cause.sign == "dead_units"
