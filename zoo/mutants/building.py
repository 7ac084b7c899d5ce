"""From a program to its compiled Keras model."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import layers

from zoo.mutants.program import Program


def build(program: Program) -> keras.Model:
    """The compiled model."""
    samples = program.samples()
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(program.policy)
    try:
        model = _model(program, samples.x.shape[1:], samples.x.dtype)
    finally:
        keras.config.set_dtype_policy(before)
    model.compile(
        optimizer=_optimizer(program, len(samples.x)),
        loss=_loss(program),
        metrics=[program.metric],
        jit_compile=False,
    )
    return model


def _model(
    program: Program, shape: tuple[int, ...], dtype: np.dtype[Any]
) -> keras.Model:
    inputs = keras.Input(shape, dtype=dtype.name)
    readout = layers.Dense(
        program.units,
        activation=program.activation or None,
        dtype="float32",
        name="readout",
    )

    def edit(layer: Any) -> Any:
        for each in program.edits:
            layer = each(layer)
        return layer

    return keras.Model(inputs, readout(program.hidden(inputs, edit)))


def _optimizer(program: Program, size: int) -> Any:
    rate: Any = program.rate
    if program.decays:
        rate = keras.optimizers.schedules.CosineDecay(rate, program.steps(size))
    return keras.optimizers.get(
        {
            "class_name": program.optimizer,
            "config": {
                "learning_rate": keras.saving.serialize_keras_object(rate),
                **program.optimizer_arguments,
            },
        }
    )


def _loss(program: Program) -> Any:
    if not program.from_logits:
        return program.loss
    kinds = {
        "binary_crossentropy": keras.losses.BinaryCrossentropy,
        "sparse_categorical_crossentropy": (
            keras.losses.SparseCategoricalCrossentropy
        ),
    }
    return kinds[program.loss](from_logits=True)
