"""A loop of one's own shows its batches."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

import kgrad
from kgrad.records.summaries import summarize_batch
from tests.small import BATCH, data, dense


def _train(monitor: kgrad.GradientMonitor, model: keras.Model) -> None:
    x, y = data(8)
    with monitor.watch(model):
        for i in range(0, len(x), BATCH):
            batch, target = x[i : i + BATCH], tf.constant(y[i : i + BATCH])
            with tf.GradientTape() as tape:
                y_pred = model(batch, training=True)
                loss = tf.reduce_mean((y_pred - target) ** 2)
            weights = model.trainable_variables
            model.optimizer.apply(tape.gradient(loss, weights), weights)
            monitor.observe(batch, target, y_pred)


def test_some_batches_are_summarized(tmp_path: Path) -> None:
    monitor = kgrad.GradientMonitor(
        tmp_path, signs=[], reporters=[], time_every=3
    )
    model = dense()
    first = np.asarray(model(data(8)[0][:BATCH]))
    _train(monitor, model)
    samples = monitor.history.samples
    assert [sample.step for sample in samples] == [1, 4, 7]
    x, y = data(8)
    defined = summarize_batch(x[:BATCH], y[:BATCH], first)
    assert samples[0].data is not None
    read = samples[0].data.tensors[:2]
    assert repr(read) == repr(defined.tensors[:2])  # With NaN in it.
    (prediction,) = samples[0].data.of("prediction")
    assert prediction.mean == pytest.approx(defined.tensors[2].mean)
    loaded = kgrad.RunHistory.load(tmp_path).samples
    assert repr(loaded) == repr(samples)


def test_outside_a_watched_loop_nothing_happens(tmp_path: Path) -> None:
    kgrad.GradientMonitor(tmp_path, signs=[], reporters=[]).observe(1)


def test_what_cannot_be_read_is_said_once(tmp_path: Path) -> None:
    monitor = kgrad.GradientMonitor(
        tmp_path, signs=[], reporters=[], time_every=1
    )

    @tf.function(autograph=False)  # It warns on Python 3.13.
    def inside(x: Any) -> Any:
        monitor.observe(x)
        return x

    model = dense()
    with monitor.watch(model):
        weights = model.trainable_variables
        model.optimizer.apply([tf.zeros_like(w) for w in weights], weights)
        with pytest.warns(RuntimeWarning, match="batches cannot be read"):
            inside(tf.ones(2))
        inside(tf.ones(3))
