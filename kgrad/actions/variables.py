"""The state of a training: the variables that its steps change."""

from __future__ import annotations

from typing import Any

import keras

from kgrad.guard.layer_state import layer_state
from kgrad.step.optimizers import innermost
from kgrad.step.replicas import copies


def variables_of(model: Any, optimizer: Any) -> list[tuple[Any, ...]]:
    """Weights, the state of layers, and the optimizer's state.

    Not the learning rate, which others set, and not the weights of layers
    that are frozen. An optimizer that is not built yet is built.

    Args:
        model: The `keras.Model`, or None.
        optimizer: The `keras.optimizers.Optimizer`.

    Returns:
        `tf.Variable`s, each once, together with its copies in other replicas
        of this process that are the same; what layers keep is another in
        each replica. Empty if there are no weights yet.
    """
    weights = list(getattr(model, "trainable_variables", ()))
    if not optimizer.built:
        if not weights or not getattr(model, "built", False):
            return []
        with keras.name_scope(optimizer.name, caller=optimizer):
            optimizer.build(weights)
        optimizer.built = True
    rate = innermost(optimizer)._learning_rate
    kept = layer_state(model)
    every = [
        *weights,
        *optimizer._trainable_variables,
        *optimizer.variables,
    ]
    once = {id(variable): variable for variable in every}
    for other in (rate, *kept):
        once.pop(id(other), None)
    same = [copies(variable) for variable in once.values()]
    return same + [(copy,) for variable in kept for copy in copies(variable)]
