"""What layers keep from batch to batch besides their weights."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import keras
import tensorflow as tf
from keras import tree

from kgrad.step.replicas import (
    copies,
    index,
    own_variable,
    several,
    total,
)
from kgrad.step.targets import layers_of


def layer_state(model: Any) -> list[Any]:
    """The float variables that a forward pass may write to.

    Moving statistics of batch normalization, states of stateful recurrent
    layers. Neither weights of frozen layers, which no step changes, nor
    metrics.

    Args:
        model: The `keras.Model`, or None.
    """
    found: dict[int, Any] = {}
    for layer in layers_of(model):
        if isinstance(layer, keras.metrics.Metric):
            continue
        states = []
        if isinstance(layer, keras.layers.RNN) and layer.stateful:
            # Keras does not count them among the layer's variables.
            states = tree.flatten(layer.states)
        for variable in [*layer._non_trainable_variables, *states]:
            if keras.backend.is_float_dtype(variable.dtype):
                found[id(variable)] = variable
    return list(found.values())


class LayerState:
    """Keeps a copy of that state in the graph, to restore it.

    The forward pass of a batch has changed it long before its gradients are
    known: a single NaN in the data would make the moving statistics of batch
    normalization NaN for the rest of the training.

    Each replica has a state of its own, from its own samples. Inside a replica
    its own state is kept and restored; outside, that of all.

    Args:
        variables: As `layer_state` gives them, built.
    """

    def __init__(self, variables: Sequence[Any]) -> None:
        # By replica of this process.
        self._own = list(zip(*map(copies, variables), strict=True))
        self._kept = [[_kept(v) for v in own] for own in self._own]

    def is_finite(self) -> Any:
        """Scalar bool, whether the state is finite in all replicas."""
        finite = tf.reduce_all(
            [
                tf.reduce_all(tf.math.is_finite(tf.convert_to_tensor(variable)))
                for variable, _ in self._here()
            ]
        )
        if not several():
            return finite
        return total([tf.cast(tf.logical_not(finite), tf.float32)])[0] < 0.5

    def keep(self) -> None:
        """Copies the current state, to be restored later."""
        for variable, kept in self._here():
            kept.assign(tf.convert_to_tensor(variable))

    def put_back(self) -> None:
        """Restores the state that was kept last."""
        for variable, kept in self._here():
            variable.assign(tf.convert_to_tensor(kept))

    def _here(self) -> Iterator[tuple[Any, Any]]:
        """Variables and their copies, of this replica or of all."""
        here = slice(None)
        if several():
            here = slice(index(), index() + 1)
        for own, kept in zip(self._own[here], self._kept[here], strict=True):
            yield from zip(own, kept, strict=True)


def _kept(variable: Any) -> Any:
    """A variable with the value of another, beside it."""
    with tf.init_scope(), tf.device(variable.device):
        return own_variable(tf.convert_to_tensor(variable), "kgrad_kept")
