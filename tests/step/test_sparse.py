"""The gradient of an embedding is never made dense, nor its table read."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

import kgrad

VOCABULARY = 100_003


def test_no_operation_spreads_a_sparse_gradient_over_the_vocabulary(
    tmp_path: Path,
) -> None:
    table = keras.Variable(np.ones((VOCABULARY, 2)), name="table")
    optimizer = keras.optimizers.SGD(0.5)
    optimizer.build([table])

    @tf.function
    def step() -> None:
        with tf.GradientTape() as tape:
            rows = tf.gather(table.value, [5, 7, 5])
            loss = tf.reduce_sum(rows * [[1.0, 0.0], [2.0, 0.0], [3.0, 0.0]])
        gradients = tape.gradient(loss, [table.value])
        assert isinstance(gradients[0], tf.IndexedSlices)
        optimizer.apply(gradients, [table])

    monitor = kgrad.GradientMonitor(
        tmp_path, signs=[], statistics=["all"], reporters=[]
    )
    with monitor.watch(None, optimizer):
        graph = step.get_concrete_function().graph
        step()
    large = {
        operation.type
        for operation in graph.get_operations()
        for output in operation.outputs
        if output.shape.rank and output.shape[0] == VOCABULARY
    }
    assert not large

    history = monitor.history
    np.testing.assert_allclose(history["gradient_norm"][:, 0], 4.472136)
    np.testing.assert_allclose(history["gradient_max"][:, 0], 4.0)
    np.testing.assert_allclose(history["zero_gradient_share"][:, 0], 0.5)
    np.testing.assert_allclose(history["update_norm"][:, 0], 2.236068)
