from __future__ import annotations

import math

import pytest

from tests.zoo.clinic.baselines.made import (
    STEPS,
    kernels,
    late,
    regression,
    run,
    setting,
)
from zoo.clinic.baselines import AutoTrainer, Setting

LOW = 0.5
"""An accuracy that lets the rules on gradients speak."""


def rising() -> list[float]:
    """It rises by 0.02 an epoch, and stays below 0.6 for five epochs."""
    return [LOW + 0.02 * i for i in range(10)]


def test_nothing_is_wrong_with_a_run_that_learns() -> None:
    assert AutoTrainer().signs(run()) == {}


def test_nothing_is_said_of_no_observations() -> None:
    assert AutoTrainer().signs([]) == {}


@pytest.mark.parametrize(
    ("first", "last", "sign"),
    [
        (0.99e-4, 1.0, "vanishing"),
        (1.01e-4, 1.0, None),
        (0.99e-4, 0.98e-1, None),
        (0.99e-4, 1e-1, "vanishing"),
        (70.1, 1.0, "exploding"),
        (69.9, 1.0, None),
        (1e-9, 0.0, "exploding"),
        (0.0, 0.0, None),
    ],
)
def test_first_kernel_against_last_kernel(
    first: float, last: float, sign: str | None
) -> None:
    seen = AutoTrainer().signs(
        run(accuracy=rising(), kernels=kernels(first, last))
    )
    assert seen == ({sign: 3 * STEPS} if sign else {})


@pytest.mark.parametrize(("share", "fires"), [(0.7, True), (0.699, False)])
def test_share_of_zero_gradients(share: float, fires: bool) -> None:
    seen = AutoTrainer().signs(
        run(accuracy=rising(), zero_gradient_share=share)
    )
    assert ("dead_units" in seen) == fires


def test_it_looks_only_every_third_epoch_and_at_the_last() -> None:
    tiny, usual = kernels(1e-6, 1.0), kernels(1.0, 1.0)
    once = [tiny if i == 4 else usual for i in range(10)]
    assert AutoTrainer().signs(run(accuracy=LOW, kernels=once)) == {
        "slow_progress": 3 * STEPS
    }
    last = [tiny if i == 9 else usual for i in range(10)]
    seen = AutoTrainer().signs(run(accuracy=LOW, kernels=last))
    assert seen["vanishing"] == 10 * STEPS
    every = AutoTrainer(interval=1).signs(run(accuracy=LOW, kernels=once))
    assert every["vanishing"] == 5 * STEPS


@pytest.mark.parametrize(("best", "fires"), [(0.599, True), (0.6, False)])
def test_gradients_count_only_while_accuracy_is_low(
    best: float, fires: bool
) -> None:
    accuracy = [0.3 + (best - 0.3) * min(i, 2) / 2 for i in range(10)]
    seen = AutoTrainer().signs(
        run(accuracy=accuracy, kernels=kernels(1e-6, 1.0))
    )
    assert ("vanishing" in seen) == fires


def test_validation_accuracy_counts_too() -> None:
    observations = run(val_accuracy=rising(), kernels=kernels(1e-6, 1.0))
    assert "vanishing" in AutoTrainer().signs(observations)


def test_a_gradient_seen_earlier_counts_once_accuracy_can_be_judged() -> None:
    tiny, usual = kernels(1e-6, 1.0), kernels(1.0, 1.0)
    observations = run(
        20,
        accuracy=[0.4 + 0.02 * i for i in range(20)],
        kernels=[tiny if i == 2 else usual for i in range(20)],
    )
    assert AutoTrainer().signs(observations) == {"vanishing": 6 * STEPS}
    assert AutoTrainer(patience=0.0).signs(observations) == {
        "vanishing": 3 * STEPS
    }


def test_without_accuracy_gradients_count_unless_it_is_needed() -> None:
    observations = run(accuracy=math.nan, kernels=kernels(1e-6, 1.0))
    assert AutoTrainer().signs(observations) == {"vanishing": 3 * STEPS}
    assert AutoTrainer(needs_accuracy=True).signs(observations) == {}


@pytest.mark.parametrize(("rise", "fires"), [(0.0099, True), (0.0101, False)])
def test_slow_is_no_large_rise_in_any_epoch(rise: float, fires: bool) -> None:
    accuracy = [0.7 + rise * (i > 1) for i in range(10)]
    seen = AutoTrainer().signs(run(accuracy=accuracy))
    assert seen == ({"slow_progress": 3 * STEPS} if fires else {})


def test_it_is_not_slow_if_validation_accuracy_rises() -> None:
    observations = run(
        accuracy=0.7, val_accuracy=[0.6 + 0.02 * i for i in range(10)]
    )
    assert AutoTrainer().signs(observations) == {}


@pytest.mark.parametrize(("swing", "fires"), [(0.031, True), (0.029, False)])
def test_accuracy_that_falls_from_its_peaks(swing: float, fires: bool) -> None:
    accuracy = [0.7, *(0.9 - swing * (i % 2) for i in range(9))]
    seen = AutoTrainer().signs(run(accuracy=accuracy))
    assert ("oscillation" in seen) == fires


@pytest.mark.parametrize(("rate", "fires"), [(0.2, True), (0.21, False)])
def test_such_falls_in_a_fifth_of_the_epochs(rate: float, fires: bool) -> None:
    # Two peaks and two troughs in ten epochs, all of them late.
    accuracy = [0.7, 0.72, 0.74, 0.76, 0.8, 0.9, 0.85, 0.9, 0.85, 0.9]
    seen = AutoTrainer(swing_rate=rate).signs(run(accuracy=accuracy))
    assert ("oscillation" in seen) == fires


def test_a_run_that_fails_is_not_said_to_oscillate() -> None:
    accuracy = [0.3, *(0.5 - 0.2 * (i % 2) for i in range(9))]
    assert AutoTrainer().signs(run(accuracy=accuracy)) == {}


@pytest.mark.parametrize(
    ("field", "bad", "usual"),
    [
        ("nonfinite", ("weights",), ()),
        ("val_loss", 1e5, 0.99e5),
    ],
)
def test_a_nan_is_seen_at_the_next_check(
    field: str, bad: object, usual: object
) -> None:
    observations = run(**{field: late(bad, usual, start=4)})
    step = 6 * STEPS
    assert AutoTrainer().signs(observations) == {
        "nonfinite": step,
        "exploding": step,
    }
    assert AutoTrainer().signs(run(**{field: usual})) == {}


@pytest.mark.parametrize(("mean", "fires"), [(10.0, True), (9.99, False)])
def test_abnormal_data_are_seen_after_the_first_epoch(
    mean: float, fires: bool
) -> None:
    found = AutoTrainer().signs(run(layer_mean=mean), setting())
    assert found == ({"inputs": STEPS} if fires else {})
    later = run(layer_mean=late(mean, 1.0, start=2))
    found = AutoTrainer().signs(later, setting())
    assert found == ({"inputs": 3 * STEPS} if fires else {})


def test_data_are_not_called_abnormal_before_an_improper_output() -> None:
    observations = run(layer_mean=20.0)
    assert AutoTrainer().signs(observations, setting("linear")) == {}
    observations = run(layer_mean=20.0, output_sum=1.2)
    assert AutoTrainer().signs(observations, setting()) == {}


IMPROPER_LOSS = {
    "one unit for classes": setting("softmax", 1),
    "a binary loss for several": setting("sigmoid", 3, "binary_crossentropy"),
    "squared error of classes": setting("softmax", 3, "mean_squared_error"),
    "hinge": setting("linear", 1, "hinge"),
}


@pytest.mark.parametrize("name", IMPROPER_LOSS)
def test_an_improper_loss_is_told_before_training(name: str) -> None:
    found = AutoTrainer().signs(run(), IMPROPER_LOSS[name])
    assert found == {"output_and_loss": 1}


PROPER_LOSS = {
    "softmax": setting(),
    "sigmoid": setting("sigmoid", 1, "binary_crossentropy"),
    "logits": setting("linear", from_logits=True),
    "a loss of one's own": setting("linear", loss=""),
    "activation not known": setting(""),
    "units not known": setting("linear", 0),
}


@pytest.mark.parametrize("name", PROPER_LOSS)
def test_a_loss_that_fits_is_not_told(name: str) -> None:
    stands = run(accuracy=LOW)
    found = AutoTrainer().signs(stands, PROPER_LOSS[name])
    assert found == {"slow_progress": 3 * STEPS}


def test_a_regression_without_accuracy_may_have_its_loss() -> None:
    observations = run(accuracy=math.nan)
    for loss in ("mean_squared_error", "huber"):
        given = regression(loss=loss)
        assert AutoTrainer().signs(observations, given) == {}
    assert AutoTrainer().signs(observations, regression("relu")) == {
        "output_and_loss": 3 * STEPS
    }
    silent = AutoTrainer(needs_accuracy=True)
    assert silent.signs(observations, regression("relu")) == {}


@pytest.mark.parametrize(
    "given",
    [setting("linear"), setting("softmax", 1, "binary_crossentropy")],
)
def test_an_improper_activation_is_told_of_a_run_in_trouble(
    given: Setting,
) -> None:
    assert AutoTrainer().signs(run(), given) == {}
    assert AutoTrainer().signs(run(accuracy=LOW), given) == {
        "slow_progress": 3 * STEPS,
        "output_and_loss": 3 * STEPS,
    }
    swings = [0.7, *(0.9 - 0.1 * (i % 2) for i in range(9))]
    found = AutoTrainer().signs(run(accuracy=swings), given)
    assert "output_and_loss" in found


@pytest.mark.parametrize(("total", "fires"), [(1.11, True), (1.1, False)])
def test_outputs_of_a_sample_add_up_to_one(total: float, fires: bool) -> None:
    observations = run(accuracy=LOW, output_sum=total)
    found = AutoTrainer().signs(observations, setting())
    assert ("output_and_loss" in found) == fires
    numbers = run(accuracy=math.nan, output_sum=total)
    assert AutoTrainer().signs(numbers, regression()) == {}


@pytest.mark.parametrize("field", ["loss", "val_loss"])
def test_a_loss_below_zero(field: str) -> None:
    for value, expected in ((-0.01, {"output_and_loss": 6 * STEPS}), (0.0, {})):
        observations = run(**{field: late(value, 0.5)})
        assert AutoTrainer().signs(observations, setting()) == expected
