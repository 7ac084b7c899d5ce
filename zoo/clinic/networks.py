"""The models of the cases: dense, convolutional and recurrent, compiled."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
from keras import layers

from zoo.layers.cells import CELLS


def classifier(
    inputs: tuple[int | None, ...],
    hidden: Sequence[Any],
    classes: int,
    optimizer: Any = "adam",
    dtype: str = "float32",
    **compiled: Any,
) -> keras.Model:
    """Hidden layers and a softmax over the classes.

    Args:
        inputs: Shape of a sample.
        hidden: Keras layers.
        classes: How many there are.
        optimizer: As in `compile`.
        dtype: Type of the inputs.
        **compiled: Further arguments of `compile`.
    """
    readout = layers.Dense(
        classes, activation="softmax", dtype="float32", name="readout"
    )
    model = keras.Sequential(
        [layers.Input(inputs, dtype=dtype), *hidden, readout]
    )
    model.compile(
        **{
            "optimizer": optimizer,
            "loss": "sparse_categorical_crossentropy",
            "metrics": ["accuracy"],
            "jit_compile": False,
        }
        | compiled
    )
    return model


def regressor(
    inputs: tuple[int | None, ...],
    hidden: Sequence[Any],
    optimizer: Any = "adam",
    **compiled: Any,
) -> keras.Model:
    """Hidden layers and one number."""
    model = keras.Sequential(
        [layers.Input(inputs), *hidden, layers.Dense(1, name="readout")]
    )
    model.compile(
        **{
            "optimizer": optimizer,
            "loss": "mse",
            "metrics": ["mse"],
            "jit_compile": False,
        }
        | compiled
    )
    return model


def dense(
    depth: int, units: int = 16, activation: str = "relu", **arguments: Any
) -> list[Any]:
    """Dense layers of the same width."""
    return [
        layers.Dense(
            units, activation=activation, name=f"hidden_{i + 1}", **arguments
        )
        for i in range(depth)
    ]


def convolutions(
    activation: str = "relu", filters: int = 8, depth: int = 2, **arguments: Any
) -> list[Any]:
    """Convolutions of 3 x 3, and what is largest in each 2 x 2 of them."""
    return [
        *(
            layers.Conv2D(
                filters,
                3,
                padding="same",
                activation=activation,
                name=f"conv_{i + 1}",
                **arguments,
            )
            for i in range(depth)
        ),
        layers.MaxPooling2D(2),
        layers.Flatten(),
    ]


def recurrent(cell: str, units: int = 24, **arguments: Any) -> list[Any]:
    """One recurrent layer: `"simple_rnn"`, `"lstm"` or `"gru"`."""
    return [CELLS[cell].layer(units, name=cell, **arguments)]


def normal(stddev: float) -> Any:
    """Initial weights of an unusual scale."""
    return keras.initializers.RandomNormal(stddev=stddev)


sgd = keras.optimizers.SGD
adam = keras.optimizers.Adam
cosine = keras.optimizers.schedules.CosineDecay
constant = keras.initializers.Constant
