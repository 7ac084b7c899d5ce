"""Recurrent networks on standard sequence tasks, watched by kgrad.

model = zoo.load("temporal_order/lstm-clipnorm")  # trained
model = zoo.build("temporal_order", cell="lstm", variant="clipnorm")
x, y = zoo.task("temporal_order").data("train", 5000)
model.fit(x, y, callbacks=[kgrad.GradientMonitor("runs/1")])
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zoo.loading import load
from zoo.recipe import Recipe
from zoo.tasks import TASKS, Task

if TYPE_CHECKING:
    import keras

    from zoo.recurrent_batchnorm import (
        BatchNormalizedRNN,
        BatchNormGRUCell,
        BatchNormLSTMCell,
        BatchNormSimpleRNNCell,
    )

__all__ = [
    "BatchNormGRUCell",
    "BatchNormLSTMCell",
    "BatchNormSimpleRNNCell",
    "BatchNormalizedRNN",
    "Recipe",
    "Task",
    "build",
    "load",
    "task",
]


def __getattr__(name: str) -> Any:
    """What needs Keras is imported when it is asked for."""
    if name in __all__:
        from zoo import recurrent_batchnorm

        return getattr(recurrent_batchnorm, name)
    raise AttributeError(f"module 'zoo' has no attribute {name!r}")


def task(name: str) -> Task:
    """The task of that name.

    Raises:
        ValueError: If there is none.
    """
    return TASKS[name]


def build(
    task: str, *, cell: str, variant: str = "base", **changes: Any
) -> keras.Model:
    """A model of the zoo, untrained and compiled.

    Args:
        task: Name of a task: `"temporal_order"`.
        cell: Name of a cell: `"simple_rnn"`, `"lstm"`, `"gru"`.
        variant: Name of a variant: `"base"`, `"clipnorm"`, `"batchnorm"`,
            `"relu"`, `"recurrent_batchnorm"`.
        changes: Fields of `Recipe` that are to differ: `units=32`.

    Returns:
        A compiled `keras.Model`.

    Raises:
        TypeError: If a change is no field of a recipe, or of a wrong type.
        ValueError: If a name is not known or a value out of range.
    """
    recipe = Recipe.of(task, cell=cell, variant=variant, **changes)
    from zoo.model import compiled

    return compiled(recipe)
