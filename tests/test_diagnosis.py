"""What belongs together is one diagnosis, and nothing else is."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from kgrad import signs
from kgrad.consequences import MEMORY
from kgrad.course import Course
from kgrad.diagnosis import Diagnosis, diagnoses
from kgrad.history import History
from kgrad.records import GLOBAL, Epoch, Finding, Remedy, Snapshot
from tests.signs.runs import SETUP, Data, profiles, run

RNN, HIDDEN, OUT = (f"net/{name}/kernel" for name in ("rnn", "hidden", "out"))
WHOLE_MODEL = ("slow_progress", "oscillation")
COURSE = Course(run())

CLIP = Remedy("gradient clipping", "clip()", "clips", "")
SLOWER = Remedy("smaller learning rate", "slower()", "slows", "")
DATA = Remedy("clean data", "check()", "cleans", "")
LSTM = Remedy("LSTM or GRU", "lstm()", "reaches", "")


def found(
    sign: str,
    first: int = 100,
    target: str = "",
    last: int = 640,
    **changes: object,
) -> Finding:
    """A finding by hand; that of a whole model is global."""
    default = GLOBAL if sign in WHOLE_MODEL else RNN
    finding = Finding(sign, target or default, first, last, 1.0, 1.0, "It is.")
    return replace(finding, **changes)  # type: ignore[arg-type]


def grouped(
    findings: Sequence[Finding], course: Course | None = COURSE
) -> list[tuple[str, ...]]:
    """The signs of each diagnosis, the cause first."""
    return [
        tuple(f.sign for f in diagnosis.findings)
        for diagnosis in diagnoses(findings, course)
    ]


TOGETHER = [
    ("exploding", "nonfinite"),
    ("large_updates", "nonfinite"),
    ("exploding", "large_updates"),
    ("large_updates", "exploding"),
    ("exploding", "dead_units"),
    ("large_updates", "dead_units"),
    ("exploding", "saturation"),
    ("large_updates", "saturation"),
    ("exploding", "vanishing"),
    ("large_updates", "vanishing"),
    ("saturation", "vanishing"),
    ("dead_units", "vanishing"),
    ("vanishing", "small_updates"),
    ("saturation", "small_updates"),
    ("dead_units", "small_updates"),
    ("exploding", "oscillation"),
    ("large_updates", "oscillation"),
    ("nonfinite", "oscillation"),
    ("nonfinite", "slow_progress"),
    ("exploding", "slow_progress"),
    ("large_updates", "slow_progress"),
    ("vanishing", "slow_progress"),
    ("dead_units", "slow_progress"),
    ("saturation", "slow_progress"),
    ("small_updates", "slow_progress"),
]

NAMES = sorted({kind.name for kind in signs.SIGNS})


@pytest.mark.parametrize(("cause", "effect"), TOGETHER)
def test_a_consequence_is_no_diagnosis_of_its_own(
    cause: str, effect: str
) -> None:
    both = [found(effect, 200), found(cause, 100)]
    assert grouped(both) == [(cause, effect)]
    assert grouped(both, None) == [(cause, effect)]


@pytest.mark.parametrize(
    ("cause", "effect"),
    [
        (cause, effect)
        for cause in NAMES
        for effect in NAMES
        if (cause, effect) not in TOGETHER and cause != effect
    ],
)
def test_what_does_not_follow_stays_a_diagnosis_of_its_own(
    cause: str, effect: str
) -> None:
    # With slow progress first, the other way round would be meant.
    first = 100 if cause != "slow_progress" else 1
    both = [found(cause, first), found(effect, 200)]
    if (effect, cause) in TOGETHER and cause == "slow_progress":
        both[1] = replace(both[1], first_step=600)
    assert sorted(grouped(both)) == sorted([(cause,), (effect,)])


@pytest.mark.parametrize(
    ("cause", "effect"), [p for p in TOGETHER if p[1] != "slow_progress"]
)
def test_what_began_later_is_no_cause(cause: str, effect: str) -> None:
    both = [found(cause, 300), found(effect, 100)]
    if (effect, cause) in TOGETHER:
        assert grouped(both) == [(effect, cause)]
    else:
        assert sorted(grouped(both)) == sorted([(cause,), (effect,)])


def test_the_cause_of_slow_progress_may_begin_after_the_first_step() -> None:
    slow = found("slow_progress", 1, last=1000)
    assert grouped([slow, found("exploding", 700)]) == [
        ("exploding", "slow_progress")
    ]
    # But guessing for 800 steps is not explained by what came then.
    assert grouped([slow, found("exploding", 800)]) == [
        ("exploding",),
        ("slow_progress",),
    ]


def test_nan_long_after_an_explosion_has_another_cause() -> None:
    lost = found("nonfinite", 500)
    over = found("exploding", 100, last=100)
    assert grouped([lost, over]) == [("nonfinite",), ("exploding",)]
    near = found("exploding", 100, last=500 - MEMORY)
    assert grouped([lost, near]) == [("exploding", "nonfinite")]
    # Looked at every 200 steps, and exploding whenever it was.
    seldom = found("exploding", 1, last=401)
    assert grouped([lost, seldom]) == [("exploding", "nonfinite")]


@pytest.mark.parametrize(
    ("sign", "step", "together"),
    [
        ("vanishing", 131, True),
        ("vanishing", 132, False),
        ("oscillation", 164, True),
        ("oscillation", 165, False),
    ],
)
def test_what_is_dated_to_its_block_or_epoch_may_begin_within(
    sign: str, step: int, together: bool
) -> None:
    first = 129 if sign == "oscillation" else 100
    course = Course(
        replace(s, epochs=(Epoch(0, 128, {}), Epoch(1, 164, {})))
        for s in run()[:1]
    )
    both = [found("large_updates", step), found(sign, first)]
    assert len(grouped(both, course)) == (1 if together else 2)


@pytest.mark.parametrize("cause", ["saturation", "dead_units"])
@pytest.mark.parametrize("effect", ["vanishing", "small_updates"])
def test_a_gradient_is_missing_from_the_layer_to_the_input(
    cause: str, effect: str
) -> None:
    flat = found(cause, target=HIDDEN)
    for target in (RNN, HIDDEN, GLOBAL):
        assert grouped([flat, found(effect, target=target)]) == [
            (cause, effect)
        ]
    behind = [flat, found(effect, target=OUT)]
    assert sorted(grouped(behind)) == sorted([(cause,), (effect,)])
    # Where nothing is known of the layers, only the same one is safe.
    assert len(grouped([flat, found(effect, target=RNN)], None)) == 2
    assert len(grouped([flat, found(effect, target=HIDDEN)], None)) == 1


def other_model() -> Snapshot:
    (snapshot, *_) = run()
    targets = tuple(
        replace(
            t,
            name=t.name.replace("net/", "other/"),
            layer=t.layer.replace("net/", "other/"),
        )
        for t in snapshot.targets
    )
    layers = tuple(
        replace(x, name=x.name.replace("net/", "other/")) for x in SETUP.layers
    )
    setup = replace(SETUP, layers=layers)
    return replace(snapshot, targets=targets, setup=setup)


def test_what_happens_to_another_model_is_another_illness() -> None:
    course = Course([*run(), other_model()])
    there = found("dead_units", 200, "other/hidden/kernel")
    assert grouped([found("exploding"), there], course) == [
        ("exploding",),
        ("dead_units",),
    ]
    also = replace(there, target=HIDDEN)
    assert grouped([found("exploding"), also], course) == [
        ("exploding", "dead_units")
    ]


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


def test_what_begins_together_has_the_cause_that_the_rules_name() -> None:
    together = [found(sign, 1) for sign in NAMES if sign != "overfitting"]
    (one,) = grouped(together)
    assert one[0] == "exploding"
    assert one[-1] == "slow_progress"


def test_of_two_causes_the_one_that_began_first_counts() -> None:
    slow = found("slow_progress", 1)
    flat, wild = found("small_updates", 40), found("exploding", 100)
    assert grouped([slow, flat, wild]) == [
        ("exploding",),
        ("small_updates", "slow_progress"),
    ]


def test_the_same_sign_in_many_layers_is_one_diagnosis() -> None:
    dead = [found("dead_units", 100 + i, t) for i, t in enumerate((RNN, OUT))]
    (one,) = diagnoses(dead, COURSE)
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


@pytest.mark.parametrize("seed", range(50))
def test_every_finding_is_in_one_diagnosis_whatever_the_order(
    seed: int,
) -> None:
    rng = random.Random(seed)
    findings = [
        found(name, rng.randint(1, 600), target)
        for target in (RNN, HIDDEN, OUT, GLOBAL)
        for name in rng.sample(NAMES, 3)
    ]
    result = diagnoses(findings, COURSE)
    told = [f for diagnosis in result for f in diagnosis.findings]
    assert sorted(map(repr, told)) == sorted(map(repr, findings))
    rng.shuffle(findings)
    again = diagnoses(findings, COURSE)
    assert [d.first_step for d in again] == [d.first_step for d in result]


def test_without_findings_there_is_nothing_wrong() -> None:
    assert diagnoses([]) == ()
    assert History().diagnoses == ()


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
        (found("nonfinite", 150, remedies=(DATA, CLIP, SLOWER)),),
    )
    assert diagnosis.remedies == (CLIP, SLOWER, LSTM, DATA)


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
    history = History(snapshots, signs.diagnose(snapshots))
    (one,) = history.diagnoses
    assert one.cause.sign == "exploding"
    assert {f.sign for f in one.because} == {"large_updates", "nonfinite"}
    assert one.sentence.startswith(
        "The loss is NaN or infinite from step 301 on, first in the gradient "
        "of `net/rnn/kernel`, the weights from step 302, because the gradient "
        "of `net/rnn/kernel` was "
    )
    assert "times its usual level at step 300" in one.sentence
    assert one.remedies[0].name == "gradient clipping"


def test_a_gradient_that_vanishes_explains_why_nothing_is_learned() -> None:
    snapshots = run(samples_of=profiles(0.2))
    (one,) = History(snapshots, signs.diagnose(snapshots)).diagnoses
    assert one.sentence == (
        "`accuracy` is 0.25 after 640 steps, no better than guessing (0.25), "
        "because the gradient reaches only 10 of 100 steps back in `rnn`."
    )
    assert one.remedies[0].name == "LSTM or GRU"
