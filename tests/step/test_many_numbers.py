"""Large variables are neither copied side by side nor made wider."""

from __future__ import annotations

import math
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

import kgrad
from kgrad.step.statistics.squares import MANY
from tests.step.reference import numbers

ROWS, UNITS = 130, 128
WIDE = {"Cast", "ConcatV2", "Pack"}
"""Operations that would make a copy of a variable, or a wider one."""


@pytest.mark.parametrize("clipping", [{}, {"global_clipnorm": 0.5}])
def test_no_operation_copies_a_large_variable(
    clipping: dict[str, float], tmp_path: Path
) -> None:
    assert ROWS * UNITS > MANY
    rng = np.random.default_rng(0)
    before = rng.standard_normal((2, ROWS, UNITS)).astype(np.float32)
    weights = [
        keras.Variable(value, name="kernel", dtype="float32")
        for value in before
    ]
    x = tf.constant(rng.standard_normal((8, ROWS)), tf.float32)
    optimizer = keras.optimizers.SGD(0.5, **clipping)
    optimizer.build(weights)

    @tf.function
    def step() -> list[tf.Tensor]:
        values = [weight.value for weight in weights]
        with tf.GradientTape() as tape:
            loss = sum(tf.reduce_mean((x @ value) ** 2) for value in values)
        gradients = tape.gradient(loss, values)
        optimizer.apply(gradients, weights)
        return gradients

    monitor = kgrad.GradientMonitor(
        tmp_path, signs=[], statistics=["all"], reporters=[]
    )
    with monitor.watch(None, optimizer):
        graph = step.get_concrete_function().graph
        gradients = step()
    # Clipping squares the gradients by itself.
    made = WIDE if clipping else WIDE | {"Square"}
    copies = [
        operation.name
        for operation in graph.get_operations()
        if operation.type in made
        for output in operation.outputs
        if output.shape.rank and math.prod(output.shape) >= ROWS * UNITS
    ]
    assert not copies

    history = monitor.history
    total = np.sqrt(sum((np.float64(g) ** 2).sum() for g in gradients))
    used = min(1, clipping.get("global_clipnorm", math.inf) / total)
    for column, gradient in enumerate(gradients):
        g = np.float64(gradient)
        w = np.float64(before[column])
        want = numbers([[g, used * g, w, w - 0.5 * used * g]])
        for name, value in want.items():
            np.testing.assert_allclose(
                history[name][0, column], value, rtol=1e-5, err_msg=name
            )
