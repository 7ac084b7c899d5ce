"""Weights that begin out of scale, and what is said against them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from kgrad import signs
from kgrad.records import Finding
from kgrad.signs.weight_scale import WeightScale
from tests.signs.runs import (
    KERNEL,
    LEARNING,
    PARTS,
    SETUP,
    SOLVING,
    Data,
    activities,
    profiles,
    run,
)

HIDDEN = KERNEL["hidden"]


def begun(factor: float, column: int = HIDDEN) -> Callable[[Data], None]:
    """A variable that begins so many times as large as Glorot's kernels."""
    target = PARTS[column]
    fan_in, fan_out = target.size / target.units, target.units
    usual = np.sqrt(2 / (fan_in + fan_out)) * np.sqrt(target.size)

    def change(data: Data) -> None:
        data["weight_norm"][:, 0::2] = np.sqrt(8)  # That of 16 by 16.
        data["weight_norm"][:, column] = factor * usual

    return change


def scale(change: Callable[[Data], None]) -> WeightScale:
    found = WeightScale()
    for snapshot in run(change):
        found.update(snapshot)
    return found


@pytest.mark.parametrize("factor", [0.3, 1.0, 3.0])
def test_kernels_of_any_usual_initializer_are_in_scale(factor: float) -> None:
    found = scale(begun(factor))
    assert not found.too_large(SETUP)
    assert not found.too_small(SETUP)


def test_a_kernel_that_is_out_of_scale_names_its_layer() -> None:
    assert scale(begun(20)).too_large(SETUP) == SETUP.layers[1:2]
    assert scale(begun(0.1)).too_small(SETUP) == SETUP.layers[1:2]


def test_it_is_the_first_step_that_counts() -> None:
    def later(data: Data) -> None:
        begun(1.0)(data)
        data["weight_norm"][1:, HIDDEN] *= 100

    assert not scale(later).too_large(SETUP)


def test_biases_of_minus_one_are_out_of_scale() -> None:
    def biased(data: Data) -> None:
        begun(1.0)(data)
        # Of 16 units, less a little that the first update took.
        data["weight_norm"][:, HIDDEN + 1] = 3.99

    assert scale(biased).too_large(SETUP) == SETUP.layers[1:2]


def test_a_bias_of_minus_ten_is_out_of_scale_and_none_is_not() -> None:
    def biased(data: Data) -> None:
        begun(1.0)(data)
        data["weight_norm"][:, HIDDEN + 1] = 10 * np.sqrt(16)

    assert scale(biased).too_large(SETUP) == SETUP.layers[1:2]
    assert not scale(begun(1.0)).too_small(SETUP)


def the(sign: signs.Sign, **of_run: object) -> Finding:
    (finding,) = signs.diagnose(run(**of_run), [sign])  # type: ignore[arg-type]
    return finding


def test_units_that_large_weights_saturate_get_other_weights_first() -> None:
    stuck = activities("net/rnn", "saturated_unit_share", 1.0)
    finding = the(signs.Saturation(), change=begun(20), samples_of=stuck)
    assert finding.remedies[0].name == "initial weights"
    finding = the(signs.Saturation(), change=begun(1), samples_of=stuck)
    assert finding.remedies[0].name == "scaled inputs"


def test_units_that_die_of_small_weights_get_other_weights_first() -> None:
    dead = activities("net/hidden", "silent_unit_share", 1.0)
    finding = the(signs.DeadUnits(), change=begun(0.01), samples_of=dead)
    first = finding.remedies[0]
    assert first.name == "initial weights"
    assert 'activation="relu", kernel_initializer="he_normal"' in first.code
    finding = the(signs.DeadUnits(), change=begun(1), samples_of=dead)
    assert finding.remedies[0].code.startswith("keras.layers.Dense")
    assert 'activation="leaky_relu"' in finding.remedies[0].code


def stretching(factor: float, **more: Any) -> list[Finding]:
    """What a recurrent kernel of that size leads to."""
    recurrent = replace(PARTS[0], role="recurrent_kernel")
    snapshots = [
        replace(snapshot, targets=(recurrent, *snapshot.targets[1:]))
        for snapshot in run(begun(factor, 0), samples_of=profiles(-0.1), **more)
    ]
    return signs.diagnose(snapshots, [signs.ExplodingInTime()])


def test_a_recurrence_that_began_far_too_large_is_excused_if_solved() -> None:
    assert stretching(3.0, metric=LEARNING)
    assert not stretching(3.0, metric=SOLVING)
    # As He's initializer, or an orthogonal one, makes it.
    assert not stretching(1.4, metric=LEARNING)
    assert not stretching(1.0, metric=LEARNING)
    assert stretching(1.4)


def test_a_recurrence_that_stretches_is_mended_before_it_is_clipped() -> None:
    (finding,) = stretching(1.5)
    assert finding.remedies[0].name == "recurrent weights"
    (finding,) = signs.diagnose(
        run(begun(1.0, 0), samples_of=profiles(-0.1)),
        [signs.ExplodingInTime()],
    )
    assert finding.remedies[0].name == "gradient clipping"
