"""What a model does with a batch, made up: must tell, must not."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from kgrad.records import Behavior, Influence
from kgrad.signs.checks import CHECKS, BehaviorCheck, judge_behavior
from tests.signs.checks.made import (
    BINARY,
    NUMBERS,
    PIXELS,
    WITH_NAN,
    Judged,
    X,
    judged,
    lstm,
    with_added_loss,
)

OF_BEHAVIOR = {c.name: c for c in CHECKS if issubclass(c, BehaviorCheck)}
REGRESSION = judged(y=NUMBERS)
NO_LOSS_OF_KERAS = judged(y=NUMBERS, loss="")
FALLING = (1.0, 0.97, 0.94, 0.9, 0.88, 0.86, 0.84, 0.82, 0.8)
DECAYING = (0.0, 0.0, *np.logspace(-44, 0, 10))


def influence(**changes: Any) -> Influence:
    usual: dict[str, Any] = {
        "effect": 0.3,
        "features": (0.1, 0.2, 0.3),
        "feature_differs": (True, True, True),
    }
    return Influence(**{**usual, **changes})


def behavior(*influences: Influence, **changes: Any) -> Behavior:
    usual: dict[str, Any] = {
        "spread": 0.3,
        "size": 0.5,
        "repeated": 0.0,
        "leaked": 1e-7,
        "loss": 1.0,
        "gradients": {"hidden/kernel": 0.1, "hidden/bias": 0.1},
        "losses": FALLING,
    }
    return Behavior(influences or (influence(),), **{**usual, **changes})


DEAD = influence(effect=0.0, features=(0.0, 0.0, 0.0))
NO_KERNEL = {"hidden/kernel": 0.0, "out/bias": 0.2}

MUST_NOT: dict[str, list[tuple[Judged, Behavior]]] = {
    "ignored_inputs": [
        (REGRESSION, behavior()),
        # All samples are the same: nothing could differ.
        (REGRESSION, behavior(influence(differs=False, effect=0.0))),
        # A pixel at the rim that is 0 in every sample.
        (
            REGRESSION,
            behavior(
                influence(features=(0.0, 0.2), feature_differs=(False, True))
            ),
        ),
        # Ids have no slope.
        (REGRESSION, behavior(influence(features=(), feature_differs=()))),
        # What shrinks through time until floats end.
        (
            judged(y=NUMBERS, lag=11),
            behavior(influence(steps=DECAYING)),
        ),
        # What is cut off is not needed, or not known to be.
        (
            judged(y=NUMBERS, lag=3),
            behavior(influence(steps=(0, 0, 1, 1, 1, 1))),
        ),
        (REGRESSION, behavior(influence(steps=(0, 0, 1, 1)))),
        # Padding in front of every sample of the batch.
        (
            judged(y=NUMBERS, lag=5),
            behavior(influence(steps=(math.nan, math.nan, 1, 1, 1, 1))),
        ),
        # Saturated in inference by statistics that have not settled.
        (REGRESSION, behavior(DEAD)),
    ],
    "random_inference": [
        (REGRESSION, behavior(repeated=1e-7)),
        # A sampler.
        (NO_LOSS_OF_KERAS, behavior(repeated=0.1)),
        # A variational model, which adds a loss of its own.
        (with_added_loss(REGRESSION), behavior(repeated=0.1)),
    ],
    "mixed_samples": [
        (REGRESSION, behavior(leaked=1e-6)),
        (REGRESSION, behavior(leaked=math.nan)),
        # It is random anyhow.
        (REGRESSION, behavior(leaked=0.1, repeated=0.1)),
    ],
    "nonfinite_first_step": [
        (REGRESSION, behavior()),
        (REGRESSION, behavior(gradients={"a/kernel": math.nan})),
        # A layer that fills in what is missing.
        (judged(WITH_NAN, NUMBERS), behavior()),
    ],
    "no_gradient": [
        (REGRESSION, behavior()),
        (REGRESSION, behavior(gradients={"a/kernel": math.inf})),
        # A branch that begins closed.
        (REGRESSION, behavior(gradients=NO_KERNEL, has_zero_kernel=True)),
        # A bias before a BatchNormalization.
        (REGRESSION, behavior(gradients={"a/kernel": 0.1, "a/bias": 0.0})),
    ],
    "loss_far_above_guessing": [
        (REGRESSION, behavior(loss=3.0)),
        (judged(y=NUMBERS * 1e3 + 1e4), behavior(loss=1e8)),
        (judged(y=NUMBERS, weight=np.full(400, 1e3)), behavior(loss=1e3)),
        (NO_LOSS_OF_KERAS, behavior(loss=1e3)),
        # Eight updates later it is near that of guessing.
        (
            REGRESSION,
            behavior(
                loss=38.9,
                losses=(38.9, 3763.0, 74.8, 7.6, 3.5, 2.4, 2.0, 1.8, 1.7),
            ),
        ),
    ],
    "first_updates": [
        (REGRESSION, behavior()),
        # Too long at first, but it comes back.
        (
            REGRESSION,
            behavior(losses=(1, 3.2, 1.3, 1.2, 0.7, 0.6, 0.5, 0.4, 0.3)),
        ),
        (REGRESSION, behavior(losses=(1, 1.1, 1.2, 1.1, 1.2, 1.1, 1.2, 1.1))),
        (REGRESSION, behavior(losses=())),
    ],
    "not_memorized": [
        (REGRESSION, behavior()),
        (REGRESSION, behavior(memorized=(1.0, 0.9, 0.7, 0.6))),
    ],
}

MUST: dict[str, list[tuple[Judged, Behavior, str]]] = {
    "ignored_inputs": [
        (REGRESSION, behavior(DEAD, gradients=NO_KERNEL), "output"),
        (
            REGRESSION,
            behavior(influence(name="a"), Influence("b", effect=0.0)),
            'x["b"]',
        ),
        (
            REGRESSION,
            behavior(
                influence(features=(0.1, 0.0), feature_differs=(True, True))
            ),
            "x",
        ),
        (
            judged(y=NUMBERS, lag=5),
            behavior(influence(steps=(0, 0, 1, 1, 1, 1))),
            "x",
        ),
    ],
    "random_inference": [(REGRESSION, behavior(repeated=0.1), "output")],
    "mixed_samples": [(REGRESSION, behavior(leaked=0.1), "output")],
    "nonfinite_first_step": [
        (REGRESSION, behavior(gradients={"a/kernel": math.inf}), "loss"),
        (REGRESSION, behavior(loss=math.inf), "loss"),
        (
            judged(WITH_NAN, NUMBERS),
            behavior(gradients={"a/kernel": math.inf}),
            "x",
        ),
    ],
    "no_gradient": [
        (REGRESSION, behavior(gradients={"a/kernel": math.nan}), "a"),
        (REGRESSION, behavior(gradients=NO_KERNEL), "hidden"),
    ],
    "loss_far_above_guessing": [
        (REGRESSION, behavior(loss=50.0, losses=()), "loss"),
        (REGRESSION, behavior(loss=50.0, losses=(50.0, 48.0, 46.0)), "loss"),
        (
            judged(y=NUMBERS, layers=(lstm(activation="relu"),)),
            behavior(loss=50.0, losses=()),
            "lstm",
        ),
        (
            judged(
                PIXELS, BINARY, activation="sigmoid", loss="binary_crossentropy"
            ),
            behavior(loss=50.0, losses=()),
            "loss",
        ),
    ],
    "first_updates": [
        (REGRESSION, behavior(losses=(1, 2, 4, 8, 16, 32)), "optimizer"),
        (REGRESSION, behavior(losses=(1, 9, 1e9, math.nan)), "optimizer"),
        (
            judged(X * 1e3, NUMBERS * 1e3),
            behavior(losses=(1, 9, 1e9, math.inf)),
            "optimizer",
        ),
    ],
    "not_memorized": [
        (
            REGRESSION,
            behavior(memorized=(1, 1, 1), memorized_slowly=(1, 0.5, 0.2)),
            "optimizer",
        ),
        (
            REGRESSION,
            behavior(memorized=(1, 1, 1), memorized_slowly=(1, 1, 0.99)),
            "output",
        ),
    ],
}


@pytest.mark.parametrize("name", OF_BEHAVIOR)
def test_near_misses_are_none(name: str) -> None:
    for i, (case, seen) in enumerate(MUST_NOT[name]):
        found = OF_BEHAVIOR[name]().judge_behavior(*case, seen)
        assert not list(found), i


@pytest.mark.parametrize("name", OF_BEHAVIOR)
def test_it_tells_what_it_must(name: str) -> None:
    for i, (case, seen, target) in enumerate(MUST[name]):
        (finding,) = OF_BEHAVIOR[name]().judge_behavior(*case, seen)
        assert finding.target == target, i
        assert finding.rule == name
        assert finding.sign == "behavior"
        assert finding.remedies


def test_nothing_is_told_of_a_model_that_was_not_tried() -> None:
    assert not judge_behavior(*REGRESSION, Behavior())


def test_scales_are_mended_before_the_rate() -> None:
    (case, seen, _) = MUST["first_updates"][2]
    (finding,) = OF_BEHAVIOR["first_updates"]().judge_behavior(*case, seen)
    assert [remedy.name for remedy in finding.remedies] == [
        "scaled inputs and targets",
        "smaller learning rate",
    ]
