"""What a model does with one batch: tried, and put into numbers."""

from __future__ import annotations

import math
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import tree

from kgrad.checking.batches import Batch
from kgrad.checking.passes import Passes, Trained, passes_of
from kgrad.checking.undo import array_of, states_of, states_undone
from kgrad.records import Array, Behavior, Influence
from kgrad.records.summaries import FEATURES, named_parts
from kgrad.step.names import input_names
from kgrad.step.optimizers import innermost

UPDATES = 8
"""First updates at the compiled rate."""


class Trial:
    """One batch that a model is tried on; `undone` puts it back.

    Args:
        model: A built `keras.Model`.
        batch: Two or more samples.
    """

    def __init__(self, model: Any, batch: Batch) -> None:
        self.model = model
        self.batch = batch
        self._passes: Passes = passes_of(model)
        self._x, self._y, self._weight = map(_tensors, batch.parts)
        self.y_pred = self.infer(batch.x)
        self.trained: Trained | None = None

    def infer(self, x: Any) -> Any:
        """Predictions in inference mode, as arrays."""
        with states_undone(self.model):
            return _arrays(self._passes.infer(_tensors(x)))

    def train(self) -> Trained:
        """A pass in training mode, without an update."""
        with states_undone(self.model):
            trained: Trained = self._passes.train(
                self._x, self._y, self._weight
            )
        self.trained = self.trained or trained
        return trained

    def behavior(self) -> Behavior:
        """All that is known, but what takes many updates."""
        flat = tree.flatten(self.y_pred)
        gradients: dict[str, float] = {}
        loss = math.nan
        if self.trained is not None:
            loss = float(self.trained.loss)
            gradients = self._gradients(self.trained.gradients)
        return Behavior(
            influences=tuple(self._influences()),
            spread=max(float(np.ptp(y, axis=0).max()) for y in flat),
            size=max(float(np.abs(y).max()) for y in flat),
            repeated=self._repeated(),
            leaked=self._leaked(),
            loss=loss,
            gradients=gradients,
            has_zero_kernel=any(
                not np.any(array_of(v))
                for v in self.model.trainable_variables
                if "bias" not in v.name and "beta" not in v.name
            ),
            losses=self._first_updates() if self.trained is not None else (),
        )

    def _gradients(self, gradients: list[Any]) -> dict[str, float]:
        return {
            variable.path: math.nan if g is None else _norm(g)
            for variable, g in zip(
                self.model.trainable_variables, gradients, strict=True
            )
        }

    def _first_updates(self) -> tuple[float, ...]:
        optimizer = _copy_of(self.model.optimizer)
        if optimizer is None:
            return ()
        return tuple(self.updates(optimizer, UPDATES, every=1))

    def updates(self, optimizer: Any, count: int, every: int) -> list[float]:
        """The loss of the batch before, between and after some updates.

        Args:
            optimizer: A new one: the model's own is left alone.
            count: Number of updates.
            every: Updates after which the loss is noted.
        """
        losses = []
        variables = self.model.trainable_variables
        for i in range(count + 1):
            trained = self.train()
            if i % every == 0:
                losses.append(float(trained.total))
            if i == count or not math.isfinite(float(trained.total)):
                break
            pairs = [
                (g, v)
                for g, v in zip(trained.gradients, variables, strict=True)
                if g is not None
            ]
            optimizer.apply_gradients(pairs)
        return losses

    def _influences(self) -> list[Influence]:
        parts = tree.flatten(self.batch.x)
        names = [
            n for n, _ in named_parts(self.batch.x, input_names(self.model))
        ]
        by_input, by_table = self._slopes()
        found = []
        for i, (name, x) in enumerate(zip(names, parts, strict=True)):
            others = [
                np.roll(p, 1, axis=0) if k == i else p
                for k, p in enumerate(parts)
            ]
            moved = self.infer(tree.pack_sequence_as(self.batch.x, others))
            slopes = by_input[i]
            whole = x.dtype.kind in "iu" and len(parts) == 1
            if slopes is None and whole and len(by_table) == 1:
                slopes = _by_position(by_table[0], x)
            found.append(
                Influence(
                    name,
                    differs=bool((x != x[:1]).any()),
                    effect=_difference(self.y_pred, moved),
                    **_features(x, by_input[i]),
                    steps=_steps(x, slopes),
                )
            )
        return found

    def _slopes(self) -> tuple[list[Any], list[Any]]:
        with states_undone(self.model):
            by_input, by_table = self._passes.slopes(self._x)
        return [
            None if g is None else np.asarray(g) for g in by_input
        ], by_table

    def _repeated(self) -> float:
        """Difference of two passes that draw random numbers of their own."""
        x = _tensors(self.batch.x)
        states = states_of(self.model)
        before = [array_of(state) for state in states]
        found = []
        for _ in range(2):
            found.append(_arrays(self._passes.infer(x)))
            for state, value in zip(states, before, strict=True):
                state.assign(value)
        return _difference(*found)

    def _leaked(self) -> float:
        """Change of all other samples when the first one is another."""
        parts = tree.flatten(self.batch.x)
        count = self.batch.samples
        flat = tree.flatten(self.y_pred)
        if count < 3 or any(len(y) != count for y in flat):
            return math.nan
        changed = [np.concatenate([p[count // 2 :][:1], p[1:]]) for p in parts]
        again = self.infer(tree.pack_sequence_as(self.batch.x, changed))
        return _difference(
            tree.map_structure(lambda a: a[1:], self.y_pred),
            tree.map_structure(lambda a: a[1:], again),
        )


def memorized(
    trial: Trial, steps: int
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Losses of many updates on the batch: as compiled, and with Adam.

    Args:
        trial: Of a small batch; its model is put back in between.
        steps: Number of updates.
    """
    model = trial.model
    before = [array_of(v) for v in model.variables]
    found = []
    for optimizer in (_copy_of(model.optimizer), keras.optimizers.Adam(1e-3)):
        if optimizer is None:
            return (), ()
        found.append(tuple(trial.updates(optimizer, steps, every=10)))
        for variable, value in zip(model.variables, before, strict=True):
            variable.assign(value)
    return found[0], found[1]


def _copy_of(optimizer: Any) -> Any:
    inner = innermost(optimizer)
    if not isinstance(inner, keras.optimizers.Optimizer):
        return None
    config = inner.get_config()
    config["gradient_accumulation_steps"] = None
    return type(inner).from_config(config)


def _tensors(data: Any) -> Any:
    if data is None:
        return None
    return tree.map_structure(
        lambda a: None if a is None else tf.convert_to_tensor(a), data
    )


def _arrays(data: Any) -> Any:
    """Float arrays, in single precision or more."""

    def array(value: Any) -> Array:
        got: Array = np.asarray(value)
        return got.astype(np.float64)

    return tree.map_structure(array, data)


def _norm(gradient: Any) -> float:
    """The L2 norm, infinite if an entry is not finite."""
    if isinstance(gradient, tf.IndexedSlices):
        gradient = gradient.values
    norm = float(tf.norm(tf.cast(gradient, "float32")))
    return norm if math.isfinite(norm) else math.inf


def _difference(one: Any, other: Any) -> float:
    """Largest absolute difference of predictions."""
    return max(
        float(np.abs(a - b).max())
        for a, b in zip(tree.flatten(one), tree.flatten(other), strict=True)
    )


def _by_position(gradient: Any, ids: Array) -> Array | None:
    """Slopes by what an Embedding gave for each id, `(batch, time, size)`."""
    if not isinstance(gradient, tf.IndexedSlices) or ids.ndim != 2:
        return None
    values = np.asarray(gradient.values)
    if values.size % ids.size or len(values) != ids.size:
        return None
    return values.reshape(*ids.shape, -1)


def _features(x: Array, slopes: Array | None) -> dict[str, Any]:
    if slopes is None or x.ndim < 2 or x.shape[-1] > FEATURES:
        return {}
    axes = tuple(range(x.ndim - 1))
    return {
        "features": tuple(map(float, np.abs(slopes).max(axis=axes))),
        "feature_differs": tuple(map(bool, np.ptp(x, axis=axes) > 0)),
    }


def _steps(x: Array, slopes: Array | None) -> tuple[float, ...]:
    if slopes is None or slopes.ndim < 3:
        return ()
    found = np.abs(slopes).max(axis=(0, *range(2, slopes.ndim)))
    alike = (x == x[:1]).all(axis=(0, *range(2, x.ndim)))
    return tuple(map(float, np.where(alike & (found == 0), np.nan, found)))
