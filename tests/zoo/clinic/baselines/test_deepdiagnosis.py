from __future__ import annotations

import math
from typing import Any

import pytest

from tests.zoo.clinic.baselines.made import (
    STEPS,
    activation,
    kernel,
    late,
    regression,
    run,
    setting,
)
from zoo.clinic.baselines import DeepDiagnosis, Scale, Setting

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
    bad = late(("gradients",), ())
    assert signs_of(kernels=moving(), nonfinite=bad) == {
        "exploding": SIXTH,
        "nonfinite": SIXTH,
    }


OUT_OF_RANGE = {
    "logits for a sparse loss": setting("linear"),
    "relu for a categorical loss": setting(
        "relu", loss="categorical_crossentropy"
    ),
    "targets above a sigmoid": regression("sigmoid", targets=Scale(0, 1.1)),
    "targets below a tanh": regression("tanh", targets=Scale(-1.1, 1)),
    "targets below a relu": regression("relu", targets=Scale(-0.1, 3)),
    "targets below an elu": regression("elu", targets=Scale(-1.1, 3)),
    "outputs far beyond the targets": regression(targets=Scale(0, 0.199)),
}

IN_RANGE = {
    "softmax": setting(targets=Scale(0, 9)),
    "logits that are asked for": setting("linear", from_logits=True),
    "targets of a sigmoid": regression("sigmoid", targets=Scale(0, 1)),
    "targets of a tanh": regression("tanh", targets=Scale(-1, 1)),
    "targets of a relu": regression("relu", targets=Scale(0, 1000)),
    "outputs beyond the targets": regression(targets=Scale(0, 0.2)),
    "an activation that it does not know": regression(
        "softplus", targets=Scale(-3, 3)
    ),
    "nothing": Setting(),
}


@pytest.mark.parametrize("name", OUT_OF_RANGE)
def test_outputs_are_out_of_range_after_the_first_epoch(name: str) -> None:
    observations = run(kernels=moving(), output_span=2.0)
    found = DeepDiagnosis().signs(observations, OUT_OF_RANGE[name])
    assert found == {"output_and_loss": STEPS}


@pytest.mark.parametrize("name", IN_RANGE)
def test_outputs_are_in_range(name: str) -> None:
    observations = run(kernels=moving(), output_span=2.0)
    assert DeepDiagnosis().signs(observations, IN_RANGE[name]) == {}


def test_what_a_later_epoch_puts_out_is_not_looked_at() -> None:
    spans = late(100.0, 2.0, start=2)
    observations = run(kernels=moving(), output_span=spans)
    assert DeepDiagnosis().signs(observations, regression()) == {}
