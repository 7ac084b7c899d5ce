"""Training on several processes, by what `TF_CONFIG` says.

Keras 3's own `fit` fails under `tf.distribute.MultiWorkerMirroredStrategy`
(https://github.com/keras-team/keras/issues/20585, open; seen in 3.8 to
3.15), in two places:

- before the first step it averages a batch over all workers, to see its
  shapes; `Strategy.reduce` refuses that outside of a `tf.function`. One
  worker's part of the batch has the shapes as well.
- after each step it averages the logs over workers along axis 0, which
  scalars do not have. With an axis of length 1 in front they do.

`fitting` works around both while it is open. Once Keras has fixed them, it
can be deleted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import keras
import tensorflow as tf


@cache
def strategy() -> Any:
    """The strategy that `TF_CONFIG` asks for; one per process.

    TensorFlow requires it to be made before anything is computed.

    Returns:
        A `tf.distribute.MultiWorkerMirroredStrategy`, or TensorFlow's
        default strategy where `TF_CONFIG` names no cluster.
    """
    if several_asked_for():
        return tf.distribute.MultiWorkerMirroredStrategy()
    return tf.distribute.get_strategy()


def several_asked_for() -> bool:
    """Whether `TF_CONFIG` names a cluster, without starting TensorFlow."""
    resolver = tf.distribute.cluster_resolver.TFConfigClusterResolver()
    return bool(resolver.cluster_spec().jobs)


def is_chief(strategy: Any) -> bool:
    """Whether this process is the one that writes, or the only one."""
    return bool(strategy.extended.should_save_summary)


def processes(strategy: Any) -> int:
    """Number of processes that train together."""
    replicas = int(strategy.num_replicas_in_sync)
    if replicas == 1:
        return 1
    return replicas // len(strategy.extended.worker_devices)


@contextmanager
def patched(instance: Any, **attributes: Any) -> Iterator[None]:
    """Gives an object other attributes for as long as the context is open.

    They go into its `__dict__`, past Keras, which would track them.
    """
    place = vars(instance)
    before = {name: place[name] for name in attributes if name in place}
    place.update(attributes)
    try:
        yield
    finally:
        for name in attributes:
            del place[name]
        place.update(before)


@contextmanager
def fitting(model: keras.Model) -> Iterator[None]:
    """Makes `fit` and `evaluate` work on several processes.

    For any Keras model, of the zoo or not; a model that trains in one
    process is left as it is.

        strategy = tf.distribute.MultiWorkerMirroredStrategy()
        with strategy.scope():
            model = build()
            model.compile("adam", "mse")
        with workers.fitting(model):
            model.fit(data)

    Every process must make the same calls. A separate `evaluate` must be
    inside, too; `predict` need not be. `batch_size` is that of all workers
    together.

    Args:
        model: A compiled model, made in the scope of its strategy.
    """
    if processes(model.distribute_strategy) == 1:
        yield
        return
    patch = patched(
        model,
        train_step=_with_an_axis(model.train_step),
        test_step=_with_an_axis(model.test_step),
        _maybe_symbolic_build=_building(model),
    )
    try:
        with patch:
            model.train_function = model.test_function = None
            yield
    finally:
        model.train_function = model.test_function = None


def _with_an_axis(step: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The step, its logs `(1,)` each."""

    def stepping(data: Any) -> Any:
        return keras.tree.map_structure(
            lambda number: tf.expand_dims(number, 0), step(data)
        )

    return stepping


def _building(model: keras.Model) -> Callable[..., None]:
    """Builds all that `fit` needs by the shapes of this worker's batch."""
    strategy = model.distribute_strategy

    def build(iterator: Any = None, data_batch: Any = None) -> None:
        if iterator is not None:
            _, _, batches = next(iter(iterator))
            data_batch = keras.tree.map_structure(
                lambda part: strategy.experimental_local_results(part)[0],
                next(batches),
            )
        with strategy.scope():
            model._symbolic_build(data_batch=data_batch)

    return build
