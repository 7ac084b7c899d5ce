"""Small programs that learn, to be spoiled: data, a model and its loss."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Self

import keras
from keras import layers

from zoo.clinic import data
from zoo.clinic.case import Array, Samples
from zoo.clinic.networks import adam, convolutions, dense, recurrent

Flaw = Callable[[Samples], Samples]

Output = tuple[int, str | None, str]
"""Units, activation and loss."""


@dataclass(frozen=True, kw_only=True)
class Program:
    """A program that learns its task within seconds.

    Args:
        data: Makes the samples.
        inputs: Shape of a sample.
        hidden: Makes the hidden layers.
        units: Units of the last layer; 0 if the hidden ones end with it.
        activation: Its activation.
        loss: As in `compile`.
        metrics: As in `compile`.
        optimizer: Makes the optimizer.
        compiled: Further arguments of `compile`.
        epochs: Epochs to train.
        dtype: Type of the inputs.
    """

    data: Callable[[], Samples]
    inputs: tuple[int | None, ...]
    hidden: Callable[[], list[Any]]
    units: int
    activation: str | None = "softmax"
    loss: Any = "sparse_categorical_crossentropy"
    metrics: tuple[str, ...] = ("accuracy",)
    optimizer: Callable[[], Any] = lambda: adam(0.005)
    compiled: Mapping[str, Any] = field(default_factory=dict)
    epochs: int = 6
    dtype: str = "float32"

    def but(self, **changes: Any) -> Self:
        """The program with other parts."""
        return replace(self, **changes)

    def __call__(self, flaw: Flaw | None = None, **fields: Any) -> Any:
        """The fields of a case.

        Args:
            flaw: What becomes of the samples.
            **fields: Further fields of the case.
        """
        samples = self.data
        return {
            "build": self.build,
            "data": samples if flaw is None else lambda: flaw(samples()),
            "epochs": self.epochs,
        } | fields

    def build(self) -> keras.Model:
        """The compiled model."""
        stack = [layers.Input(self.inputs, dtype=self.dtype), *self.hidden()]
        if self.units:
            stack.append(
                layers.Dense(
                    self.units, activation=self.activation, name="readout"
                )
            )
        return self.compile(keras.Sequential(stack))

    def compile(self, model: keras.Model) -> keras.Model:
        """The same for a model of another structure."""
        model.compile(
            **{
                "optimizer": self.optimizer(),
                "loss": self.loss,
                "metrics": list(self.metrics),
                "jit_compile": False,
                **self.compiled,
            }
        )
        return model


def asked_twice(
    program: Program, second: Output, ask: Callable[[Array, Array], Array]
) -> dict[str, Any]:
    """The fields of a case: another question about the same inputs.

    Args:
        program: What is asked first.
        second: Units, activation and loss of the other output.
        ask: From inputs and targets to those of the other output.
    """
    units, activation, loss = second
    both = program.but(
        loss={"first": program.loss, "second": loss},
        compiled={"metrics": {"first": list(program.metrics)}},
    )

    def build() -> keras.Model:
        inputs = layers.Input(program.inputs, dtype=program.dtype)
        x = inputs
        for layer in program.hidden():
            x = layer(x)
        outputs = {
            "first": layers.Dense(
                program.units, activation=program.activation, name="first"
            )(x),
            "second": layers.Dense(units, activation=activation, name="second")(
                x
            ),
        }
        return both.compile(keras.Model(inputs, outputs))

    def questions() -> Samples:
        samples = program.data()
        x, x_validation = samples.x, samples.x_validation
        y, y_validation = samples.y, samples.y_validation
        return replace(
            samples,
            y={"first": y, "second": ask(x, y)},
            y_validation={
                "first": y_validation,
                "second": ask(x_validation, y_validation),
            },
        )

    return {"build": build, "data": questions, "epochs": program.epochs}


def embedded(*stack: Any, vocabulary: int = 60, **arguments: Any) -> list[Any]:
    """Words as vectors, before further layers."""
    return [layers.Embedding(vocabulary, 12, **arguments), *stack]


def both_ways(units: int = 12) -> Any:
    """An LSTM from either end."""
    return layers.Bidirectional(layers.LSTM(units))


def convolution() -> list[Any]:
    """A convolution over time, and the most of each of its filters."""
    return [
        layers.Conv1D(24, 4, activation="relu"),
        layers.GlobalMaxPooling1D(),
    ]


XLA = {"jit_compile": True}
"""Where a label or an id out of range makes no error."""

CLASSES = {
    "dense": Program(
        data=lambda: data.blobs(1200),
        inputs=(2,),
        hidden=lambda: dense(2),
        units=3,
    ),
    "conv": Program(
        data=data.digits, inputs=(8, 8, 1), hidden=convolutions, units=10
    ),
    "rnn": Program(
        data=lambda: data.recent(12, 1600),
        inputs=(12, 1),
        hidden=lambda: recurrent("simple_rnn", 16),
        units=2,
    ),
    "gru": Program(
        data=lambda: data.recent(12, 1600),
        inputs=(12, 1),
        hidden=lambda: recurrent("gru", 16),
        units=2,
    ),
    "lstm-words": Program(
        data=data.topics,
        inputs=(12,),
        hidden=lambda: embedded(*recurrent("lstm", 16)),
        units=3,
        dtype="int32",
    ),
    "bidirectional-words": Program(
        data=lambda: data.topics(classes=5),
        inputs=(12,),
        hidden=lambda: embedded(both_ways()),
        units=5,
        dtype="int32",
    ),
    "conv-words": Program(
        data=lambda: data.topics(classes=4),
        inputs=(12,),
        hidden=lambda: embedded(*convolution()),
        units=4,
        dtype="int32",
    ),
}
"""Programs whose labels are whole numbers, one unit for each."""

_PAIR: dict[str, Any] = {
    "units": 1,
    "activation": "sigmoid",
    "loss": "binary_crossentropy",
}

BINARY = {
    "dense": CLASSES["dense"].but(
        data=lambda: data.circles(1200),
        **_PAIR,
        optimizer=lambda: adam(0.01),
    ),
    "conv": CLASSES["conv"].but(
        data=lambda: data.changed(data.digits(), y=lambda y: y % 2), **_PAIR
    ),
    "gru": CLASSES["gru"].but(**_PAIR),
    "lstm-words": CLASSES["lstm-words"].but(
        data=lambda: data.topics(classes=2), **_PAIR
    ),
    "bidirectional-words": CLASSES["bidirectional-words"].but(
        data=lambda: data.topics(classes=2), **_PAIR
    ),
}
"""Programs with two classes and one unit."""

_NUMBER: dict[str, Any] = {
    "units": 1,
    "activation": None,
    "loss": "mse",
    "metrics": ("mae",),
}

NUMBERS = {
    "dense": Program(
        data=lambda: data.line(1200),
        inputs=(8,),
        hidden=lambda: dense(1, 32),
        **_NUMBER,
    ),
    "conv": CLASSES["conv"].but(data=data.leaning, **_NUMBER),
    "conv-waves": Program(
        data=data.waves,
        inputs=(16, 1),
        hidden=lambda: [
            layers.Conv1D(16, 4, activation="relu"),
            layers.Flatten(),
        ],
        **_NUMBER,
    ),
    **{
        f"{cell}-waves": Program(
            data=data.waves,
            inputs=(16, 1),
            hidden=partial(recurrent, cell, 16),
            **_NUMBER,
        )
        for cell in ("simple_rnn", "lstm", "gru")
    },
}
"""Programs whose targets are numbers of a scale of about 1."""
