"""Trains under `TF_CONFIG`, for tests: run by `tests.step.cluster`.

    python -m tests.zoo.training.on_workers FOLDER HOW...

Each worker trains a model plain and watched, by `fit` and in a loop of its
own (`tape_loop`), or in a way of `Acting`; `FOLDER/N.npz` says what came of
it, and only the chief's `FOLDER/N` holds runs.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import tensorflow as tf

import kgrad
from kgrad.session import watch
from tests.step import modes, on_replicas
from tests.zoo.training.acting import Acting
from zoo.training import workers

STRATEGY = workers.strategy()
# One process alone reads by the clock, too: on a busy machine it would act at
# other steps.
watch.FLUSH_SECONDS = float("inf")


def fit(model: keras.Model, callbacks: list[Any], x: Any, y: Any) -> None:
    with workers.fitting(model):
        model.fit(
            x,
            y,
            on_replicas.BATCH,
            shuffle=False,
            verbose=0,
            validation_data=(x, y),
            callbacks=callbacks,
        )


def tape_loop(model: keras.Model, callbacks: list[Any], x: Any, y: Any) -> None:
    on_replicas.tape_loop(model, STRATEGY, callbacks, x, y)


def train(how: Any, folder: Path | None) -> tuple[Any, list[np.ndarray]]:
    keras.backend.clear_session()
    keras.utils.set_random_seed(1)
    with STRATEGY.scope():
        model = modes.gated()
        model.compile(keras.optimizers.Adam(on_replicas.RATE), "mse")
    callbacks = []
    if folder is not None:
        callbacks = [kgrad.GradientMonitor(folder, time_every=2)]
    how(model, callbacks, *modes.inputs())
    variables = [*model.variables, *model.optimizer.variables]
    state = [np.asarray(tf.convert_to_tensor(v)) for v in variables]
    return (callbacks[0] if callbacks else None), state


def main(folder: Path, names: list[str]) -> None:
    resolver = STRATEGY.cluster_resolver
    number = 0 if resolver is None else resolver.task_id
    found: dict[str, Any] = {}
    for how in (fit, tape_loop):
        name = how.__name__
        if name not in names:
            continue
        _, plain = train(how, None)
        monitor, watched = train(how, folder / str(number) / name)
        for i, (a, b) in enumerate(zip(plain, watched, strict=True)):
            found[f"{name} plain {i}"], found[f"{name} watched {i}"] = a, b
        history = monitor.history
        for measure in history.measures:
            found[f"{name} {measure.name}"] = history[measure.name]
        found[f"{name} loss"] = history.loss
        found[f"{name} epochs"] = [
            list(epoch.logs.values()) for epoch in history.epochs
        ]
        found[f"{name} profiles"] = [
            p.norm for sample in history.samples for p in sample.profiles
        ]
        found[f"{name} findings"] = [str(f) for f in monitor.findings]
    acting = Acting(STRATEGY, folder / str(number) / "acting")
    found |= acting.results(names)
    np.savez(folder / f"{number}.npz", **found)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
