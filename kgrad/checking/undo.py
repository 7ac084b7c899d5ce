"""A model that was tried on a batch is left as it was."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np
from keras import tree
from keras.src.backend.common import global_state
from keras.src.random.seed_generator import GLOBAL_SEED_GENERATOR
from tensorflow.python.eager import context

from kgrad.records import Array
from kgrad.step.targets import layers_of


@contextmanager
def undone(model: Any) -> Iterator[None]:
    """Puts back weights, states, statistics, metrics and random states.

    Args:
        model: A built `keras.Model`.
    """
    variables = _variables(model)
    before = [array_of(v) for v in variables]
    with same_random_numbers():
        try:
            yield
        finally:
            for variable, value in zip(variables, before, strict=True):
                variable.assign(value)
            model._clear_losses()


@contextmanager
def states_undone(model: Any) -> Iterator[None]:
    """Puts back what a call changes: statistics, states, random states."""
    variables = [*model.non_trainable_variables, *states_of(model)]
    before = [array_of(v) for v in variables]
    yield
    for variable, value in zip(variables, before, strict=True):
        variable.assign(value)


def _variables(model: Any) -> list[Any]:
    found = [*model.variables, *model.metrics_variables, *states_of(model)]
    return list({id(variable): variable for variable in found}.values())


def array_of(variable: Any) -> Array:
    """A copy of the value of a variable."""
    return np.array(variable.numpy())


def states_of(model: Any) -> list[Any]:
    """The states that stateful layers hand on to the next batch."""
    states = [
        state
        for layer in layers_of(model)
        if isinstance(layer, keras.layers.RNN) and layer.stateful
        for state in tree.flatten(layer.states or [])
    ]
    return [s for s in states if hasattr(s, "assign")]


@contextmanager
def same_random_numbers() -> Iterator[None]:
    """Keeps the random states of Python, NumPy, Keras and TensorFlow."""
    python, numpy = random.getstate(), np.random.get_state()
    generator = global_state.get_global_attribute(GLOBAL_SEED_GENERATOR)
    seed = None if generator is None else generator.state.numpy()
    drawn = getattr(context.context(), "_rng", None)
    tensorflow = drawn.getstate() if drawn is not None else None
    try:
        yield
    finally:
        random.setstate(python)
        np.random.set_state(numpy)
        if drawn is not None and tensorflow is not None:
            drawn.setstate(tensorflow)
        if generator is not None:
            generator.state.assign(seed)
        global_state.set_global_attribute(GLOBAL_SEED_GENERATOR, generator)
