from __future__ import annotations

import math
from typing import Any

import pytest

from tests.zoo.clinic.baselines.made import (
    STEPS,
    activation,
    grown,
    kernel,
    late,
    regression,
    run,
    setting,
)
from zoo.clinic.baselines import Scale, TheDeepChecker

SIXTH = 6 * STEPS


def signs_of(length: int = 10, **fields: Any) -> dict[str, int]:
    return TheDeepChecker().signs(run(length, **fields))


def test_nothing_is_wrong_with_a_run_that_learns() -> None:
    assert signs_of() == {}


@pytest.mark.parametrize(
    ("field", "ill", "well", "sign"),
    [
        ("gradient_mean", 0.99e-6, 1e-6, "vanishing"),
        ("gradient_mean", 1.01e6, 1e6, "exploding"),
        ("update_mean", 0.0101, 0.0099, "large_updates"),
        ("update_mean", 0.99e-5, 1.01e-5, "small_updates"),
        ("update_mean", 0.0, math.nan, "small_updates"),
    ],
)
def test_kernels(field: str, ill: float, well: float, sign: str) -> None:
    for value, expected in ((ill, {sign: SIXTH}), (well, {})):
        changed = (kernel(), kernel(**{field: value}))
        course = late(changed, (kernel(), kernel()))
        assert signs_of(kernels=course) == expected


def test_a_weight_that_has_diverged() -> None:
    for mean, expected in ((1.01e8, {"exploding": SIXTH}), (1e8, {})):
        changed = (kernel(weight_mean=mean, update_mean=1e-3 * mean),)
        assert signs_of(kernels=late(changed, (kernel(),))) == expected


def test_a_weight_of_zeros_has_no_ratio() -> None:
    changed = (kernel(weight_mean=0.0, update_mean=1.0),)
    assert signs_of(kernels=changed) == {}


@pytest.mark.parametrize("field", ["gradient_mean", "weight_mean"])
@pytest.mark.parametrize(
    ("factors", "fires"),
    [
        ([2.0] * 4, True),
        ([2.0, 2.0, 2.0, 1.99], False),
        ([1.99, 2.0, 2.0, 2.0], False),
        ([2.0] * 3, False),
    ],
)
def test_what_doubles_four_times_in_a_row_explodes(
    field: str, factors: list[float], fires: bool
) -> None:
    course = grown(0.01, factors)
    seen = signs_of(
        len(course),
        kernels=[
            (kernel(**{"update_mean": 1e-4, field: value}),) for value in course
        ],
    )
    assert seen == ({"exploding": 5 * STEPS} if fires else {})


def test_a_loss_that_doubles_four_times_in_a_row_diverges() -> None:
    assert signs_of(5, loss=grown(1.0, [2.0] * 4)) == {"exploding": 5 * STEPS}
    assert signs_of(5, loss=grown(1.0, [2.0, 2.0, 1.9, 2.0])) == {}


@pytest.mark.parametrize(
    ("kind", "field", "sign"),
    [
        ("relu", "tiny_unit_share", "dead_units"),
        ("other", "tiny_unit_share", "dead_units"),
        ("tanh", "bound_unit_share", "saturation"),
        ("sigmoid", "bound_unit_share", "saturation"),
    ],
)
def test_activations(kind: str, field: str, sign: str) -> None:
    for share, expected in ((0.51, {sign: SIXTH}), (0.5, {})):
        changed = (activation(), activation(kind, **{field: share}))
        assert signs_of(activations=late(changed, ())) == expected


def test_the_answer_of_the_model_is_neither_dead_nor_saturated() -> None:
    outputs = (
        activation("other", tiny_unit_share=1.0, is_output=True),
        activation("sigmoid", bound_unit_share=1.0, is_output=True),
    )
    assert signs_of(activations=outputs) == {}


def test_a_nan_is_no_explosion() -> None:
    bad = late(("loss",), ())
    assert signs_of(nonfinite=bad) == {"nonfinite": SIXTH}


@pytest.mark.parametrize(
    ("scale", "fires"),
    [
        (Scale(0.0, 1.0, 0.4, 0.2), False),
        (Scale(-1.0, 1.0, 0.4, 0.2), False),
        (Scale(0.005, 0.995, 0.4, 0.2), False),
        (Scale(-3.0, 3.5, 0.009, 0.991), False),
        (Scale(-3.0, 3.5, 0.011, 1.0), True),
        (Scale(-3.0, 3.5, 0.0, 1.011), True),
        (Scale(0.0, 255.0, 33.0, 70.0), True),
        (Scale(4.0, 4.0, 4.0, 0.0), True),
        (Scale(), False),
    ],
)
def test_inputs_and_targets_are_normalized(scale: Scale, fires: bool) -> None:
    checker = TheDeepChecker()
    found = checker.signs(run(), setting(inputs=scale))
    assert found == ({"inputs": 1} if fires else {})
    found = checker.signs(run(), regression(targets=scale))
    assert found == ({"targets": 1} if fires else {})
    # The targets of a classifier have no scale.
    assert checker.signs(run(), setting(targets=scale)) == {}


@pytest.mark.parametrize(
    ("counts", "units", "fires"),
    [
        ((940, 60), 1, True),
        ((850, 150), 1, False),
        ((500, 500), 2, False),
        ((500, 500), 3, False),
        ((500, 500), 4, True),
        ((1000,), 1, True),
        ((), 2, False),
    ],
)
def test_labels_are_balanced(
    counts: tuple[int, ...], units: int, fires: bool
) -> None:
    given = setting(
        units=units, class_counts=counts, first_loss=math.log(max(2, units))
    )
    found = TheDeepChecker().signs(run(), given)
    assert found == ({"labels": 1} if fires else {})


@pytest.mark.parametrize(
    ("loss", "fires"),
    [(2.2, True), (2.19, False), (0.01, False), (0.0, True), (math.nan, False)],
)
def test_the_first_loss_is_near_that_of_guessing(
    loss: float, fires: bool
) -> None:
    # Of three classes guessing costs ln 3, 1.0986.
    found = TheDeepChecker().signs(run(), setting(first_loss=loss))
    assert found == ({"output_and_loss": 1} if fires else {})
