"""What a person pastes and what `apply` does are the same, remedy by remedy."""

from __future__ import annotations

import inspect
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

from kgrad import remedies
from kgrad.records import Remedy, Setup
from kgrad.session.setup import setup_of
from kgrad.treatment import apply
from tests.treatment.models import array, compiled, find, layer_record

OPTIMIZERS = {
    "SGD": lambda: keras.optimizers.SGD(0.05, momentum=0.9, nesterov=True),
    "Adam": lambda: keras.optimizers.Adam(
        3e-4, clipnorm=2.0, gradient_accumulation_steps=2
    ),
    "RMSprop": lambda: keras.optimizers.RMSprop(
        keras.optimizers.schedules.ExponentialDecay(0.01, 9, 0.5), clipvalue=1.0
    ),
}
OF_OPTIMIZER = {
    "clip_gradients": remedies.clip_gradients,
    "smaller": lambda setup: remedies.learning_rate(setup, 0.1),
    "larger": lambda setup: remedies.learning_rate(setup, 100.0),
    "faster": lambda setup: remedies.faster(setup, 1e-7),
    "slower": lambda setup: remedies.slower(setup, 2.0),
    "decay": lambda setup: remedies.decay_learning_rate(setup, 640),
    "larger_batch": remedies.larger_batch,
    "weight_decay": remedies.weight_decay,
}
KEEPS_RATE = ("clip_gradients", "larger_batch", "weight_decay")

LAYERS = {
    "rnn": lambda: layers.SimpleRNN(
        4, return_sequences=True, dropout=0.25, name="rnn"
    ),
    "conv": lambda: layers.Conv1D(
        5, 3, padding="same", activation="relu", name="conv"
    ),
    "hidden": lambda: layers.Dense(
        6, use_bias=False, activation="sigmoid", name="hidden"
    ),
    "act": lambda: layers.Activation("tanh", name="act"),
    "out": lambda: layers.Dense(2, name="out"),
}
OF_LAYER = {
    "gated_cell": (remedies.gated_cell, "rnn"),
    "bounded_recurrence": (remedies.bounded_recurrence, "rnn"),
    "relu": (remedies.relu, "hidden"),
    "relu of an Activation": (remedies.relu, "act"),
    "leaky_relu": (remedies.leaky_relu, "conv"),
    "initial_weights": (remedies.initial_weights, "conv"),
    "initial_weights of an RNN": (remedies.initial_weights, "rnn"),
}


def build(optimizer: Any = None) -> keras.Model:
    keras.utils.set_random_seed(1)
    parts = [make() for make in LAYERS.values()]
    return compiled(
        keras.Sequential([layers.Input((5, 3)), *parts], name="net"), optimizer
    )


def told(config: dict[str, Any]) -> dict[str, Any]:
    """A config without names, and without what a model tells each layer."""
    own = ("name", "dtype", "trainable", "seed")
    return {
        name: told(value) if isinstance(value, dict) else value
        for name, value in config.items()
        if name not in own
    }


def pasted(code: str) -> Any:
    return eval(code, {"keras": keras})


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("remedy", OF_OPTIMIZER)
def test_the_optimizer_is_the_one_of_the_code(
    optimizer: str, remedy: str
) -> None:
    model = build(OPTIMIZERS[optimizer]())
    setup = setup_of(model, model.optimizer, {}, {})
    given = OF_OPTIMIZER[remedy](setup)
    names: dict[str, Any] = {"keras": keras}
    exec(given.code, names)
    expected = told(names["optimizer"].get_config())
    now = told(apply(model, given.edits).optimizer.get_config())
    if optimizer == "RMSprop" and remedy in KEEPS_RATE:
        # Code shows the rate of now, where the edit keeps the schedule.
        assert now.pop("learning_rate")["class_name"] == "ExponentialDecay"
        del expected["learning_rate"]
    assert now == expected


@pytest.mark.parametrize("remedy", OF_LAYER)
def test_the_layer_is_the_one_of_the_code(remedy: str) -> None:
    model = build()
    make, name = OF_LAYER[remedy]
    given = make(layer_record(model, name))
    expected = pasted(given.code)
    now = find(apply(model, given.edits), name)
    assert type(now) is type(expected)
    assert told(now.get_config()) == told(expected.get_config())


def test_several_layers_are_the_ones_of_the_lines() -> None:
    model = build()
    given = remedies.relu(*(layer_record(model, x) for x in ("hidden", "act")))
    whole = apply(model, given.edits)
    lines = given.code.splitlines()
    for line, name in zip(lines, ("hidden", "act"), strict=True):
        assert line.endswith(name)
        expected = told(pasted(line).get_config())
        assert told(find(whole, name).get_config()) == expected


def test_what_is_put_in_is_what_the_code_makes() -> None:
    model = build()
    behind = remedies.batch_normalization(layer_record(model, "rnn"))
    first = remedies.scale_inputs()
    last = remedies.dropout(layer_record(model, "hidden"))
    whole = apply(model, (*behind.edits, *first.edits, *last.edits))
    place_of = [layer.name for layer in whole.layers].index
    for remedy, place in (
        (first, 0),
        (behind, 2),
        (last, place_of("hidden") + 1),
    ):
        now, expected = whole.layers[place], pasted(remedy.code)
        assert type(now) is type(expected)
        assert told(now.get_config()) == told(expected.get_config())


@pytest.mark.parametrize("kind", [layers.LSTM, layers.GRU])
def test_the_gate_is_the_one_of_the_code(kind: type) -> None:
    def build() -> keras.Model:
        keras.utils.set_random_seed(1)
        rnn = kind(3, name="rnn")
        return compiled(keras.Sequential([layers.Input((5, 2)), rnn]))

    by_hand = build()
    remedy = remedies.open_gate(layer_record(by_hand, "rnn"), 100)
    exec(remedy.code, {"model": by_hand})
    model = apply(build(), remedy.edits)
    (expected,) = [x for x in by_hand.weights if x.name == "bias"]
    (now,) = [x for x in model.weights if x.name == "bias"]
    assert array(now).tolist() == array(expected).tolist()
    assert (array(now) == np.float32(4.6)).any()


def test_every_remedy_is_tested_here_or_by_hand_only() -> None:
    every = {
        name
        for name, value in vars(remedies).items()
        if inspect.isfunction(value)
        and value.__module__.startswith(remedies.__name__)
        and "Remedy" in inspect.signature(value).return_annotation
    }
    model = build()
    rnn = layer_record(model, "rnn")
    by_hand: list[Remedy] = [
        remedies.recurrent_batchnorm(rnn),
        remedies.shorter_sequences(),
        remedies.check_data(),
        remedies.check_labels(),
        remedies.stable_loss(),
        remedies.weaker_penalty(Setup(), 1.0),
    ]
    assert not any(remedy.edits for remedy in by_hand)
    assert every == {
        "recurrent_batchnorm",
        "shorter_sequences",
        "check_data",
        "check_labels",
        "stable_loss",
        "weaker_penalty",
        "early_stopping",
        "initial_weights",
        "faster",
        "slower",
        "smaller_steps",
        "clip_gradients",
        "weight_decay",
        "learning_rate",
        "decay_learning_rate",
        "larger_batch",
        "gated_cell",
        "identity_relu",
        "bounded_recurrence",
        "relu",
        "leaky_relu",
        "batch_normalization",
        "dropout",
        "scale_inputs",
        "open_gate",
    }
