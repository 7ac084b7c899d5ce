from __future__ import annotations

import math
from typing import Any

import pytest

from tests.zoo.clinic.baselines.made import (
    STEPS,
    activation,
    kernel,
    late,
    run,
)
from zoo.clinic.baselines import DeepDiagnosis

SIXTH, LAST = 6 * STEPS, 10 * STEPS


def signs_of(length: int = 10, **fields: Any) -> dict[str, int]:
    return DeepDiagnosis().signs(run(length, **fields))


def moving(length: int = 10, **fields: Any) -> list[Any]:
    """A kernel an epoch, whose mean changes."""
    return [
        (kernel(weight_mean=0.1 + i / 1000, **fields),) for i in range(length)
    ]


def test_nothing_is_wrong_with_a_run_that_learns() -> None:
    assert signs_of(kernels=moving()) == {}


@pytest.mark.parametrize(
    ("mean", "expected"), [(0.99e-7, {"vanishing": STEPS}), (1e-7, {})]
)
def test_gradients(mean: float, expected: dict[str, int]) -> None:
    assert signs_of(kernels=moving(gradient_mean=mean)) == expected


@pytest.mark.parametrize(("share", "fires"), [(0.7, True), (0.699, False)])
def test_a_relu_layer_is_dead_at_the_end(share: float, fires: bool) -> None:
    dead = (activation("relu", nonpositive_share=share),)
    expected = {"dead_units": LAST} if fires else {}
    assert signs_of(kernels=moving(), activations=dead) == expected


def test_a_relu_layer_that_recovers_is_not_dead() -> None:
    dead = (activation("relu", nonpositive_share=1.0),)
    course = late((activation(),), dead)
    assert signs_of(kernels=moving(), activations=course) == {}


def test_only_relu_dies() -> None:
    low = (activation("tanh", nonpositive_share=1.0),)
    assert signs_of(kernels=moving(), activations=low) == {}


@pytest.mark.parametrize("kind", ["tanh", "sigmoid"])
@pytest.mark.parametrize(("share", "fires"), [(0.51, True), (0.5, False)])
def test_a_layer_is_saturated_in_every_fifth_epoch(
    kind: str, share: float, fires: bool
) -> None:
    far = (activation(kind, beyond_five_share=share),)
    expected = {"saturation": 5 * STEPS} if fires else {}
    assert signs_of(kernels=moving(), activations=far) == expected
    once = [far if i == 5 else () for i in range(10)]
    assert signs_of(kernels=moving(), activations=once) == {}


def test_the_answer_of_the_model_is_not_saturated() -> None:
    far = (activation("sigmoid", beyond_five_share=1.0, is_output=True),)
    assert signs_of(kernels=moving(), activations=far) == {}


def test_weights_that_stand_for_five_epochs() -> None:
    stands = late((kernel(weight_mean=0.5),), (kernel(weight_mean=0.1),))
    expected = {"small_updates": LAST}
    assert signs_of(kernels=[*moving(5), *stands[5:]]) == expected
    stands[7] = (kernel(weight_mean=0.500001),)
    assert signs_of(kernels=[*moving(5), *stands[5:]]) == {}


def test_a_loss_that_stands_for_five_epochs() -> None:
    falling = [1.0 / (i + 1) for i in range(10)]
    stands = [*falling[:5], *[0.1] * 5]
    expected = {"slow_progress": LAST}
    assert signs_of(kernels=moving(), loss=stands) == expected
    # Four and one of them, in two windows.
    stands = [*falling[:4], *[0.1] * 5, 0.05]
    assert signs_of(kernels=moving(), loss=stands) == {}


def test_an_accuracy_that_stands_for_twenty_epochs() -> None:
    kernels = moving(20)
    assert signs_of(20, kernels=kernels, accuracy=0.5) == {
        "slow_progress": 20 * STEPS
    }
    accuracy = late(0.5, 0.4, 20, start=2)
    assert signs_of(20, kernels=kernels, accuracy=accuracy) == {}


def test_an_accuracy_that_is_not_measured_does_not_stand() -> None:
    assert signs_of(20, kernels=moving(20), accuracy=math.nan) == {}


def test_a_nan_is_a_numerical_error() -> None:
    bad = late(frozenset({"gradients"}), frozenset())
    assert signs_of(kernels=moving(), nonfinite=bad) == {
        "exploding": SIXTH,
        "nonfinite": SIXTH,
    }
