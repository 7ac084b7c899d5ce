from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest

from tests.zoo.clinic.baselines.made import (
    STEPS,
    activation,
    kernel,
    late,
    run,
    setting,
)
from zoo.clinic.baselines import SageMakerDebugger

SIXTH = 6 * STEPS


def signs_of(**fields: Any) -> dict[str, int]:
    return SageMakerDebugger().signs(run(**fields))


def test_nothing_is_wrong_with_a_run_that_learns() -> None:
    assert signs_of() == {}


@pytest.mark.parametrize(
    ("field", "ill", "well", "sign"),
    [
        ("gradient_mean", 0.99e-7, 1e-7, "vanishing"),
        ("update_mean", 10.01 * 0.1, 9.99 * 0.1, "large_updates"),
        ("update_mean", 0.99e-9, 1.01e-9, "small_updates"),
    ],
)
def test_kernels(field: str, ill: float, well: float, sign: str) -> None:
    for value, expected in ((ill, {sign: SIXTH}), (well, {})):
        changed = (kernel(), kernel(**{field: value}))
        assert signs_of(kernels=late(changed, (kernel(),))) == expected


def test_a_weight_of_zeros_is_not_divided_by() -> None:
    changed = (kernel(weight_mean=0.0, update_mean=0.9e-8),)
    assert signs_of(kernels=changed) == {}
    changed = (kernel(weight_mean=0.0, update_mean=1.1e-8),)
    assert signs_of(kernels=changed) == {"large_updates": STEPS}


def test_updates_that_were_not_seen_are_no_sign() -> None:
    assert signs_of(kernels=(kernel(update_mean=math.nan),)) == {}


@pytest.mark.parametrize(
    ("kind", "field", "sign"),
    [
        ("relu", "inactive_unit_share", "dead_units"),
        ("tanh", "shut_unit_share", "saturation"),
        ("sigmoid", "shut_unit_share", "saturation"),
    ],
)
def test_activations(kind: str, field: str, sign: str) -> None:
    for share, expected in ((0.51, {sign: SIXTH}), (0.5, {})):
        changed = (activation(), activation(kind, **{field: share}))
        assert signs_of(activations=late(changed, ())) == expected


def test_only_relu_dies_and_no_output_is_saturated() -> None:
    assert (
        signs_of(
            activations=(
                activation("tanh", inactive_unit_share=1.0),
                activation("sigmoid", shut_unit_share=1.0, is_output=True),
            )
        )
        == {}
    )
    assert "dead_units" in signs_of(
        activations=(
            activation("relu", inactive_unit_share=1.0, is_output=True),
        )
    )


@pytest.mark.parametrize("where", ["loss", "weights", "activations"])
def test_a_nan_anywhere_is_an_exploding_tensor(where: str) -> None:
    assert signs_of(nonfinite=late((where,), ())) == {
        "exploding": SIXTH,
        "nonfinite": SIXTH,
    }


def test_the_loss_must_be_lower_than_before() -> None:
    falling = [1.0 / (i + 1) for i in range(10)]
    assert signs_of(loss=falling) == {}
    for level in (falling[4], 2.0):
        stuck = [*falling[:5], level, *falling[6:]]
        assert signs_of(loss=stuck)["slow_progress"] == SIXTH


@pytest.mark.parametrize(
    ("steps", "expected"), [(10, {"slow_progress": 20}), (9, {})]
)
def test_the_loss_is_compared_ten_steps_apart(
    steps: int, expected: dict[str, int]
) -> None:
    observations = [
        replace(seen, step=steps * seen.epoch)
        for seen in run(3, loss=[1.0, 1.5, 0.5])
    ]
    assert SageMakerDebugger().signs(observations) == expected


def test_the_loss_must_fall_by_a_percentage_if_one_is_given() -> None:
    observations = run(2, loss=[1.0, 0.95])
    assert SageMakerDebugger(loss_percent=4.9).signs(observations) == {}
    assert SageMakerDebugger(loss_percent=5.1).signs(observations) == {
        "slow_progress": 2 * STEPS
    }


def test_a_loss_of_nan_is_not_said_to_be_slow() -> None:
    assert signs_of(loss=late(math.nan, 1.0, start=2)) == {}


@pytest.mark.parametrize(
    ("counts", "fires"),
    [
        ((1001, 100), True),
        ((1000, 100), False),
        ((480, 19), False),
        ((), False),
    ],
)
def test_a_class_has_no_ten_times_the_samples_of_another(
    counts: tuple[int, ...], fires: bool
) -> None:
    found = SageMakerDebugger().signs(run(), setting(class_counts=counts))
    assert found == ({"labels": 1} if fires else {})
