"""What layers keep from batch to batch beside their weights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf
from keras import tree

from kgrad.targets import layers_of


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

    Args:
        variables: As `layer_state` gives them, built.
    """

    def __init__(self, variables: Sequence[Any]) -> None:
        self._variables = list(variables)
        with tf.init_scope():
            self._kept = [
                tf.Variable(
                    tf.convert_to_tensor(variable),
                    trainable=False,
                    name="kgrad_kept",
                )
                for variable in self._variables
            ]

    def is_finite(self) -> Any:
        """Scalar bool, whether all of it is."""
        return tf.reduce_all(
            [
                tf.reduce_all(tf.math.is_finite(_value(variable)))
                for variable in self._variables
            ]
        )

    def keep(self) -> None:
        """What there is now is what will be put back."""
        for variable, kept in zip(self._variables, self._kept, strict=True):
            kept.assign(_value(variable))

    def put_back(self) -> None:
        """What was kept is there again."""
        for variable, kept in zip(self._variables, self._kept, strict=True):
            variable.assign(tf.convert_to_tensor(kept))


def _value(variable: Any) -> Any:
    return tf.convert_to_tensor(variable)
