"""Recurrent networks on standard sequence tasks, watched by kgrad.

model = zoo.load("temporal_order/lstm-clipnorm")  # trained
model = zoo.build("temporal_order", cell="lstm", variant="clipnorm")
x, y = zoo.task("temporal_order").data("train", 5000)
model.fit(x, y, callbacks=[kgrad.GradientMonitor("runs/1")])

tasks/ --> recipe --> model --> training/ --> runs/ --> pretrained/, results/
data       one run,   Keras     with the      on disk   shipped      compared
           in full    layers/   monitor on
"""

from __future__ import annotations

import importlib
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

for _package in ("filelock", "h5py", "sklearn"):
    if find_spec(_package) is None:
        raise ImportError(
            f"The zoo needs the package {_package!r}, which is not installed: "
            'pip install "kgrad[zoo]"'
        )

from zoo.pretrained.loading import load  # noqa: E402
from zoo.recipe import Recipe  # noqa: E402
from zoo.tasks import TASKS, Task  # noqa: E402

if TYPE_CHECKING:
    import keras

    from zoo.layers.recurrent_batchnorm import (
        BatchNormalizedRNN,
        BatchNormGRUCell,
        BatchNormLSTMCell,
        BatchNormSimpleRNNCell,
    )
    from zoo.model import compiled

__all__ = [
    "TASKS",
    "BatchNormGRUCell",
    "BatchNormLSTMCell",
    "BatchNormSimpleRNNCell",
    "BatchNormalizedRNN",
    "Recipe",
    "Task",
    "build",
    "compiled",
    "load",
    "task",
]


def __getattr__(name: str) -> Any:
    """Imports what needs Keras when it is first asked for."""
    if name not in __all__:
        raise AttributeError(f"module 'zoo' has no attribute {name!r}")
    home = "model" if name == "compiled" else "layers.recurrent_batchnorm"
    return getattr(importlib.import_module(f"zoo.{home}"), name)


def task(name: str) -> Task:
    """The task of that name.

    Raises:
        ValueError: If there is none.
    """
    return TASKS[name]


def build(
    task: str, *, cell: str, variant: str = "base", **changes: Any
) -> keras.Model:
    """An untrained, compiled model of the zoo.

    Args:
        task: Name of a task: `"temporal_order"`.
        cell: Name of a cell: `"simple_rnn"`, `"lstm"`, `"gru"`.
        variant: Name of a variant: `"base"`, `"clipnorm"`, `"batchnorm"`,
            `"relu"`, `"recurrent_batchnorm"`.
        changes: Fields of `Recipe` to change: `units=32`.

    Returns:
        A compiled `keras.Model`.

    Raises:
        TypeError: If a change is not a field of a recipe, or has the wrong
            type.
        ValueError: If a name is unknown or a value out of range.
    """
    recipe = Recipe.of(task, cell=cell, variant=variant, **changes)
    from zoo.model import compiled

    return compiled(recipe)
