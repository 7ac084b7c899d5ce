from __future__ import annotations

import math

import numpy as np
import pytest

from zoo.clinic.baselines.observation import activation_of


def column(*parts: tuple[float, int]) -> np.ndarray:
    """`(n,)`: each value so many times."""
    return np.concatenate([np.full(n, value) for value, n in parts])


def test_shares_of_a_relu_layer() -> None:
    outputs = np.stack(
        [
            column((0.0, 1000)),
            column((0.0, 991), (1.0, 9)),
            column((0.0, 990), (1.0, 10)),
            column((1.0, 1000)),
        ],
        axis=1,
    ).astype(np.float32)
    seen = activation_of("layer", "relu", outputs)
    assert seen.nonpositive_share == pytest.approx((1000 + 991 + 990) / 4000)
    assert seen.inactive_unit_share == 0.5
    assert seen.tiny_unit_share == 0.75
    assert math.isnan(seen.beyond_five_share)
    assert math.isnan(seen.shut_unit_share)
    assert math.isnan(seen.bound_unit_share)


def test_tiny_is_below_1e_5_in_95_percent() -> None:
    outputs = np.stack(
        [
            column((-0.9e-5, 95), (1.0, 5)),
            column((0.9e-5, 94), (1.0, 6)),
            column((1.1e-5, 100)),
        ],
        axis=1,
    )
    assert activation_of(
        "layer", "other", outputs
    ).tiny_unit_share == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("kind", "low", "high"), [("tanh", -9.5, 9.5), ("sigmoid", -23.1, 17.0)]
)
def test_shares_of_inputs_that_are_known(
    kind: str, low: float, high: float
) -> None:
    inputs = np.stack(
        [
            column((low, 500), (high, 500)),
            column((low, 991), (4.9, 9)),
            column((low, 990), (-5.0, 10)),
            column((4.9, 1000)),
        ],
        axis=1,
    )
    outputs = np.zeros_like(inputs)
    seen = activation_of("layer", kind, outputs, inputs, is_output=True)
    assert seen.shut_unit_share == 0.5
    assert seen.beyond_five_share == pytest.approx((1000 + 991 + 1000) / 4000)
    assert seen.is_output


def test_inputs_that_are_not_known_are_what_gives_the_outputs() -> None:
    z = np.stack([column((4.9, 10)), column((-5.1, 10))], axis=1)
    tanh = np.tanh(z).astype(np.float32)
    sigmoid = (1 / (1 + np.exp(-z))).astype(np.float32)
    assert activation_of("layer", "tanh", tanh).beyond_five_share == 0.5
    assert activation_of("layer", "sigmoid", sigmoid).beyond_five_share == 0.5
    full = np.ones((10, 2), np.float32)
    assert activation_of("layer", "tanh", full).shut_unit_share == 1
    assert activation_of("layer", "sigmoid", full).shut_unit_share == 1


@pytest.mark.parametrize("kind", ["tanh", "sigmoid"])
def test_units_at_their_bounds(kind: str) -> None:
    scaled = np.stack(
        [
            column((0.86, 5), (-0.86, 5)),
            column((0.84, 10)),
            column((1.0, 8), (0.0, 2)),
        ],
        axis=1,
    )
    outputs = scaled if kind == "tanh" else (scaled + 1) / 2
    assert activation_of(
        "layer", kind, outputs
    ).bound_unit_share == pytest.approx(1 / 3)


def test_axes_before_the_last_are_samples() -> None:
    outputs = np.zeros((2, 3, 4, 5))
    outputs[0, 0, 0, :2] = 1
    seen = activation_of("layer", "relu", outputs)
    assert seen.nonpositive_share == pytest.approx(1 - 2 / 120)
    assert seen.inactive_unit_share == pytest.approx(3 / 5)


def test_nothing_is_known_of_a_layer_with_a_nan() -> None:
    outputs = np.zeros((10, 2))
    outputs[3, 1] = np.nan
    seen = activation_of("layer", "tanh", outputs, is_output=True)
    assert seen.is_output
    assert all(
        math.isnan(share)
        for name, share in vars(seen).items()
        if name.endswith("_share")
    )
