from __future__ import annotations

from collections.abc import Callable

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.zoo.clinic.baselines import models
from zoo.clinic.baselines.probe import Probe

layers = keras.layers
constant = keras.initializers.Constant


@pytest.mark.parametrize(
    ("build", "passes", "shape", "outputs"),
    [
        (models.dense, models.dense_passes, (3,), 2),
        (models.recurrent, models.recurrent_passes, (5, 3), 1),
    ],
)
def test_gradients_are_those_written_out_in_numpy(
    build: Callable[[], keras.Model],
    passes: Callable[..., tuple[models.Arrays, models.Arrays]],
    shape: tuple[int, ...],
    outputs: int,
) -> None:
    model = build()
    x, y = models.samples(*shape, outputs=outputs)
    look = Probe(model, x, y).look()
    gradients, _ = passes(model.get_weights(), x, y)
    kernels = [g for g in gradients if g.ndim > 1]
    norms = [np.linalg.norm(g) for g in kernels]
    means = [np.abs(g).mean() for g in kernels]
    np.testing.assert_allclose(look.norms, norms, rtol=1e-5)
    np.testing.assert_allclose(look.means, means, rtol=1e-5)
    assert look.nonfinite == frozenset()


def test_zero_gradients_are_counted_in_all_weights() -> None:
    model = models.dense()
    w1, b1, w2, b2 = model.get_weights()
    b1[1:3] = -100  # Two of four units are never active.
    model.set_weights([w1, b1, w2, b2])
    x, y = models.samples(3, outputs=2)
    share = Probe(model, x, y).look().zero_gradient_share
    gradients, _ = models.dense_passes([w1, b1, w2, b2], x, y)
    zeros = sum((g == 0).sum() for g in gradients)
    # Of each of the two: three weights in, a bias, two weights out.
    assert zeros == 12
    assert share == pytest.approx(zeros / sum(g.size for g in gradients))


def test_activations_of_a_dense_model() -> None:
    model = models.dense()
    x, y = models.samples(3, outputs=2)
    hidden, readout = Probe(model, x, y).look().activations
    _, (h, p) = models.dense_passes(model.get_weights(), x, y)
    assert hidden.layer.endswith("/hidden")
    assert hidden.kind == "relu"
    assert not hidden.is_output
    assert hidden.nonpositive_share == pytest.approx((h <= 0).mean())
    assert readout.kind == "sigmoid"
    assert readout.is_output
    assert readout.nonpositive_share == (p <= 0).mean() == 0


def test_sizes_of_a_dense_model() -> None:
    model = models.dense()
    x, y = models.samples(3, outputs=2)
    sizes = Probe(model, x, y).look().sizes
    _, (h, p) = models.dense_passes(model.get_weights(), x, y)
    assert sizes.layer_mean == pytest.approx(np.abs(h).mean())
    assert sizes.output_sum == pytest.approx(p.sum(axis=1).max())
    assert sizes.output_span == pytest.approx(p.max() - p.min())


def test_the_largest_layer_counts_and_the_last_does_not() -> None:
    model = models.compiled(
        layers.Input((2,)),
        layers.Rescaling(100.0),
        layers.Dense(1, kernel_initializer=constant(-50.0)),
        layers.Rescaling(1e-3),
        layers.Dense(1, kernel_initializer=constant(1e6)),
    )
    x = np.ones((4, 2), np.float32)
    sizes = Probe(model, x, x[:, :1]).look().sizes
    # The outputs are 100, -10000, -10, and of the last layer -1e7.
    assert sizes == (pytest.approx(1e4), pytest.approx(1e7), 0.0)


def test_sizes_of_a_model_of_several_outputs_are_not_told() -> None:
    inputs = layers.Input((2,))
    shared = layers.Dense(3, activation="relu")(inputs)
    outputs = [layers.Dense(1, name=name)(shared) for name in "ab"]
    model = keras.Model(inputs, outputs)
    model.compile("sgd", ["mse", "mse"], jit_compile=False)
    x = np.ones((4, 2), np.float32)
    sizes = Probe(model, x, [x[:, :1], x[:, :1]]).look().sizes
    assert np.isfinite(sizes.layer_mean)
    assert np.isnan(sizes.output_sum)
    assert np.isnan(sizes.output_span)


def test_inputs_of_an_activation_are_heard_where_float32_is_full() -> None:
    model = models.compiled(
        layers.Input((1,)),
        layers.Dense(2, activation="tanh", kernel_initializer="ones"),
        layers.Dense(1),
    )
    x = np.full((4, 1), 9.0, np.float32)
    (seen,) = Probe(model, x, x).look().activations
    assert tf.tanh(9.0) == 1
    assert seen.shut_unit_share == 0  # 9 is not beyond 9.4999.
    assert seen.beyond_five_share == 1
    (seen,) = Probe(model, x + 0.6, x).look().activations
    assert seen.shut_unit_share == 1


def test_outputs_of_a_recurrent_layer() -> None:
    model = models.recurrent()
    x, y = models.samples(5, 3, outputs=1)
    (seen,) = Probe(model, x, y).look().activations
    _, (h,) = models.recurrent_passes(model.get_weights(), x, y)
    assert seen.kind == "tanh"
    assert seen.nonpositive_share == pytest.approx((h <= 0).mean())
    assert not seen.is_output


def test_activations_of_layers_of_all_kinds() -> None:
    inner = keras.Sequential(
        [layers.Input((6,)), layers.Dense(5, "relu", name="within")]
    )
    outputs = inner(layers.Input((6,)))
    inputs = layers.Input((4, 4, 1))
    x = layers.Conv2D(2, 3, activation="elu", name="conv")(inputs)
    x = layers.LeakyReLU(name="leaky")(x)
    x = layers.Flatten()(x)
    x = layers.Dense(6, name="linear")(x)
    x = layers.ReLU(name="rectified")(x)
    x = inner(x)
    x = layers.Reshape((5, 1))(x)
    x = layers.Bidirectional(layers.GRU(2, return_sequences=True), name="both")(
        x
    )
    x = layers.TimeDistributed(layers.Dense(3, "tanh"), name="each")(x)
    x = layers.Flatten()(x)
    outputs = layers.Dense(2, name="last")(x)
    outputs = layers.Activation("softmax", name="answer")(outputs)
    model = keras.Model(inputs, outputs)
    model.compile("sgd", "mse", jit_compile=False)
    images, y = models.samples(4, 4, 1, outputs=2)
    probe = Probe(model, images, y)
    seen = probe.look().activations
    kinds = {s.layer.rpartition("/")[2]: s.kind for s in seen}
    assert kinds == {
        "conv": "other",
        "leaky": "other",
        "rectified": "relu",
        "within": "relu",
        "both": "tanh",
        "answer": "other",
    }
    assert [s.layer.rpartition("/")[2] for s in seen if s.is_output] == [
        "answer"
    ]
    assert [name.rpartition("/")[2] for name in probe.hidden] == ["each"]


def test_an_embedding_is_judged_by_the_rows_that_were_asked_for() -> None:
    model = models.compiled(
        layers.Input((3,), dtype="int32"),
        layers.Embedding(1000, 2),
        layers.Flatten(),
        layers.Dense(1),
    )
    x = np.array([[1, 2, 1], [2, 3, 3]], np.int32)
    y = np.ones((2, 1), np.float32)
    look = Probe(model, x, y).look()
    table, w, b = model.get_weights()
    rows = table[x].reshape(2, 6)
    back = 2 * (rows @ w + b - y) / y.size
    below = (back @ w.T).reshape(2, 3, 2)
    gradient = np.zeros_like(table)
    np.add.at(gradient, x, below)
    assert look.norms[0] == pytest.approx(np.linalg.norm(gradient), rel=1e-5)
    assert look.means[0] == pytest.approx(
        np.abs(gradient[1:4]).mean(), rel=1e-5
    )
    assert look.zero_gradient_share == 0


def test_a_nan_is_told_by_where_it_is() -> None:
    model = models.dense()
    weights = model.get_weights()
    weights[0][0, 0] = np.nan
    model.set_weights(weights)
    x, y = models.samples(3, outputs=2)
    look = Probe(model, x, y).look()
    assert look.nonfinite == {"gradients", "activations"}
    assert np.isnan(look.norms[0])
