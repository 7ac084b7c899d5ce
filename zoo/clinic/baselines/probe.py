"""One forward and one backward pass of a model, and what they show."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf

from zoo.clinic.baselines.listening import (
    hidden,
    joined,
    layers_within,
    listened_of,
    listening,
)
from zoo.clinic.baselines.observation import Activation, activation_of
from zoo.clinic.baselines.sizes import UNSEEN, Sizes, of_outputs, sizing


class Look(NamedTuple):
    """What the passes showed.

    Args:
        norms: L2 norm of each kernel's gradient.
        means: Mean of its absolute entries.
        zero_gradient_share: Of all gradients but sparse ones.
        activations: From the first to the last layer.
        nonfinite: `"gradients"` and `"activations"` that have NaN or Inf.
        sizes: How large the outputs of layers and model are.
    """

    norms: tuple[float, ...]
    means: tuple[float, ...]
    zero_gradient_share: float
    activations: tuple[Activation, ...]
    nonfinite: frozenset[str]
    sizes: Sizes = UNSEEN


class Probe:
    """Looks at a model on one batch, in inference mode, and leaves no trace.

    Args:
        model: The compiled and built `keras.Model`.
        x: A batch of inputs, as for `fit`.
        y: Its targets.
        activations: Whether to look at activations, too.

    Attributes:
        kernels: Trainable weights of two or more axes, from the first on.
        hidden: Paths of layers whose activation is within a wrapper, out of
            sight.
    """

    def __init__(
        self, model: Any, x: Any, y: Any, activations: bool = True
    ) -> None:
        self._model = model
        self._x, self._y = keras.tree.map_structure(
            tf.convert_to_tensor, (x, y)
        )
        self._listens = activations
        self._layers = list(listened_of(model)) if activations else []
        self.kernels = _kernels(model)
        self.hidden = hidden(model) if activations else []
        self._passes = tf.function(self._trace, autograph=False)

    def look(self) -> Look:
        """Both passes, with the weights as they are now."""
        states = _states(self._model)
        before = [tf.identity(state.value) for state in states]
        try:
            rows, zero_share, heard, sizes = self._passes(self._x, self._y)
        finally:
            for state, value in zip(states, before, strict=True):
                state.assign(value)
        norms, means, finite = rows.numpy().reshape(-1, 3).T
        activations, bad = [], set()
        for listened, given in zip(self._layers, heard, strict=True):
            if not given:  # Not called: a branch that inference leaves out.
                continue
            inputs = None if given[0] is None else given[0].numpy()
            told = given[1].numpy()
            activations.append(
                activation_of(
                    listened.layer.path or listened.layer.name,
                    listened.kind,
                    told,
                    inputs,
                    listened.is_output,
                )
            )
            if not np.isfinite(told).all():
                bad.add("activations")
        if not finite.all():
            bad.add("gradients")
        return Look(
            tuple(map(float, norms)),
            tuple(map(float, means)),
            float(zero_share),
            tuple(activations),
            frozenset(bad),
            Sizes(*map(float, sizes.numpy())),
        )

    def _trace(self, x: Any, y: Any) -> Any:
        """A row a kernel, the share of zeros, what was heard of each layer."""
        heard: list[list[Any]] = [[] for _ in self._layers]
        model = self._model
        means: list[Any] = []
        with tf.GradientTape() as tape, ExitStack() as stack:
            if self._listens:
                stack.enter_context(sizing(model, means))
            for listened, into in zip(self._layers, heard, strict=True):
                stack.enter_context(listening(listened, into))
            predicted = model(x, training=False)
            loss = model.compute_loss(
                x=x, y=y, y_pred=predicted, training=False
            )
        weights = model.trainable_variables
        gradients = tape.gradient(
            loss,
            [weight.value for weight in weights],
            unconnected_gradients=tf.UnconnectedGradients.ZERO,
        )
        rows, is_zero = [], []
        kernels = {id(kernel) for kernel in self.kernels}
        for weight, gradient in zip(weights, gradients, strict=True):
            if isinstance(gradient, tf.IndexedSlices):
                gradient = _asked_for(gradient)
            else:
                is_zero.append(tf.reshape(tf.equal(gradient, 0), [-1]))
            if id(weight) in kernels:
                rows.append(_row(gradient))
        return (
            tf.stack(rows) if rows else tf.zeros((0, 3), tf.float64),
            _share(is_zero),
            [joined(values) for values in heard],
            of_outputs(means, predicted),
        )


def _states(model: Any) -> list[Any]:
    """What a pass may change, even in inference mode."""
    # Keras keeps the states of a stateful layer out of its variables.
    kept = [
        layer.states
        for layer in layers_within(model)
        if getattr(layer, "stateful", False) and hasattr(layer, "states")
    ]
    found = [*model.non_trainable_variables, *keras.tree.flatten(kept)]
    return list({id(x): x for x in found if x is not None}.values())


def _kernels(model: Any) -> list[Any]:
    return [
        weight
        for weight in model.trainable_variables
        if len(weight.shape) > 1 and "bias" not in weight.name
    ]


def _asked_for(gradient: Any) -> Any:
    """The rows of an embedding's gradient that the batch asked for."""
    rows, places = tf.unique(tf.reshape(gradient.indices, [-1]))
    return tf.math.unsorted_segment_sum(gradient.values, places, tf.size(rows))


def _row(gradient: Any) -> Any:
    gradient = tf.cast(gradient, tf.float64)
    return tf.stack(
        [
            tf.norm(gradient),
            tf.reduce_mean(tf.abs(gradient)),
            tf.cast(tf.reduce_all(tf.math.is_finite(gradient)), tf.float64),
        ]
    )


def _share(is_true: list[Any]) -> Any:
    if not is_true:
        return tf.constant(float("nan"))
    return tf.reduce_mean(tf.cast(tf.concat(is_true, axis=0), tf.float64))
