from __future__ import annotations

import math
from itertools import cycle
from typing import Any

import keras
import numpy as np
import pytest

import zoo
from zoo.layers.cells import CELLS
from zoo.layers.variants import VARIANTS
from zoo.recipe import Recipe
from zoo.tasks import TASKS

OFFLINE = [task for task in TASKS if task.offline]


def small(variant: str = "base", cell: str = "lstm", **changes: Any) -> Any:
    sizes = {"units": 4, "length": 10} | changes
    return zoo.build("adding", cell=cell, variant=variant, **sizes)


def weights(model: keras.Model) -> list[np.ndarray]:
    return [np.asarray(w) for w in model.get_weights()]


# Every triple is trained by the slow tests of test_every_model.py.
MODELS = sorted(
    # To read the scores of chorales takes long.
    {
        (task.name, cell, "base")
        for task, cell in zip(OFFLINE, cycle(CELLS.names), strict=False)
        if task.name != "chorales"
    }
    | {
        ("adding", cell, variant.name)
        for cell in CELLS.names
        for variant in VARIANTS
        if variant.is_for("adding")
    }
)


@pytest.mark.parametrize(("task", "cell", "variant"), MODELS)
def test_every_model_is_compiled_and_answers(
    task: str, cell: str, variant: str
) -> None:
    shortest, _ = zoo.task(task).lengths
    model = zoo.build(
        task, cell=cell, variant=variant, units=3, length=shortest
    )
    x, y = zoo.task(task).data("train", 2, length=shortest)
    prediction = model(x)
    steps = (shortest,) * zoo.task(task).every_step
    assert prediction.shape == (2, *steps, zoo.task(task).outputs)
    loss = model.compute_loss(x, y, prediction)
    assert math.isfinite(float(loss))
    assert model.optimizer.clipnorm == VARIANTS[variant].recipe.get("clipnorm")
    assert cell in [layer.name for layer in model.layers]


def test_layers_are_stacked_in_the_order_of_the_recipe() -> None:
    model = small(
        cell="gru",
        layers=2,
        bidirectional=True,
        pooling="mean",
        frame=5,
        noise=0.1,
        dropout=0.2,
        layer_normalization=True,
    )
    kinds = [type(layer).__name__ for layer in model.layers]
    recurrent = ["Bidirectional", "LayerNormalization", "Dropout"]
    assert kinds == [
        "GaussianNoise",
        "Reshape",
        *recurrent,
        *recurrent,
        "GlobalAveragePooling1D",
        "Dense",
    ]
    _, frames, first, _, _, second, *_ = model.layers
    # Adding has two numbers a step.
    assert frames.output.shape == (None, 2, 10)
    starts = [
        np.asarray(layer.cell.recurrent_kernel)
        for both in (first, second)
        for layer in (both.forward_layer, both.backward_layer)
    ]
    for i, one in enumerate(starts):
        assert not any(np.array_equal(one, other) for other in starts[:i])


def test_further_layers_leave_the_first_one_as_it_was() -> None:
    one, two = (weights(small(layers=layers)) for layers in (1, 2))
    for a, b in zip(one[:3], two[:3], strict=True):
        np.testing.assert_array_equal(a, b)


def test_the_mean_over_time_leaves_padding_out() -> None:
    model = zoo.build("japanese_vowels", cell="gru", units=3, pooling="mean")
    x, _ = zoo.task("japanese_vowels").data("train", 4)
    *before, pooling, _ = model.layers
    states = keras.Sequential(before)(x)
    there = x.any(axis=2)
    assert not there.all()
    expected = [
        np.asarray(row)[mask].mean(axis=0)
        for row, mask in zip(states, there, strict=True)
    ]
    pooled = keras.Sequential([*before, pooling])(x)
    np.testing.assert_allclose(pooled, expected, rtol=1e-5, atol=1e-6)


def test_the_seed_decides_the_initial_weights() -> None:
    keras.utils.set_random_seed(1)
    first = weights(small(seed=5))
    keras.utils.set_random_seed(2)
    again, other = weights(small(seed=5)), weights(small(seed=6))
    for a, b in zip(first, again, strict=True):
        np.testing.assert_array_equal(a, b)
    assert not np.array_equal(first[0], other[0])


def test_building_leaves_the_random_state_of_the_program_alone() -> None:
    keras.utils.set_random_seed(1)
    expected = np.asarray(keras.random.normal((3,)))
    keras.utils.set_random_seed(1)
    small()
    np.testing.assert_array_equal(keras.random.normal((3,)), expected)


def test_layers_start_from_different_random_numbers() -> None:
    model = zoo.build("adding", cell="simple_rnn", units=2)
    kernel, readout = model.layers[0].cell.kernel, model.layers[-1].kernel
    scaled = [np.ravel(w)[:2] / np.ravel(w)[0] for w in (kernel, readout)]
    assert not np.allclose(*scaled)


def test_a_change_reaches_the_model() -> None:
    model = small(units=7, length=30, optimizer="rmsprop", learning_rate=0.25)
    assert model.input_shape == (None, 30, 2)
    assert model.layers[0].units == 7
    assert isinstance(model.optimizer, keras.optimizers.RMSprop)
    assert float(model.optimizer.learning_rate) == 0.25


def test_batchnorm_normalises_between_the_recurrent_and_the_last_layer() -> (
    None
):
    kinds = [type(layer).__name__ for layer in small("batchnorm").layers]
    assert kinds == ["LSTM", "BatchNormalization", "Dense"]


@pytest.mark.parametrize("cell", CELLS.names)
def test_recurrent_batchnorm_has_the_cell_and_its_initial_weights(
    cell: str,
) -> None:
    plain, inside = (
        small(v, cell).layers[0] for v in ("base", "recurrent_batchnorm")
    )
    assert type(inside.cell).__name__ == f"BatchNorm{type(plain).__name__}Cell"
    assert inside.cell.steps == 10
    for name in ("kernel", "recurrent_kernel"):
        np.testing.assert_array_equal(
            getattr(inside.cell, name), getattr(plain.cell, name)
        )


def test_the_learning_rate_of_batchnorm_falls_to_zero_at_the_end() -> None:
    recipe = Recipe.of("adding", cell="lstm", variant="batchnorm")
    model = zoo.build("adding", cell="lstm", variant="batchnorm")
    steps = recipe.epochs * recipe.steps_per_epoch
    schedule = model.optimizer._learning_rate
    assert float(schedule(0)) == pytest.approx(recipe.learning_rate)
    assert float(schedule(steps)) == pytest.approx(0, abs=1e-9)


def test_relu_gives_a_simple_rnn_the_identity() -> None:
    layer = small("relu", cell="simple_rnn").layers[0]
    assert layer.activation is keras.activations.relu
    np.testing.assert_array_equal(layer.cell.recurrent_kernel, np.eye(4))


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_relu_leaves_the_recurrent_weights_of_gated_cells(cell: str) -> None:
    layer = small("relu", cell=cell).layers[0]
    assert layer.activation is keras.activations.relu
    square = np.asarray(layer.cell.recurrent_kernel)[:, :4]
    assert not np.array_equal(square, np.eye(4))


def test_xla_is_on_only_where_the_recipe_says_so() -> None:
    assert small(jit_compile=True).jit_compile
    assert not small(jit_compile=False).jit_compile


def test_building_twice_still_works() -> None:
    # A submodule of the same name would replace the function.
    small()
    small()
