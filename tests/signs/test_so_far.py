"""What is told in the midst of training, and taken back at once."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from kgrad.diagnosis import diagnoses
from kgrad.records import Plan, Setup
from kgrad.signs import (
    LargeUpdates,
    Nonfinite,
    SlowProgress,
    as_of_now,
    diagnose,
    observe,
)
from kgrad.signs.metric import Progress
from tests.signs.cases.changes import constant_loss, thrown
from tests.signs.runs import GUESSING, SETUP, Data, run

PLANNED = replace(SETUP, plan=Plan(epochs=10, updates=640))


def told(
    metric: list[float],
    change: Callable[[Data], object] = constant_loss,
    **arguments: object,
) -> list[str]:
    """What is told after each epoch."""
    sign = SlowProgress()
    state = observe([sign])
    texts = []
    for snapshot in run(change, metric=metric, **arguments):  # type: ignore[arg-type]
        state.update(snapshot)
        sign.update(snapshot)
        texts.append("".join(f.clause for f in sign.findings))
    return texts


def test_a_plateau_is_told_so_far_until_the_model_learns() -> None:
    texts = told([*GUESSING[:8], 1.0, 1.0], setup=PLANNED)
    # One epoch has 64 steps.
    assert texts[:3] == [""] * 3
    assert all(" so far after" in text for text in texts[3:8])
    assert texts[8:] == ["", ""]


def test_a_loss_that_falls_as_it_did_before_is_given_time() -> None:
    """A language model takes thousands of steps for a tenth of its loss."""

    def falls(data: Data) -> None:
        noise = np.random.default_rng(0).standard_normal(len(data["loss"]))
        loss = np.linspace(1.386, 1.3, len(data["loss"]))
        data["loss"][:] = loss + 0.01 * noise

    texts = told(list(GUESSING), falls, setup=PLANNED)
    assert texts[:-1] == [""] * 9
    # It is over: now more of the same is what is missing.
    assert texts[-1].startswith("`accuracy` is 0.25 after 640 steps")


def test_the_first_epoch_is_told_by_its_steps() -> None:
    plan = replace(PLANNED.plan, epochs=1)
    texts = told([0.25], setup=replace(PLANNED, plan=plan))
    assert texts[:3] == [""] * 3
    assert texts[3] == (
        "`loss` is 1.39 so far after 256 steps, no better than guessing (1.39)"
    )


def test_at_the_end_it_is_told_as_it_is() -> None:
    texts = told(list(GUESSING), setup=PLANNED)
    assert texts[-1] == (
        "`accuracy` is 0.25 after 640 steps, no better than guessing (0.25)"
    )
    assert " so far" in texts[-2]
    # Of a loop by hand nobody knows the end.
    assert " so far" not in "".join(told(list(GUESSING)))


def test_the_newest_value_is_told_not_that_of_before() -> None:
    metric = [0.25] * 9 + [0.27]
    assert told(metric, setup=PLANNED)[-1].startswith("`accuracy` is 0.27 ")


def test_a_little_better_than_guessing_is_told_as_such() -> None:
    text = told([0.3] * 10, setup=PLANNED)[-1]
    assert text.endswith("steps, hardly better than guessing (0.25)")


def test_one_lucky_epoch_on_a_small_set_is_no_progress() -> None:
    lucky = [*GUESSING[:9], 0.4]
    assert told(lucky, samples=50)[-1]
    assert not told(lucky, samples=10_000)[-1]


def progress(metric: list[float], **arguments: object) -> Progress:
    state = Progress()
    for snapshot in run(metric=metric, **arguments):  # type: ignore[arg-type]
        state.update(snapshot)
    return state


def test_what_was_learned_just_now_is_learned() -> None:
    assert not progress([0.25] * 10).learned
    assert progress([*[0.25] * 9, 1.0]).learned
    # An error whose noise is not known must show it twice.
    setup = replace(SETUP, chance={"mse": 1.0})
    once = progress([1.0] * 9 + [0.1], name="mse", setup=setup)
    twice = progress([1.0] * 8 + [0.1] * 2, name="mse", setup=setup)
    assert (once.learned, twice.learned) == (False, True)


def test_an_epoch_without_the_metric_does_not_hide_what_it_was() -> None:
    state = progress([0.25] * 8 + [1.0, math.nan])
    assert state.newest("accuracy") == pytest.approx(1, abs=0.01)
    assert state.now == 1


@pytest.mark.parametrize(
    ("plan", "over", "under_way"),
    [
        (Plan(), False, False),
        (Plan(epochs=10, updates=640), True, False),
        (Plan(epochs=20, updates=1280), False, True),
        # A second training with the same model.
        (Plan(epochs=20, updates=320), False, True),
    ],
)
def test_whether_a_training_is_over_is_known_of_its_plan(
    plan: Plan, over: bool, under_way: bool
) -> None:
    state = progress(list(GUESSING), setup=replace(SETUP, plan=plan))
    assert (state.is_over, state.is_under_way) == (over, under_way)


def diagnosed(
    metric: list[float],
    setup: Setup = PLANNED,
    also: Callable[[Data], None] = lambda data: None,
) -> list[str]:
    """The sentences after each epoch, of updates that threw the weights."""
    signs = [LargeUpdates(), SlowProgress()]
    state = observe(signs)
    texts = []

    def change(data: Data) -> None:
        thrown(5, 9)(data)
        also(data)

    for snapshot in run(change, metric=metric, setup=setup):
        state.update(snapshot)
        for sign in signs:
            sign.update(snapshot)
        found = [finding for sign in signs for finding in as_of_now(sign)]
        texts.append(" ".join(each.sentence for each in diagnoses(found)))
    return texts


def test_what_may_be_withdrawn_says_how_things_stand() -> None:
    texts = diagnosed([0.26, 0.33, 0.4, *[0.99] * 7])
    assert texts[0].startswith("The update of step 6 changed `net/rnn/kernel`")
    assert texts[0].endswith("; so far the model has not learned.")
    assert texts[2].endswith(
        "; so far it is not certain that the model learns."
    )
    assert texts[3:] == [""] * 7


def test_so_far_is_said_once_and_not_at_the_end() -> None:
    texts = diagnosed(list(GUESSING), also=constant_loss)
    assert all(text.count("so far") == 1 for text in texts[:-1])
    assert "so far after" in texts[5]
    assert "so far" not in texts[-1]
    # Of a loop by hand nobody knows the end.
    assert "so far" not in "".join(diagnosed(list(GUESSING), SETUP))


def test_nan_is_no_matter_of_so_far() -> None:
    def change(data: Data) -> None:
        data["nonfinite_count"][100:, 0] = 1
        data["loss"][100:] = math.nan

    found = diagnose(run(change, setup=PLANNED)[:4], [Nonfinite()])
    assert [f.sign for f in found] == ["nonfinite"]
    assert "so far" not in found[0].explanation
