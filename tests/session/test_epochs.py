"""The metrics of an epoch and the number of samples behind each."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np

import kgrad


def test_samples_of_training_and_of_validation(tmp_path: Path) -> None:
    x = np.random.default_rng(0).random((40, 3)).astype(np.float32)
    y = (x[:, 0] > 0.5).astype(np.float32)
    model = keras.Sequential(
        [keras.Input((3,)), keras.layers.Dense(1, activation="sigmoid")]
    )
    model.compile("sgd", "binary_crossentropy", metrics=["accuracy"])
    monitor = kgrad.GradientMonitor(
        tmp_path, signs=[], statistics=["all"], reporters=[]
    )
    told = model.fit(
        x,
        y,
        4,
        epochs=2,
        validation_split=0.2,
        verbose=0,
        callbacks=[monitor],
    )
    epochs = monitor.history.epochs
    assert [epoch.step for epoch in epochs] == [8, 16]
    for i, epoch in enumerate(epochs):
        assert epoch.samples["accuracy"] == 32
        assert epoch.samples["val_accuracy"] == 8
        for name, values in told.history.items():
            assert epoch.logs[name] == values[i]
