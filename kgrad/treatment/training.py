"""A training of a fresh model, with what a remedy changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import keras
from keras.src.backend.common import global_state

from kgrad._arguments import require
from kgrad.records import Edit
from kgrad.records.edits import FitEdit, StopEarly
from kgrad.treatment.apply import apply
from kgrad.treatment.fitting import fitting
from kgrad.treatment.results import STOPPED_BY

Build = Callable[[], keras.Model]
Fit = Callable[[keras.Model, list[keras.callbacks.Callback]], object]


def train(
    build: Build,
    fit: Fit,
    edits: Sequence[Edit] = (),
    *,
    seed: int = 0,
    shape: tuple[int | None, ...] | None = None,
) -> keras.Model:
    """The model that `build` makes, edited, as `fit` has trained it.

    It sets the random seeds of Python, NumPy and TensorFlow.

    Args:
        build: As for `treat`.
        fit: As for `treat`.
        edits: Those of a remedy.
        seed: What weights and the order of the samples follow from.
        shape: Of the input, of a model that does not know it.

    Raises:
        NotApplicableError: If an edit cannot be done to this model, or to
            what `fit` trains it on.
        TypeError: If `build` returns no compiled model.
    """
    stops = [
        keras.callbacks.EarlyStopping(
            STOPPED_BY, patience=edit.patience, restore_best_weights=True
        )
        for edit in edits
        if isinstance(edit, StopEarly)
    ]
    of_fit = [edit for edit in edits if isinstance(edit, FitEdit)]
    of_model = [x for x in edits if not isinstance(x, FitEdit | StopEarly)]
    with _names_from_the_start():
        model = _model(build, of_model, seed, shape)
        keras.utils.set_random_seed(seed)
        with fitting(model, of_fit):
            fit(model, stops)
    return model


def _model(
    build: Build,
    edits: Sequence[Edit],
    seed: int,
    shape: tuple[int | None, ...] | None,
) -> keras.Model:
    keras.utils.set_random_seed(seed)
    model = build()
    require(
        isinstance(model, keras.Model) and model.compiled,
        "`build` must return a compiled `keras.Model`.",
        build=model,
    )
    if not edits:
        return model
    if shape and not model.built:
        # So that there are weights to change.
        model.build((None, *shape[1:]))
    return apply(model, edits, seed=seed)


@contextmanager
def _names_from_the_start() -> Iterator[None]:
    """Layers without a name get the names they would get in a new process.

    So the same layer has the same name in every run. `clear_session` would
    do that, too, but forget the user's dtype policy.
    """
    before: Any = global_state.get_global_attribute("object_name_uids")
    global_state.set_global_attribute("object_name_uids", defaultdict(int))
    try:
        yield
    finally:
        global_state.set_global_attribute("object_name_uids", before)
