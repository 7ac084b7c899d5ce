"""What meets at a model's `compute_loss`: a step's data, and what came of them.

It is called in every `train_step` of Keras', and in most of a user's own. The
tap stands in for it on the model *instance* and passes everything on
untouched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from typing import Any

import keras
import tensorflow as tf

from kgrad.records import Role
from kgrad.records.summaries import named_parts
from kgrad.step.names import input_names, output_names
from kgrad.step.patching import PatchedAttributes

_ARGUMENTS = ("x", "y", "y_pred", "sample_weight", "training")


@dataclass(frozen=True)
class LossCall:
    """A call of `compute_loss`.

    Args:
        x: Inputs, nested or not.
        y: Targets.
        y_pred: Predictions.
        sample_weight: Sample weights.
        training: Whether the step trains.
    """

    x: Any
    y: Any
    y_pred: Any
    sample_weight: Any
    training: bool

    def tensors(self, model: Any) -> Iterator[tuple[Role, str, Any]]:
        """Role, name and tensor of each, in the order of the data flow."""
        inputs, outputs = input_names(model), output_names(model)
        given: tuple[tuple[Role, Any, tuple[str, ...]], ...] = (
            ("input", self.x, inputs),
            ("target", self.y, outputs),
            ("sample_weight", self.sample_weight, outputs),
            ("prediction", self.y_pred, outputs),
        )
        for role, data, names in given:
            for name, tensor in named_parts(data, names):
                yield role, name, tensor


def loss_tapped(
    model: Any,
    after: Callable[[LossCall, Any], None],
    before: Callable[[LossCall], Sequence[Any]] = lambda call: (),
) -> AbstractContextManager[Any]:
    """Listens to what the model's `compute_loss` is called with in training.

    Args:
        model: The `keras.Model`, or None.
        after: Called with the call and the loss that it returned; it must
            not raise.
        before: Called with the call; likewise. It returns the tensors that
            must be known before the targets are read, which may raise.
    """
    if not isinstance(model, keras.Model):
        return nullcontext()
    compute_loss = model.compute_loss

    def tapped(*args: Any, **kwargs: Any) -> Any:
        given: dict[str, Any] = dict.fromkeys(_ARGUMENTS) | {"training": True}
        given |= dict(zip(_ARGUMENTS, args, strict=False)) | kwargs
        call = LossCall(**{name: given[name] for name in _ARGUMENTS})
        if not call.training:
            return compute_loss(*args, **kwargs)
        known = before(call)
        if known and not tf.executing_eagerly():
            # Not the whole loss: Keras makes variables in it at first, and
            # XLA has none that depend on a step.
            y = keras.tree.map_structure(partial(_once, known), call.y)
            if len(args) > 1:
                args = (args[0], y, *args[2:])
            else:
                kwargs = kwargs | {"y": y}
        loss = compute_loss(*args, **kwargs)
        after(call, loss)
        return loss

    return PatchedAttributes(model, compute_loss=tapped)


def _once(known: Sequence[Any], target: Any) -> Any:
    """The same target, from when these tensors are known on."""
    if not tf.is_tensor(target):
        return target
    with tf.control_dependencies(known):
        return tf.identity(target)
