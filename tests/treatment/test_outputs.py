"""The end of a model, its loss and its input, changed as the remedies say."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

from kgrad.records import Output, Remedy, Setup, TensorSummary
from kgrad.records.edits import ChangeFit, ChangeLoss
from kgrad.remedies import outputs, plans, scales
from kgrad.session.setup import setup_of
from kgrad.treatment import NotApplicableError, apply
from tests.treatment.models import (
    array,
    find,
    functional,
    inputs,
    same,
    sequential,
    weights,
)

SPARSE = "sparse_categorical_crossentropy"


def ending(*end: Any, loss: Any = "mse", **compiled: Any) -> keras.Model:
    """A model with a hidden layer and another end."""
    keras.utils.set_random_seed(1)
    parts = [layers.Input((3,)), layers.Dense(4, "relu", name="hidden"), *end]
    model = keras.Sequential(parts, name="net")
    model.compile("adam", loss, **compiled)
    return model


def described(model: keras.Model) -> tuple[Setup, Output]:
    setup = setup_of(model, model.optimizer, {}, {})
    return setup, setup.outputs[0]


def treated(build: Any, remedy: Remedy) -> keras.Model:
    """The model with the remedy; all that it does not name is as before."""
    model, old = apply(build(), remedy.edits), build()
    assert same(weights(find(model, "hidden")), weights(find(old, "hidden")))
    return model


def test_the_last_layer_gets_other_units_activation_and_loss() -> None:
    def build() -> keras.Model:
        return ending(
            layers.Dense(1, "softmax", name="out"),
            loss="binary_crossentropy",
            metrics=["accuracy"],
        )

    remedy = outputs.last_layer(*described(build()), 5, "softmax", SPARSE)
    assert remedy.code == (
        'keras.layers.Dense(5, activation="softmax")  # for net/out\n'
        f'loss="{SPARSE}"'
    )
    model = treated(build, remedy)
    assert [x.name for x in model.layers] == ["hidden", "out"]
    out = model.get_layer("out")
    assert out.activation is keras.activations.softmax
    assert weights(out)[0].shape == (4, 5)
    assert type(model.loss) is keras.losses.SparseCategoricalCrossentropy
    logs = model.fit(np.ones((9, 3)), np.arange(9) % 5, verbose=0).history
    assert set(logs) == {"accuracy", "loss"}


def test_only_what_must_change_does() -> None:
    def build() -> keras.Model:
        out = layers.Dense(1, "softmax", name="out")
        return ending(out, loss="binary_crossentropy")

    given = *described(build()), 1, "sigmoid", "binary_crossentropy"
    remedy = outputs.last_layer(*given)
    assert "loss" not in remedy.code
    model = treated(build, remedy)
    assert same(weights(model.get_layer("out")), weights(build().layers[-1]))
    assert model.get_layer("out").activation is keras.activations.sigmoid
    assert model.loss == "binary_crossentropy"


def test_a_softmax_instead_of_logits_is_told_to_the_loss() -> None:
    def build() -> keras.Model:
        loss = keras.losses.SparseCategoricalCrossentropy(
            from_logits=True, ignore_class=7
        )
        return ending(layers.Dense(3, name="out"), loss=loss)

    remedy = outputs.last_layer(*described(build()), 3, "softmax")
    model = treated(build, remedy)
    assert model.loss.from_logits is False
    assert model.loss.ignore_class == 7


def test_an_activation_of_its_own_is_the_one_that_changes() -> None:
    def build() -> keras.Model:
        return ending(
            layers.Dense(2, name="out"),
            layers.Activation("sigmoid", name="act"),
        )

    remedy = outputs.no_activation(*described(build()))
    assert remedy.code == 'keras.layers.Activation("linear")  # for act'
    model = treated(build, remedy)
    assert model.get_layer("act").activation is keras.activations.linear
    assert same(weights(model.get_layer("out")), weights(build().layers[1]))
    remedy = outputs.last_layer(*described(build()), 5, "softmax")
    model = treated(build, remedy)
    assert model.output_shape == (None, 5)
    assert model.get_layer("act").activation is keras.activations.softmax


def test_an_end_that_is_not_understood_is_changed_by_hand_only() -> None:
    ends = [layers.Dense(2, name="out"), layers.Softmax()]
    remedy = outputs.no_activation(*described(ending(*ends)))
    assert not remedy.edits
    assert remedy.code == "keras.layers.Dense(2)  # the last layer"


def test_a_dense_layer_behind_the_last_one_gives_it_no_bounds() -> None:
    def build() -> keras.Model:
        keras.utils.set_random_seed(1)
        parts = [layers.Input((5, 2)), layers.LSTM(3, name="hidden")]
        model = keras.Sequential(parts)
        model.compile("adam", "mse")
        return model

    _, output = described(build())
    model = treated(build, outputs.dense_behind(output.layer, 1))
    assert [type(x).__name__ for x in model.layers] == ["LSTM", "Dense"]
    assert model.output_shape == (None, 1)
    assert model.layers[-1].activation is keras.activations.linear


def test_a_recurrent_layer_gives_its_last_output_or_all() -> None:
    def build(given: bool) -> keras.Model:
        keras.utils.set_random_seed(1)
        rnn = layers.GRU(4, return_sequences=given, name="hidden")
        parts = [layers.Input((5, 3)), rnn, layers.Dense(2, name="out")]
        model = keras.Sequential(parts, name="net")
        model.compile("adam", "mse")
        return model

    for given, change, shape in (
        (True, outputs.last_step_only, (None, 2)),
        (False, outputs.every_step, (None, 5, 2)),
    ):
        remedy = change(described(build(given))[0])
        model = apply(build(given), remedy.edits)
        assert model.output_shape == shape
        for now, old in zip(model.layers, build(given).layers, strict=True):
            assert same(weights(now), weights(old))
        given_now = eval(remedy.code, {"keras": keras}).return_sequences
        assert given_now is not given


@pytest.mark.parametrize(
    "loss",
    [
        "binary_crossentropy",
        keras.losses.BinaryCrossentropy(label_smoothing=0.1),
        ["binary_crossentropy"],
        {"out": "binary_crossentropy"},
    ],
)
def test_a_loss_is_told_that_it_gets_logits(loss: Any) -> None:
    def build() -> keras.Model:
        return ending(layers.Dense(1, name="out"), loss=loss)

    setup, _ = described(build())
    remedy = outputs.loss_with_logits(setup, "binary_crossentropy")
    model = treated(build, remedy)
    assert model.loss.from_logits
    smoothing = getattr(loss, "label_smoothing", 0.0)
    assert model.loss.label_smoothing == smoothing
    assert same(weights(model.get_layer("out")), weights(build().layers[-1]))


def test_which_of_several_losses_to_change_is_not_guessed() -> None:
    x = layers.Input((3,))
    ends = [layers.Dense(1, name=name)(x) for name in "ab"]
    model = keras.Model(x, ends)
    model.compile("adam", ["mse", "mse"])
    assert not outputs.other_loss(described(model)[0], "mae", "").edits
    with pytest.raises(NotApplicableError, match="several losses"):
        apply(model, [ChangeLoss("Huber")])


def test_statistics_of_every_named_layer_settle_sooner() -> None:
    def build() -> keras.Model:
        return ending(
            layers.BatchNormalization(name="first"),
            layers.BatchNormalization(scale=False, name="second"),
            layers.Dense(1, name="out"),
        )

    setup, _ = described(build())
    names = [name for name, _ in setup.plan.batchnorm_momentum]
    remedy = plans.faster_statistics(setup, names, 0.9)
    assert "BatchNormalization(scale=False, momentum=0.9)" in remedy.code
    model = treated(build, remedy)
    for name in ("first", "second"):
        assert model.get_layer(name).momentum == 0.9
    assert not model.get_layer("second").scale
    assert same(weights(model.get_layer("out")), weights(build().layers[-1]))


def summary(x: np.ndarray, name: str = "") -> TensorSummary:
    mean, std = x.mean((0, 1)), x.std((0, 1))
    return TensorSummary(
        "input",
        name,
        x.shape,
        mean=float(x.mean()),
        std=float(x.std()),
        feature_mean=tuple(map(float, mean)),
        feature_std=tuple(map(float, std)),
    )


def test_an_input_is_scaled_with_the_numbers_that_were_measured() -> None:
    x = inputs(sequential())
    x[..., 1] = 7.0
    remedy = scales.normalization_layer(summary(x))
    model, old = apply(sequential(), remedy.edits), sequential()
    spread = np.where(np.arange(3) == 1, 1, x.std((0, 1)))
    scaled = (x - x.mean((0, 1))) / spread
    np.testing.assert_allclose(array(model.layers[0](x)), scaled, atol=1e-4)
    np.testing.assert_allclose(model(x), old(scaled), rtol=1e-3, atol=1e-5)


def test_only_the_named_input_is_scaled() -> None:
    a, b, tokens = inputs(functional())
    remedy = scales.normalization_layer(summary(b, "b"))
    model, old = apply(functional(), remedy.edits), functional()
    scaled = (b - b.mean((0, 1))) / b.std((0, 1))
    np.testing.assert_allclose(
        model([a, b, tokens]), old([a, scaled, tokens]), rtol=1e-3, atol=1e-5
    )


def test_what_only_fit_can_do_changes_no_model() -> None:
    with pytest.raises(NotApplicableError, match="changes what `fit` gets"):
        apply(sequential(), [ChangeFit({"epochs": 9})])
