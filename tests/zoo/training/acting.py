"""Actions of several workers, for tests: run by `on_workers`."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

import kgrad
from kgrad.actions import Action, AutoClip, Restore, Skip, Stop
from kgrad.step.replicas import all_say_so, is_chief
from tests.actions import on_replicas
from tests.actions.training import BATCH
from zoo.training import workers


def descent() -> Any:
    return keras.optimizers.SGD(0.05, momentum=0.9)


class Acting:
    """Trains with actions, on all workers or alone.

    Args:
        strategy: On which.
        folder: Where this worker's run folders go.
    """

    def __init__(self, strategy: Any, folder: Path) -> None:
        self._strategy = strategy
        self._folder = folder
        self._model: Any = None
        self._monitor: Any = None

    def results(self, names: Sequence[str]) -> dict[str, Any]:
        """What came of some ways to train, by their names and a space."""
        found: dict[str, Any] = {}
        for train in (self.guarded, self.restored, self.scaled, self.asking):
            name = train.__name__
            if name not in names:
                continue
            train()
            variables = [
                *self._model.variables,
                *self._model.optimizer.variables,
            ]
            for i, variable in enumerate(variables):
                found[f"{name} state {i}"] = tf.convert_to_tensor(variable)
            acts = self._monitor.history.actions
            found[f"{name} acts"] = [act.what for act in acts]
            found[f"{name} stopped"] = self._monitor.stopped
        if self._model is None:
            return found
        chief = is_chief(self._strategy)
        optimizer = self._model.optimizer
        found["all say so"] = [
            all_say_so(optimizer, here) for here in (True, chief, False)
        ]
        return found

    def guarded(self) -> None:
        """Steps that one worker alone has spoilt; and norms are clipped."""
        skip = Skip(factor=100, warmup=4, patience=1)
        actions = [skip, AutoClip(30), Restore(), Stop()]
        self._fit("guarded", on_replicas.ill(), actions)

    def restored(self) -> None:
        """Restored once, given up after that, and then stopped."""
        places = dict.fromkeys((6, 14), on_replicas.LAST)
        batches = on_replicas.spoilt(places, math.nan, steps=24)
        actions = [Restore(every=4, attempts=1), Stop()]
        self._fit("restored", batches, actions)

    def scaled(self) -> None:
        """An overflow that the chief's own replica does not see."""
        places = {5: on_replicas.FIRST, 8: on_replicas.LAST}
        batches = on_replicas.spoilt(places, math.inf)
        self._fit("scaled", batches, [Skip()], on_replicas.scaled)

    def asking(self) -> None:
        """A loop that asks; one worker, the chief, reads in between."""
        x, y = on_replicas.spoilt({6: on_replicas.FIRST}, math.nan, steps=24)
        self._build("asking", [Stop()])
        model, monitor = self._model, self._monitor
        with self._strategy.scope():
            model.optimizer.build(model.trainable_variables)

        def step(x: Any, y: Any) -> None:
            with tf.GradientTape() as tape:
                error = (model(x, training=True) - y) ** 2
                loss = tf.reduce_sum(tf.reduce_mean(error, axis=1)) / BATCH
            weights = model.trainable_variables
            model.optimizer.apply(tape.gradient(loss, weights), weights)

        @tf.function
        def run(x: Any, y: Any) -> None:
            self._strategy.run(step, args=(x, y))

        with monitor.watch(model):
            for i, batch in enumerate(self._batches(x, y)):
                run(*batch)
                if monitor.run_actions():
                    break
                if i == 6 and is_chief(self._strategy):
                    assert len(monitor.history.steps) == 7

    def _batches(self, x: np.ndarray, y: np.ndarray) -> Iterator[Any]:
        data = tf.data.Dataset.from_tensor_slices((x, y)).batch(BATCH)
        return iter(self._strategy.experimental_distribute_dataset(data))

    def _fit(
        self,
        name: str,
        batches: Any,
        actions: list[Action],
        optimizer: Callable[[], Any] = descent,
    ) -> None:
        self._build(name, actions, optimizer)
        with workers.fitting(self._model):
            self._model.fit(
                *batches,
                BATCH,
                shuffle=False,
                verbose=0,
                callbacks=[self._monitor],
            )

    def _build(
        self,
        name: str,
        actions: list[Action],
        optimizer: Callable[[], Any] = descent,
    ) -> None:
        keras.backend.clear_session()
        with self._strategy.scope():
            self._model = on_replicas.plain()
            self._model.compile(optimizer(), "mse", metrics=["mae"])
        self._monitor = kgrad.GradientMonitor(
            self._folder / name, reporters=[], window=4, actions=actions
        )
