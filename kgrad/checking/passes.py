"""A model's passes over a batch, compiled once for each model."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any, NamedTuple

import keras
import tensorflow as tf
from keras import tree

from kgrad.step.targets import layers_of


class Trained(NamedTuple):
    """What a pass in training mode gives.

    Args:
        y_pred: Predictions.
        loss: The compiled loss.
        total: With what the model adds to it.
        gradients: Of the total by each trainable variable; None without.
    """

    y_pred: Any
    loss: Any
    total: Any
    gradients: list[Any]


class Passes(NamedTuple):
    """Compiled functions; none of them holds the model.

    Args:
        infer: `(x) -> y_pred`, in inference mode.
        slopes: `(x) -> (by input, by embedding)`: of the predictions, each
            with a weight of its own, lest they cancel; in training mode,
            for moving statistics that have not settled drive units to
            where they have no slope.
        train: `(x, y, sample_weight) -> Trained`.
    """

    infer: Callable[[Any], Any]
    slopes: Callable[[Any], tuple[list[Any], list[Any]]]
    train: Callable[[Any, Any, Any], Trained]


_passes: weakref.WeakKeyDictionary[Any, tuple[object, Passes]] = (
    weakref.WeakKeyDictionary()
)


def passes_of(model: Any) -> Passes:
    """The compiled passes of a model, new ones if it was compiled again.

    Args:
        model: A `keras.Model`.
    """
    compiled = (
        id(getattr(model, "_compile_loss", None)),
        tuple(id(v) for v in model.trainable_variables),
    )
    known = _passes.get(model)
    if known is None or known[0] != compiled:
        known = compiled, _traced(weakref.ref(model))
        _passes[model] = known
    return known[1]


def embeddings_of(model: Any) -> list[Any]:
    """The layers that turn ids into vectors."""
    return [
        layer
        for layer in layers_of(model)
        if isinstance(layer, keras.layers.Embedding)
    ]


def _traced(model: Callable[[], Any]) -> Passes:
    @tf.function(autograph=False)
    def infer(x: Any) -> Any:
        return model()(x, training=False)

    @tf.function(autograph=False)
    def slopes(x: Any) -> tuple[list[Any], list[Any]]:
        inputs = tree.flatten(x)
        tables = [e._embeddings.value for e in embeddings_of(model())]
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch([part for part in inputs if part.dtype.is_floating])
            tape.watch(tables)
            total = tf.add_n(
                [
                    _weighted_sum(y, seed)
                    for seed, y in enumerate(
                        tree.flatten(model()(x, training=True))
                    )
                ]
            )
        by_input, by_table = tape.gradient(total, (inputs, tables))
        return by_input, by_table

    @tf.function(autograph=False)
    def train(x: Any, y: Any, sample_weight: Any) -> Trained:
        variables = [v.value for v in model().trainable_variables]
        with tf.GradientTape() as tape:
            y_pred = model()(x, training=True)
            total = model().compute_loss(x, y, y_pred, sample_weight)
        added = [tf.reduce_sum(loss) for loss in model().losses]
        loss = total - tf.add_n(added) if added else total
        gradients = tape.gradient(total, variables)
        return Trained(y_pred, loss, total, gradients)

    return Passes(infer, slopes, train)


def _weighted_sum(y: Any, seed: int) -> Any:
    y = tf.cast(y, "float32")
    weights = tf.random.stateless_normal(tf.shape(y), (seed, 16))
    return tf.reduce_sum(y * weights)
