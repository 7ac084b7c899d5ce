"""What belongs together is one diagnosis, told in one sentence."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest

from kgrad import signs
from kgrad.diagnosis import Diagnosis, diagnoses
from kgrad.records import GLOBAL, Remedy
from kgrad.storage.history import RunHistory
from tests.diagnosis.findings import (
    HIDDEN,
    NAMES,
    ORDER,
    OUT,
    RNN,
    found,
    grouped,
)
from tests.signs.runs import SETUP, Data, profiles, run

pytestmark = pytest.mark.usefixtures("no_evidence")

CLIP = Remedy("clip_gradients", "gradient clipping", "clip()", "clips", "")
SLOWER = Remedy("smaller", "smaller learning rate", "slower()", "slows", "")
CLEAN = Remedy("check_data", "clean data", "check()", "cleans", "")
LSTM = Remedy("gated_cell", "LSTM or GRU", "lstm()", "reaches", "")


def test_a_chain_of_consequences_is_one_diagnosis() -> None:
    """Large updates are no cause of small ones but by way of dead units."""
    chain = [
        found("small_updates", 300),
        found("slow_progress", 1),
        found("dead_units", 200, HIDDEN),
        found("large_updates", 100),
    ]
    assert grouped(chain) == [
        ("large_updates", "dead_units", "small_updates", "slow_progress")
    ]
    without = [f for f in chain if f.sign != "dead_units"]
    assert grouped(without) == [
        ("large_updates", "slow_progress"),
        ("small_updates",),
    ]


DATA = ("inputs", "labels", "targets", "output_and_loss")


def test_what_begins_together_has_the_cause_that_the_rules_name() -> None:
    alone = ("overfitting", "plan", *DATA)
    together = [found(sign, 1) for sign in NAMES if sign not in alone]
    (one,) = grouped(together)
    assert one[0] == "exploding"
    assert one[-1] == "slow_progress"


@pytest.mark.parametrize("cause", DATA)
def test_data_that_do_not_fit_are_behind_all_that_begins_with_them(
    cause: str,
) -> None:
    signs_of_them = [name for name in NAMES if name not in DATA]
    if cause != "labels":
        signs_of_them.remove("overfitting")
    (one,) = grouped([found(sign, 1) for sign in (*signs_of_them, cause)])
    assert one[0] == cause
    assert one[-1] == "slow_progress"


def test_of_several_things_wrong_with_the_data_each_is_told() -> None:
    slow = found("slow_progress", 1)
    several = grouped([found(sign, 1) for sign in DATA] + [slow])
    assert [one[0] for one in several] == [
        "labels",
        "output_and_loss",
        "targets",
        "inputs",
    ]
    assert several[0] == ("labels", "slow_progress")


def test_of_two_causes_the_one_that_began_first_counts() -> None:
    slow = found("slow_progress", 1)
    flat, wild = found("small_updates", 40), found("exploding", 100)
    assert grouped([slow, flat, wild]) == [
        ("exploding",),
        ("small_updates", "slow_progress"),
    ]


def test_the_same_sign_in_many_layers_is_one_diagnosis() -> None:
    dead = [found("dead_units", 100 + i, t) for i, t in enumerate((RNN, OUT))]
    (one,) = diagnoses(dead, ORDER)
    assert [f.target for f in one.findings] == [RNN, OUT]
    assert "(and 1 more like it)" in one.sentence


def test_a_sign_of_the_users_own_stays_by_itself() -> None:
    assert grouped([found("exploding"), found("their_own", 200)]) == [
        ("exploding",),
        ("their_own",),
    ]


def test_the_gravest_comes_first_and_then_the_earliest() -> None:
    several = [
        found("overfitting", 5, GLOBAL),
        found("dead_units", 50),
        found("exploding", 100, last=100),
        found("nonfinite", 400),
    ]
    assert grouped(several) == [
        ("nonfinite",),
        ("exploding",),
        ("dead_units",),
        ("overfitting",),
    ]


def test_every_finding_is_in_one_diagnosis_whatever_the_order() -> None:
    for seed in range(50):
        rng = random.Random(seed)
        findings = [
            found(name, rng.randint(1, 600), target)
            for target in (RNN, HIDDEN, OUT, GLOBAL)
            for name in rng.sample(NAMES, 3)
        ]
        result = diagnoses(findings, ORDER)
        told = [f for diagnosis in result for f in diagnosis.findings]
        assert sorted(map(repr, told)) == sorted(map(repr, findings)), seed
        rng.shuffle(findings)
        again = diagnoses(findings, ORDER)
        assert [d.first_step for d in again] == [d.first_step for d in result]


def test_without_findings_there_is_nothing_wrong() -> None:
    assert diagnoses([]) == ()
    assert RunHistory().diagnoses == ()


def test_a_sentence_tells_the_symptom_the_cause_and_what_else_came() -> None:
    wild = found("exploding", clause="the gradient of `a` grew 9-fold")
    slow = found("slow_progress", 1, clause="`accuracy` is 0.25")
    more = [found("large_updates", 120), found("dead_units", 130)]
    assert Diagnosis(wild).sentence == "The gradient of `a` grew 9-fold."
    assert Diagnosis(wild, (slow,)).sentence == (
        "`accuracy` is 0.25, because the gradient of `a` grew 9-fold."
    )
    assert Diagnosis(wild, (*more, slow)).sentence == (
        "`accuracy` is 0.25, because the gradient of `a` grew 9-fold; with it "
        "came large updates (step 120) and dead units (step 130)."
    )
    lost = found("nonfinite", 150, clause="the loss is NaN")
    assert Diagnosis(wild, (more[0], lost, slow)).sentence == (
        "The loss is NaN, because the gradient of `a` grew 9-fold; with it "
        "came large updates (step 120) and slow progress (step 1)."
    )


def test_what_a_sign_saw_itself_stands_in_for_a_cause() -> None:
    lost = found("nonfinite", clause="the loss is NaN", reason="`a` had grown")
    assert Diagnosis(lost).sentence == "The loss is NaN, because `a` had grown."
    wild = found("exploding", 90, clause="`b` grew")
    assert Diagnosis(wild, (lost,)).sentence == (
        "The loss is NaN, because `b` grew."
    )


def test_a_finding_without_a_clause_is_told_all_the_same() -> None:
    """Those of run files that were written before there were any."""
    assert Diagnosis(found("dead_units", 7)).sentence == (
        f"Dead units at `{RNN}` since step 7."
    )
    assert Diagnosis(found("slow_progress", 1)).sentence == (
        "Slow progress since step 1."
    )


def test_each_change_is_named_once_that_against_the_cause_first() -> None:
    diagnosis = Diagnosis(
        found("exploding", remedies=(CLIP, SLOWER)),
        (
            found("dead_units", 200, remedies=(SLOWER,)),
            found("slow_progress", 1, remedies=(LSTM, CLIP)),
        ),
    )
    assert diagnosis.remedies == (CLIP, SLOWER, LSTM)
    assert diagnosis.first_step == 100
    assert diagnosis.signs_against(CLIP) == ("exploding", "slow_progress")
    assert diagnosis.signs_against(SLOWER) == ("exploding", "dead_units")
    assert diagnosis.signs_against(LSTM) == ("slow_progress",)


def test_what_also_helps_against_the_gravest_finding_comes_first() -> None:
    diagnosis = Diagnosis(
        found("large_updates", remedies=(SLOWER, LSTM, CLIP)),
        (found("nonfinite", 150, remedies=(CLEAN, CLIP, SLOWER)),),
    )
    assert diagnosis.remedies == (CLIP, SLOWER, LSTM, CLEAN)


@pytest.mark.parametrize("rule", ["nonfinite_data", "label_range"])
def test_what_came_in_with_the_batch_no_change_to_the_training_keeps_out(
    rule: str,
) -> None:
    cause = found("inputs", remedies=(CLEAN,), rule=rule)
    diagnosis = Diagnosis(cause, (found("nonfinite", remedies=(CLIP,)),))
    assert diagnosis.remedies == (CLEAN,)


def blown_up(data: Data) -> None:
    """A gradient that grows tenfold each step until the loss is lost."""
    data["gradient_norm"][290:300, 0] = 10.0 ** np.arange(10)
    data["update_norm"][297:300, 0] = (1, 10, 100)
    data["nonfinite_count"][300:] = 1
    data["gradient_norm"][300:] = np.nan
    data["weight_norm"][301:] = np.nan
    data["loss"][300:] = np.nan


def test_the_signs_of_a_run_that_is_lost_are_one_diagnosis() -> None:
    snapshots = run(blown_up, metric=())
    history = RunHistory(snapshots, signs.diagnose(snapshots))
    (one,) = history.diagnoses
    assert one.cause.sign == "exploding"
    assert {f.sign for f in one.because} == {"large_updates", "nonfinite"}
    assert one.sentence.startswith(
        "The loss is NaN or infinite from step 301 on, first in the gradient "
        "of `net/rnn/kernel`, the weights from step 302, because the gradient "
        "of `net/rnn/kernel` was "
    )
    assert "times its usual level at step 298" in one.sentence
    assert one.remedies[0].name == "gradient clipping"


@pytest.mark.parametrize(
    ("lag", "why"),
    [
        (60, "but the task needs 60"),
        # What nobody knows may lie within reach.
        (None, "as it did at first, or the answer is not in the inputs"),
    ],
)
def test_a_gradient_that_vanishes_explains_why_nothing_is_learned(
    lag: int | None, why: str
) -> None:
    snapshots = run(samples_of=profiles(0.2), setup=replace(SETUP, lag=lag))
    (one,) = RunHistory(snapshots, signs.diagnose(snapshots)).diagnoses
    assert one.sentence == (
        "`accuracy` is 0.25 after 640 steps, no better than guessing (0.25), "
        "because the gradient reaches only 10 of 100 steps back in `rnn`, "
        f"{why}."
    )
    assert one.remedies[0].name == "LSTM or GRU"
    assert (one.remedies[1].name == "clean labels") == (lag is None)
