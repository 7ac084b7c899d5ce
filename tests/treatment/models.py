"""Small models to be treated, and the layers of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import layers

from kgrad.records import Layer
from kgrad.remedies import layer_of
from kgrad.session.setup import setup_of

Build = Callable[[], keras.Model]


def squared(y: Any, prediction: Any) -> Any:
    """A loss that no config can carry."""
    return keras.ops.mean((y - prediction) ** 2)


def compiled(model: keras.Model, optimizer: Any = None) -> keras.Model:
    model.compile(optimizer or keras.optimizers.SGD(0.1), squared)
    return model


def sequential() -> keras.Model:
    keras.utils.set_random_seed(1)
    return compiled(
        keras.Sequential(
            [
                layers.Input((5, 3)),
                layers.SimpleRNN(4, name="rnn"),
                layers.Dense(6, activation="sigmoid", name="hidden"),
                layers.Dropout(0.5, name="dropout"),
                layers.Dense(2, name="out"),
            ],
            name="net",
        )
    )


def functional() -> keras.Model:
    """Two inputs of real numbers and one of tokens, and a shared layer."""
    keras.utils.set_random_seed(1)
    a, b = layers.Input((5, 3), name="a"), layers.Input((5, 3), name="b")
    tokens = layers.Input((5,), dtype="int32", name="tokens")
    shared = layers.SimpleRNN(4, name="rnn")
    hidden = layers.Dense(6, activation="sigmoid", name="hidden")
    x = layers.Concatenate()(
        [
            shared(a),
            shared(b),
            layers.Flatten()(layers.Embedding(7, 2, name="words")(tokens)),
        ]
    )
    out = layers.Dense(2, name="out")(hidden(x))
    return compiled(keras.Model([a, b, tokens], out, name="net"))


def nested() -> keras.Model:
    """The same layers as `sequential`, two of them in a model inside."""
    keras.utils.set_random_seed(1)
    x = layers.Input((5, 3))
    h = layers.SimpleRNN(4, name="rnn")(x)
    inner = keras.Model(
        x, layers.Dense(6, activation="sigmoid", name="hidden")(h), name="inner"
    )
    return compiled(
        keras.Sequential(
            [layers.Input((5, 3)), inner, layers.Dense(2, name="out")],
            name="net",
        )
    )


class Subclassed(keras.Model):
    def __init__(self) -> None:
        super().__init__(name="net")
        self.rnn = layers.SimpleRNN(4, name="rnn")
        self.out = layers.Dense(2, name="out")

    def call(self, x: Any) -> Any:
        return self.out(self.rnn(x))


def subclassed() -> keras.Model:
    keras.utils.set_random_seed(1)
    return compiled(Subclassed())


def inputs(model: keras.Model, n: int = 8) -> Any:
    """`n` samples for a functional or Sequential model of this file."""
    rng = np.random.default_rng(0)
    x = rng.normal(3.0, 2.0, (n, 5, 3)).astype(np.float32)
    if len(model.inputs) == 1:
        return x
    return [x, 10 * x[::-1], rng.integers(0, 7, (n, 5))]


def layer_record(model: keras.Model, name: str) -> Layer:
    """What a remedy is told of the layer of this name."""
    setup = setup_of(model, model.optimizer, {}, {})
    (path,) = [
        x.name for x in setup.layers if x.name.rpartition("/")[2] == name
    ]
    layer = layer_of(setup, path)
    assert layer is not None
    return layer


def find(model: keras.Model, name: str) -> Any:
    """The layer of this name, also in a model inside."""
    (found,) = [x for x in model._flatten_layers() if x.name == name]
    return found


def array(tensor: Any) -> np.ndarray:
    """A copy of a tensor or variable."""
    return np.array(tensor.numpy())


def weights(layer: Any) -> list[np.ndarray]:
    return [array(x) for x in layer.weights]


def same(left: list[np.ndarray], right: list[np.ndarray]) -> bool:
    return len(left) == len(right) and all(
        np.array_equal(a, b) for a, b in zip(left, right, strict=True)
    )
