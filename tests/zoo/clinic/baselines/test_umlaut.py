from __future__ import annotations

import math
from typing import Any

import pytest

from tests.zoo.clinic.baselines.made import (
    STEPS,
    late,
    regression,
    run,
    setting,
)
from zoo.clinic.baselines import Scale, Setting, Umlaut

SIXTH = 6 * STEPS


def signs_of(given: Setting | None = None, **fields: Any) -> dict[str, int]:
    rate = {"learning_rate": 1e-3}
    return Umlaut().signs(run(**{**rate, **fields}), given or setting())


def test_nothing_is_wrong_with_a_run_that_learns() -> None:
    falling = [1.0 / (i + 1) for i in range(10)]
    assert signs_of(val_loss=falling) == {}


@pytest.mark.parametrize(
    ("minimum", "maximum", "fires"),
    [(-1.0, 1.0, False), (-1.01, 0.0, True), (0.0, 1.01, True)],
)
def test_inputs_lie_within_minus_one_and_one(
    minimum: float, maximum: float, fires: bool
) -> None:
    given = setting(inputs=Scale(minimum, maximum, 0.0, 0.1))
    assert signs_of(given) == ({"inputs": STEPS} if fires else {})


def test_ids_have_no_limits() -> None:
    assert signs_of(setting(inputs=Scale())) == {}


def test_a_nan_in_the_inputs_is_told_with_a_nan_in_the_loss() -> None:
    course = late(("loss",), ())
    found = signs_of(setting(has_nan=True), nonfinite=course)
    assert found == {"nonfinite": SIXTH, "inputs": SIXTH}
    assert signs_of(setting(has_nan=True)) == {}
    assert signs_of(nonfinite=course) == {"nonfinite": SIXTH}


@pytest.mark.parametrize(
    ("given", "fires"),
    [
        (setting("softmax"), False),
        (setting("sigmoid", 1, "binary_crossentropy"), False),
        (setting("linear"), True),
        (setting("linear", from_logits=True), False),
        (setting("softmax", from_logits=True), True),
        (setting("relu"), True),
        (setting(""), False),
        (setting("linear", loss=""), False),
        (regression(), False),
        (regression("relu"), True),
        (regression("sigmoid"), True),
    ],
)
def test_the_last_activation_before_training(
    given: Setting, fires: bool
) -> None:
    assert signs_of(given) == ({"output_and_loss": 1} if fires else {})


@pytest.mark.parametrize(
    ("rate", "sign"),
    [
        (0.0101, "large_updates"),
        (0.01, None),
        (1e-7, None),
        (0.99e-7, "small_updates"),
        (math.nan, None),
    ],
)
def test_learning_rate(rate: float, sign: str | None) -> None:
    course = late(rate, 1e-3)
    assert signs_of(learning_rate=course) == ({sign: SIXTH} if sign else {})


@pytest.mark.parametrize(
    ("loss", "val_loss", "fires"),
    [(0.5, 0.61, True), (0.51, 0.61, False), (0.4, 0.6, False)],
)
def test_validation_loss_rises_in_one_epoch_and_loss_does_not(
    loss: float, val_loss: float, fires: bool
) -> None:
    found = signs_of(loss=late(loss, 0.5), val_loss=late(val_loss, 0.6))
    assert found == ({"overfitting": SIXTH} if fires else {})
