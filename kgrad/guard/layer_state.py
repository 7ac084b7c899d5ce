"""What layers keep from batch to batch beside their weights."""

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
    """The variables of floats that a forward pass may write to.

    Moving statistics of batch normalisation, states of stateful recurrent
    layers. Not weights of layers that are frozen, which no step changes, and
    not metrics.

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
    """Keeps a copy of that state, in graph, to put it back.

    The forward pass of a batch has changed it long before it is known
    whether its gradients are any good: a single NaN in the data, and the
    moving statistics of batch normalisation are NaN for good.

    Each replica has its own, from its own samples. Within a replica what is
    kept and put back is that one's; outside, everyone's.

    Args:
        variables: As `layer_state` gives them, built.
    """

    def __init__(self, variables: Sequence[Any]) -> None:
        # By replica of this process.
        self._own = list(zip(*map(copies, variables), strict=True))
        self._kept = [[_kept(v) for v in own] for own in self._own]

    def is_finite(self) -> Any:
        """Scalar bool, whether all of it is, in all replicas."""
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
        """What there is now is what will be put back."""
        for variable, kept in self._here():
            kept.assign(tf.convert_to_tensor(variable))

    def put_back(self) -> None:
        """What was kept is there again."""
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
