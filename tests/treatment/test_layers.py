"""Layers changed by `apply`, against models that are built so by hand."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import layers

from kgrad import remedies
from kgrad.records import Edit
from kgrad.records.edits import (
    AddBatchNormalization,
    ChangeLayer,
    ReplaceLayer,
    ScaleInputs,
    StopEarly,
)
from kgrad.session.setup import setup_of
from kgrad.treatment import NotApplicableError, apply
from tests.treatment.models import (
    Build,
    array,
    compiled,
    find,
    functional,
    inputs,
    layer_record,
    nested,
    same,
    sequential,
    subclassed,
    weights,
)

BUILDS = pytest.mark.parametrize("build", [sequential, functional, nested])


def others(model: keras.Model, *names: str) -> dict[str, list[np.ndarray]]:
    """The weights of all layers that have some, but for the named ones."""
    return {
        layer.name: weights(layer)
        for layer in model._flatten_layers(include_self=False, recursive=True)
        if layer.weights
        and layer.name not in (*names, "inner")
        and "cell" not in layer.name
    }


@BUILDS
def test_an_lstm_takes_the_place_of_a_simple_rnn(build: Build) -> None:
    edits = remedies.gated_cell(layer_record(build(), "rnn")).edits
    model = apply(build(), edits)
    lstm = find(model, "rnn")
    assert type(lstm) is layers.LSTM
    assert lstm.units == 4
    expected = others(build(), "rnn")
    assert len(expected) >= 2
    for name, values in expected.items():
        assert same(weights(find(model, name)), values), name
    assert model.name == "net"
    assert model(inputs(model)).shape == (8, 2)


def test_what_the_new_model_computes_is_what_one_by_hand_computes() -> None:
    edits = remedies.gated_cell(layer_record(sequential(), "rnn")).edits
    model = apply(sequential(), edits)
    old = sequential()
    by_hand = keras.Sequential(
        [
            layers.Input((5, 3)),
            layers.LSTM(4),
            old.get_layer("hidden"),
            old.get_layer("out"),
        ]
    )
    by_hand.layers[0].set_weights(weights(find(model, "rnn")))
    x = inputs(model)
    np.testing.assert_allclose(model(x), by_hand(x), rtol=1e-5)


@BUILDS
def test_new_weights_follow_from_the_seed_and_leave_others_alone(
    build: Build,
) -> None:
    edits = remedies.gated_cell(layer_record(build(), "rnn")).edits
    made = []
    for seed in (3, 3, 4):
        model = build()
        keras.utils.set_random_seed(7)
        made.append(weights(find(apply(model, edits, seed=seed), "rnn")))
        drawn = keras.initializers.GlorotUniform()((2, 2))
        keras.utils.set_random_seed(7)
        expected = keras.initializers.GlorotUniform()((2, 2))
        np.testing.assert_array_equal(drawn, expected)
    assert same(made[0], made[1])
    assert not same(made[0], made[2])


def test_what_the_layer_was_told_besides_stays() -> None:
    def build() -> keras.Model:
        rnn = layers.SimpleRNN(
            4,
            return_sequences=True,
            go_backwards=True,
            use_bias=False,
            kernel_regularizer="l2",
            activation="relu",
            recurrent_initializer="identity",
            name="rnn",
        )
        out = layers.Dense(2, name="out")
        return compiled(keras.Sequential([layers.Input((5, 3)), rnn, out]))

    remedy = remedies.gated_cell(layer_record(build(), "rnn"))
    lstm = find(apply(build(), remedy.edits), "rnn")
    assert lstm.return_sequences
    assert lstm.go_backwards
    assert not lstm.use_bias
    assert isinstance(lstm.kernel_regularizer, keras.regularizers.L2)
    assert lstm.activation is keras.activations.tanh
    config = lstm.get_config()["recurrent_initializer"]
    assert config["class_name"] == "Orthogonal"


@BUILDS
def test_an_activation_changes_and_only_its_initializer_with_it(
    build: Build,
) -> None:
    edits = remedies.relu(layer_record(build(), "hidden")).edits
    model, old = apply(build(), edits), build()
    hidden = find(model, "hidden")
    assert hidden.activation is keras.activations.relu
    (kernel, bias), before = weights(hidden), weights(find(old, "hidden"))
    assert not np.array_equal(kernel, before[0])
    # The spread of he_normal, cut off at two sigma and made up for.
    assert 0.5 < kernel.std() / np.sqrt(2 / len(kernel)) < 1.5
    np.testing.assert_array_equal(bias, before[1])
    for name, values in others(old, "hidden").items():
        assert same(weights(find(model, name)), values), name


def test_a_leaky_relu_begins_with_the_weights_that_were_there() -> None:
    edits = remedies.leaky_relu(layer_record(sequential(), "hidden")).edits
    given = sequential()
    find(given, "hidden").bias.assign([1, 2, 3, 4, 5, 6])
    before = weights(find(given, "hidden"))
    hidden = find(apply(given, edits), "hidden")
    assert same(weights(hidden), before)
    assert hidden.activation is keras.activations.leaky_relu


def test_a_layer_without_weights_yet_begins_as_it_would_have() -> None:
    def build() -> keras.Model:
        keras.utils.set_random_seed(1)
        hidden = layers.Dense(6, activation="relu", name="hidden")
        out = layers.Dense(2, name="out")
        return compiled(keras.Sequential([hidden, out], name="net"))

    edits = (ChangeLayer("net/hidden", {"activation": "leaky_relu"}),)
    model, old = apply(build(), edits), build()
    x = np.ones((2, 3), np.float32)
    model(x), old(x)
    assert model.layers[0].activation is keras.activations.leaky_relu
    for now, before in zip(model.layers, old.layers, strict=True):
        assert same(weights(now), weights(before))


def test_the_recurrence_starts_as_identity_and_the_rest_as_before() -> None:
    model = sequential()
    setup = setup_of(model, model.optimizer, {}, {})
    edits = remedies.identity_relu(setup, layer_record(model, "rnn")).edits
    treated = apply(model, edits)
    kernel, recurrent, bias = weights(find(treated, "rnn"))
    before = weights(find(sequential(), "rnn"))
    np.testing.assert_array_equal(recurrent, np.eye(4))
    assert same([kernel, bias], [before[0], before[2]])
    # Relu lets gradients grow, so they are clipped.
    assert treated.optimizer.global_clipnorm == 1.0


@BUILDS
def test_batch_normalization_stands_behind_the_layer(build: Build) -> None:
    edits = remedies.batch_normalization(layer_record(build(), "hidden")).edits
    model, old = apply(build(), edits), build()
    for name, values in others(old).items():
        assert same(weights(find(model, name)), values), name
    normalized = find(model, "hidden_batch_normalization")
    mean, variance = np.arange(6) / 10, np.arange(1, 7) / 10
    normalized.moving_mean.assign(mean)
    normalized.moving_variance.assign(variance)
    x = inputs(model)
    if build is functional:
        inner = keras.Model(old.input, find(old, "hidden").output)
    else:
        inner = keras.Sequential(old.layers[: 1 if build is nested else 2])
    hidden = (array(inner(x)) - mean) / np.sqrt(variance + 1e-3)
    expected = find(old, "out")(hidden)
    np.testing.assert_allclose(model(x), expected, rtol=1e-4, atol=1e-5)


def test_the_answer_of_the_model_is_never_normalized() -> None:
    for build in (sequential, functional):
        remedy = remedies.batch_normalization(layer_record(build(), "out"))
        with pytest.raises(NotApplicableError, match="`out` is the model's"):
            apply(build(), remedy.edits)
    parts = [layers.Input((5, 3)), layers.SimpleRNN(2, name="rnn")]
    model = compiled(keras.Sequential(parts))
    remedy = remedies.batch_normalization(layer_record(model, "rnn"))
    with pytest.raises(NotApplicableError, match="`rnn` is the model's"):
        apply(model, remedy.edits)


@pytest.mark.parametrize("kind", [layers.LSTM, layers.GRU])
def test_a_gate_starts_open_and_the_other_biases_as_before(kind: type) -> None:
    def build() -> keras.Model:
        keras.utils.set_random_seed(1)
        rnn, out = kind(3, name="rnn"), layers.Dense(2)
        return compiled(keras.Sequential([layers.Input((5, 2)), rnn, out]))

    model = build()
    edits = remedies.open_gate(layer_record(model, "rnn"), 21).edits
    before = array(find(model, "rnn").cell.bias)
    after = array(find(apply(model, edits), "rnn").cell.bias)
    gate = slice(3, 6) if kind is layers.LSTM else slice(0, 3)
    np.testing.assert_array_equal(after[..., gate], 3.0)
    after[..., gate] = before[..., gate]
    np.testing.assert_array_equal(after, before)


def test_a_gate_of_a_layer_without_bias_cannot_start_open() -> None:
    for given, reason in (
        (
            [layers.Input((5, 2)), layers.LSTM(3, use_bias=False)],
            "has no bias.",
        ),
        ([layers.LSTM(3)], "no bias yet"),
    ):
        model = compiled(keras.Sequential([*given, layers.Dense(2)]))
        name = layer_record(model, given[-1].name)
        with pytest.raises(NotApplicableError, match=reason):
            apply(model, remedies.open_gate(name, 21).edits)


def test_the_layers_of_a_subclassed_model_cannot_be_changed() -> None:
    edits: list[Edit] = [
        ReplaceLayer("net/rnn", "LSTM"),
        AddBatchNormalization("net/rnn"),
        ScaleInputs(),
    ]
    for edit in edits:
        with pytest.raises(NotApplicableError, match="inside a `Subclassed`"):
            apply(subclassed(), [edit])


def test_a_layer_in_a_wrapper_cannot_be_changed() -> None:
    both = layers.Bidirectional(layers.SimpleRNN(2, name="rnn"))
    model = keras.Sequential([layers.Input((5, 2)), both, layers.Dense(2)])
    remedy = remedies.gated_cell(layer_record(compiled(model), "forward_rnn"))
    with pytest.raises(NotApplicableError, match="inside a `Bidirectional`"):
        apply(model, remedy.edits)


def test_a_layer_that_is_not_there_is_named() -> None:
    edit = ReplaceLayer("net/gone", "LSTM")
    with pytest.raises(NotApplicableError, match="no layer `net/gone`"):
        apply(sequential(), [edit])


def test_an_edit_that_is_none_is_refused() -> None:
    with pytest.raises(TypeError, match="`edits` must be a list of"):
        apply(sequential(), ["clip"])  # type: ignore[list-item]
    with pytest.raises(TypeError, match="`model` must be a compiled"):
        apply(keras.Sequential([layers.Dense(1)]), [])
    with pytest.raises(NotApplicableError, match="is a callback"):
        apply(sequential(), [StopEarly(patience=5)])
