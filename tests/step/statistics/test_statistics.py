"""Each statistic against its definition, for units, gates and the model."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf

from kgrad.step.statistics import (
    BUILT_IN,
    Flow,
    Statistic,
    per_target,
    squares,
)
from kgrad.step.statistics.base import OfTargets, unit_max
from kgrad.step.statistics.squares import Group, sums_of_squares
from tests.step.reference import numbers

SHAPES = [(4, 6), (6,), (3, 2), (1,)]
QUIET = 64


def arrays(scale: float = 1.0) -> list[list[np.ndarray]]:
    """Gradient, clipped gradient, weights before and after, by variable."""
    rng = np.random.default_rng(3)
    result = []
    for shape in SHAPES:
        tensors = [
            (scale * rng.standard_normal(shape)).astype(np.float32)
            for _ in range(4)
        ]
        tensors[0][..., 0] = 0
        result.append(tensors)
    return result


def flow_of(variables: list[list[np.ndarray]]) -> Flow:
    gradients, clipped, before, after = (
        [
            tf.constant(tensors[i].reshape(-1, tensors[i].shape[-1]))
            for tensors in variables
        ]
        for i in range(4)
    )
    largest = unit_max(gradients)
    quiet = tf.where(largest == 0, float(QUIET), 0.0)
    return Flow(gradients, clipped, before, after, largest, quiet, owners())


def owners() -> np.ndarray:
    """The first variable has three gates, the others none."""
    return np.repeat(np.arange(6), [2, 2, 2, 6, 2, 1]).astype(np.int32)


def table_of(variables: list[list[np.ndarray]]) -> tf.Tensor:
    flow = flow_of(variables)
    return per_target(
        [statistic.measure for statistic in BUILT_IN],
        [statistic.of(flow) for statistic in BUILT_IN],
        owners(),
    )


def measured(variables: list[list[np.ndarray]]) -> dict[str, np.ndarray]:
    table = table_of(variables).numpy()
    names = [statistic.measure.name for statistic in BUILT_IN]
    return dict(zip(names, table.T, strict=True))


def expected(variables: list[list[np.ndarray]]) -> list[dict[str, float]]:
    exact = [[array.astype(np.float64) for array in t] for t in variables]
    first = [np.split(array, 3, axis=-1) for array in exact[0]]
    gates = [[array[i] for array in first] for i in range(3)]
    return [numbers([tensors]) for tensors in [*gates, *exact[1:]]]


@pytest.mark.parametrize("scale", [1.0, 1e-25, 1e25])
def test_every_statistic_is_its_definition(scale: float) -> None:
    variables = arrays(scale)
    result = measured(variables)
    for name, values in result.items():
        key = "zero_gradient_share" if name == "quiet_unit_share" else name
        want = [target[key] for target in expected(variables)]
        np.testing.assert_allclose(values, want, rtol=1e-5, err_msg=name)


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every tensor counts as one of many numbers."""
    monkeypatch.setattr(squares, "MANY", 0)


OF_GRADIENTS = (
    "gradient_norm",
    "clipped_gradient_norm",
    "gradient_max",
    "nonfinite_count",
    "zero_gradient_share",
)


@pytest.mark.usefixtures("many")
def test_of_many_numbers_it_is_that_too() -> None:
    test_every_statistic_is_its_definition(1.0)


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize("scale", [1e-25, 1e-19, 1e25])
@pytest.mark.parametrize("gate", [0, 2, None])
def test_of_many_numbers_no_gradient_is_lost(
    scale: float, gate: int | None
) -> None:
    """Also where those of one gate are nothing beside the others."""
    variables = arrays()
    # A target whose gradient is zero would have all summed again.
    variables[3][0][:] = 1
    for gradient in variables[0][:2]:
        part = gradient if gate is None else np.split(gradient, 3, 1)[gate]
        part *= np.float32(scale)
    result = measured(variables)
    for name in OF_GRADIENTS:
        want = [target[name] for target in expected(variables)]
        np.testing.assert_allclose(result[name], want, rtol=1e-5, err_msg=name)


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize(("scale", "norm"), [(1e-25, 0.0), (1e25, np.inf)])
def test_of_many_numbers_weights_have_the_range_of_float32(
    scale: float, norm: float
) -> None:
    result = measured(arrays(scale))
    for name in ("weight_norm", "update_norm"):
        np.testing.assert_array_equal(result[name], norm)


@pytest.mark.usefixtures("many")
def test_of_many_numbers_those_that_are_not_finite_are_counted() -> None:
    test_numbers_that_are_not_finite_are_counted_where_they_are()


def test_units_may_come_in_any_order() -> None:
    statistics = BUILT_IN
    measures = [statistic.measure for statistic in statistics]
    values = [statistic.of(flow_of(arrays())) for statistic in statistics]
    order = np.random.default_rng(0).permutation(len(owners()))
    mixed = [
        x if isinstance(x, OfTargets) else tf.gather(x, order) for x in values
    ]
    np.testing.assert_allclose(
        per_target(measures, mixed, owners()[order]),
        per_target(measures, values, owners()),
        rtol=1e-6,
    )


def test_large_tensors_are_summed_in_blocks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rng = np.random.default_rng(0)
    tensors = [
        tf.constant(rng.standard_normal((23, 4)), tf.float32) for _ in range(4)
    ]
    owner = [np.arange(4, dtype=np.int32)]
    alike = Group(*tensors)
    few_rows = Group(tensors[0][:3], *tensors[1:3])
    whole, few = (sums_of_squares([x], owner) for x in (alike, few_rows))
    monkeypatch.setattr(squares, "MANY", 4 * 20)
    monkeypatch.setattr(squares, "BLOCK", 4 * 5)
    monkeypatch.setattr(squares, "LARGE", 4 * 20)
    for group, sums in ((alike, whole), (few_rows, few)):
        found = sums_of_squares([group], owner)
        assert len(found) == len(sums)
        for a, b in zip(found, sums, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-6)
    largest = np.abs(tensors[0].numpy()).max(axis=0)
    np.testing.assert_array_equal(unit_max(tensors[:1]), largest)


def test_many_units_are_reduced_as_few_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    few = measured(arrays())
    monkeypatch.setattr("kgrad.step.statistics.units.MANY_UNITS", 1)
    many = measured(arrays())
    for name, values in few.items():
        np.testing.assert_allclose(many[name], values, rtol=1e-6)
    in_graph = tf.function(lambda: table_of(arrays()), autograph=False)()
    np.testing.assert_allclose(in_graph, np.array([*few.values()]).T, rtol=1e-6)
    test_units_may_come_in_any_order()


def test_numbers_that_are_not_finite_are_counted_where_they_are() -> None:
    variables = arrays()
    variables[2][0][1, 0] = np.nan
    variables[2][0][2, 1] = -np.inf
    result = measured(variables)
    assert result["nonfinite_count"].tolist() == [0, 0, 0, 0, 2, 0]
    assert np.isfinite(result["gradient_norm"][:4]).all()
    assert np.isnan(result["gradient_norm"][4])


@pytest.mark.parametrize(
    "statistic", BUILT_IN, ids=lambda statistic: statistic.measure.name
)
def test_a_statistic_gives_a_number_per_unit_or_target(
    statistic: Statistic,
) -> None:
    result, expected = statistic.of(flow_of(arrays())), len(owners())
    if isinstance(result, OfTargets):
        result, expected = result.sums, len(np.unique(owners()))
    assert result.shape == (expected,)
    assert result.dtype.is_floating


def test_names_are_unique_and_say_of_which_tensor() -> None:
    names = [statistic.measure.name for statistic in BUILT_IN]
    assert len(set(names)) == len(names)
    for statistic in BUILT_IN:
        measure = statistic.measure
        assert measure.name.count("_") >= 1
        assert "Healthy" in measure.description
        assert measure.unit


@pytest.mark.slow
def test_xla_gives_the_same_numbers() -> None:
    compiled = tf.function(lambda: table_of(arrays()), jit_compile=True)()
    plain = np.array(list(measured(arrays()).values())).T
    np.testing.assert_allclose(compiled.numpy(), plain, rtol=1e-5)


@pytest.mark.slow
@pytest.mark.usefixtures("many")
def test_xla_gives_the_same_numbers_of_many() -> None:
    test_xla_gives_the_same_numbers()
