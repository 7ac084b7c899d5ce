"""Which sign follows from which: in what order, and where in the model."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations, product

import pytest

from kgrad.diagnosis.causes import MEMORY
from kgrad.records import GLOBAL, Epoch, Snapshot
from kgrad.signs.layer_order import LayerOrder
from tests.diagnosis.findings import HIDDEN, NAMES, OUT, RNN, found, grouped
from tests.signs.runs import SETUP, run

TOGETHER = [
    ("exploding", "nonfinite"),
    ("large_updates", "nonfinite"),
    ("exploding", "large_updates"),
    ("large_updates", "exploding"),
    ("nonfinite", "dead_units"),
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
    ("plan", "slow_progress"),
    ("behavior", "slow_progress"),
    ("nonfinite", "behavior"),
    ("exploding", "behavior"),
    ("large_updates", "behavior"),
    ("dead_units", "behavior"),
    ("saturation", "behavior"),
    # Where a tanh is flat no gradient passes.
    ("saturation", "dead_units"),
    ("plan", "unfinished_training"),
    ("behavior", "unfinished_training"),
    ("nonfinite", "unfinished_training"),
    ("exploding", "unfinished_training"),
    ("large_updates", "unfinished_training"),
    ("vanishing", "unfinished_training"),
    ("dead_units", "unfinished_training"),
    ("saturation", "unfinished_training"),
    ("small_updates", "unfinished_training"),
    ("unfinished_training", "slow_progress"),
    # Labels that validation does not have are learned by heart.
    ("labels", "overfitting"),
]
# Nearly everything can be the shadow of data that do not fit.
TOGETHER += product(
    ("inputs", "labels", "targets", "output_and_loss"),
    (
        "nonfinite",
        "exploding",
        "large_updates",
        "small_updates",
        "vanishing",
        "saturation",
        "dead_units",
        "oscillation",
        "slow_progress",
        "unfinished_training",
        "behavior",
        "plan",
    ),
)
WHOLE = ("slow_progress", "unfinished_training")
"""Signs that begin by definition with the run."""


@pytest.mark.parametrize(("cause", "effect"), TOGETHER)
def test_a_consequence_is_no_diagnosis_of_its_own(
    cause: str, effect: str
) -> None:
    both = [found(effect, 200), found(cause, 100)]
    assert grouped(both) == [(cause, effect)]
    assert grouped(both, None) == [(cause, effect)]


def test_what_does_not_follow_stays_a_diagnosis_of_its_own() -> None:
    for cause, effect in permutations(NAMES, 2):
        if (cause, effect) in TOGETHER:
            continue
        # With these first, the other way round would be meant.
        first = 1 if cause in WHOLE else 100
        both = [found(cause, first), found(effect, 200)]
        if (effect, cause) in TOGETHER and cause in WHOLE:
            both[1] = replace(both[1], first_step=600)
        assert sorted(grouped(both)) == sorted([(cause,), (effect,)])


@pytest.mark.parametrize(
    ("cause", "effect"), [p for p in TOGETHER if p[1] not in WHOLE]
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
    order = LayerOrder(
        replace(s, epochs=(Epoch(0, 128, {}), Epoch(1, 164, {})))
        for s in run()[:1]
    )
    both = [found("large_updates", step), found(sign, first)]
    assert len(grouped(both, order)) == (1 if together else 2)


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
    order = LayerOrder([*run(), other_model()])
    there = found("dead_units", 200, "other/hidden/kernel")
    assert grouped([found("exploding"), there], order) == [
        ("exploding",),
        ("dead_units",),
    ]
    also = replace(there, target=HIDDEN)
    assert grouped([found("exploding"), also], order) == [
        ("exploding", "dead_units")
    ]
