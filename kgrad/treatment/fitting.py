"""Gives `fit` other data or arguments than its caller did."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from inspect import signature
from typing import Any

import keras
import numpy as np

from kgrad.records.edits import (
    ChangeFit,
    ChangeTargets,
    FitEdit,
    ShuffleSamples,
    WeighClasses,
)
from kgrad.step.patching import PatchedAttributes
from kgrad.treatment.layers import NotApplicableError

_Given = dict[str, Any]
"""The arguments of a call of `fit`, by name."""


@contextmanager
def fitting(model: keras.Model, edits: Sequence[FitEdit]) -> Iterator[None]:
    """A context in which `model.fit` trains on what some edits say.

    Only a call of `model.fit` with arrays can be changed so: what a dataset
    holds is decided where it is made.

    Args:
        model: The model; after the context, its `fit` is as before.
        edits: What is changed, in this order.

    Raises:
        NotApplicableError: In `fit`, if an edit cannot be done to what it was
            called with; at the end, if `fit` was not called.
    """
    if not edits:
        yield
        return
    fit, calls = model.fit, 0
    names = _positional(fit)

    def changed(*args: Any, **kwargs: Any) -> Any:
        nonlocal calls
        calls += 1
        given: _Given = {**dict(zip(names, args, strict=False)), **kwargs}
        for edit in edits:
            given = {**given, **_changes(edit, given)}
        return fit(**given)

    with PatchedAttributes(model, fit=changed):
        yield
    if not calls:
        raise NotApplicableError(
            "`model.fit` was not called: what it gets could not be changed."
        )


def _positional(fit: Any) -> list[str]:
    """The arguments of `fit` that can be given without their names."""
    parameters = [*signature(fit).parameters.values()]
    if any(x.kind is x.VAR_POSITIONAL for x in parameters):
        # It passes them on to Keras.
        parameters = [*signature(keras.Model.fit).parameters.values()][1:]
    return [x.name for x in parameters if x.kind is x.POSITIONAL_OR_KEYWORD]


def _changes(edit: FitEdit, given: _Given) -> _Given:
    match edit:
        case ChangeFit():
            if "batch_size" in edit.arguments:
                _targets(given)  # A dataset has its batches already.
            return dict(edit.arguments)
        case WeighClasses():
            return _weights(edit, given)
        case ChangeTargets():
            return _changed_targets(edit, given)
        case ShuffleSamples():
            return _shuffled(given)


def _weights(edit: WeighClasses, given: _Given) -> _Given:
    if {"class_weight", "sample_weight"} & {
        name for name, value in given.items() if value is not None
    }:
        raise NotApplicableError("`fit` was given weights already.")
    if not edit.at_each_step:
        return {"class_weight": dict(enumerate(edit.weights))}
    y = _targets(given)
    one_hot = y.ndim > 2 and y.shape[-1] == len(edit.weights)
    labels = y.argmax(-1) if one_hot else y.astype(int)
    return {"sample_weight": np.take(edit.weights, labels)}


def _changed_targets(edit: ChangeTargets, given: _Given) -> _Given:
    def change(y: Any) -> Any:
        changed = (y - edit.offset) / edit.scale
        if edit.is_class:
            return np.rint(changed).astype("int32")
        return changed.astype("float32")

    validation = given.get("validation_data")
    changes = {"y": change(_targets(given))}
    if validation is not None:
        if not isinstance(validation, tuple | list):
            raise _no_arrays(validation)
        x, y, *weights = validation
        changes["validation_data"] = (x, change(np.asarray(y)), *weights)
    return changes


def _shuffled(given: _Given) -> _Given:
    order = np.random.permutation(len(_targets(given)))
    return {
        name: keras.tree.map_structure(lambda x: np.asarray(x)[order], value)
        for name, value in given.items()
        if name in ("x", "y", "sample_weight") and value is not None
    }


def _targets(given: _Given) -> Any:
    """The targets as an array.

    Raises:
        NotApplicableError: If there are several, or they are in a dataset.
    """
    y = given.get("y")
    if y is None or isinstance(y, Mapping | list | tuple):
        raise _no_arrays(given.get("x") if y is None else y)
    return np.asarray(y)


def _no_arrays(value: Any) -> NotApplicableError:
    return NotApplicableError(
        "Targets can be changed where `fit` gets them as one array. Received: "
        f"{type(value).__name__}"
    )
