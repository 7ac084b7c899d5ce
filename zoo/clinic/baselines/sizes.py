"""How large the outputs of a model's layers are, and those of the model."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, NamedTuple

import tensorflow as tf

from zoo.training.workers import patched


class Sizes(NamedTuple):
    """Sizes of outputs, NaN where not known, as in an `Observation`.

    Args:
        layer_mean: Largest mean absolute output of a layer but the last.
        output_sum: Largest sum of absolute outputs over the last axis.
        output_span: Largest output of the model minus the smallest.
    """

    layer_mean: float = math.nan
    output_sum: float = math.nan
    output_span: float = math.nan


UNSEEN = Sizes()


@contextmanager
def sizing(model: Any, into: list[Any]) -> Iterator[None]:
    """Hears the mean absolute output of every layer but the last.

    Args:
        model: A `keras.Model`.
        into: Where the means go, a scalar tensor for each call.
    """
    with ExitStack() as stack:
        for layer in model.layers[:-1]:
            stack.enter_context(patched(layer, call=_sized(layer.call, into)))
        yield


def _sized(call: Callable[..., Any], into: list[Any]) -> Callable[..., Any]:
    def called(*args: Any, **kwargs: Any) -> Any:
        outputs = call(*args, **kwargs)
        first = outputs[0] if isinstance(outputs, list | tuple) else outputs
        into.append(tf.reduce_mean(tf.abs(tf.cast(first, tf.float64))))
        return outputs

    return called


def of_outputs(means: list[Any], predicted: Any) -> Any:
    """The `Sizes` as a tensor.

    Args:
        means: As `sizing` hears them.
        predicted: The outputs of the model; one tensor, or several, of which
            nothing is told.
    """
    nan = tf.constant(math.nan, tf.float64)
    largest = tf.reduce_max(tf.stack(means)) if means else nan
    if not tf.is_tensor(predicted) or predicted.shape.rank < 2:
        return tf.stack([largest, nan, nan])
    values = tf.cast(predicted, tf.float64)
    total = tf.reduce_max(tf.reduce_sum(tf.abs(values), axis=-1))
    span = tf.reduce_max(values) - tf.reduce_min(values)
    return tf.stack([largest, total, span])
