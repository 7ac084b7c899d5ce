"""Sampled steps: the gradient through time, activity of units, data."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any

import keras
import tensorflow as tf

from kgrad._warnings import warn
from kgrad.records import Sample
from kgrad.step.activity_tap import ActivityTap
from kgrad.step.data_tap import DataTap
from kgrad.step.flow import FlowBuilder, PreUpdateState
from kgrad.step.histogram_tap import HistogramTap, entries_of
from kgrad.step.optimizers import innermost
from kgrad.step.replicas import (
    index,
    is_chief,
    processes,
    strategy_of,
    total,
)
from kgrad.step.step_gradients import StepGradients
from kgrad.step.time_tap import TimeTap


class Sampler:
    """Opens further taps in a step.

    Args:
        model: The `keras.Model`.
        optimizer: The optimizer, for the scale that it gives the loss.
    """

    def __init__(self, model: Any, optimizer: Any) -> None:
        self._optimizer = optimizer
        self._strategy = strategy_of(optimizer)
        self._open = False
        self._activity = ActivityTap(model)
        self._data = DataTap(model, _not_seen)
        self._histograms: HistogramTap | None = None
        self._is_model = isinstance(model, keras.Model)
        self._time = TimeTap(
            model, self._scale, self._activity.scanned, _not_tapped
        )

    @property
    def useful(self) -> bool:
        """Whether the model has anything to sample."""
        return self._is_model

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Opens the taps."""
        with ExitStack() as stack:
            stack.enter_context(self._activity.listening())
            stack.enter_context(self._time.listening())
            stack.enter_context(self._data.listening())
            self._open = True
            try:
                yield
            finally:
                self._open = False

    def noting(self) -> AbstractContextManager[None]:
        """Finds the functions in which the tapped layers are traced."""
        return self._time.noting()

    def weights(self) -> list[Any]:
        """A `keras.Variable` of each layer that is tapped."""
        layers = [*self._time.layers, *self._activity.layers]
        return [x.weights[0] for x in layers if x.built and x.weights]

    def step_ends(self) -> None:
        """Marks the end of a step, while it is traced or run eagerly.

        With several processes, each gets what all have read together: the
        same samples give the same findings.
        """
        if self._open and processes(self._strategy) > 1:
            self._share()
        self._time.step_begins()

    def _share(self) -> None:
        """Sums the squares of norms; takes all else from the chief."""
        times = self._time.tables
        others = self._activity.tables + self._data.tables
        first = index() == 0
        chief = first and is_chief(self._strategy)
        sums = total(
            [_or_zeros(table.squares(), first) for table in times]
            + [_or_zeros(numbers, chief) for numbers in others]
        )
        if not first:
            return
        for table, squares in zip(times, sums, strict=False):
            table.set_squares(squares)
        for numbers, whole in zip(others, sums[len(times) :], strict=True):
            numbers.assign(whole)

    def count(self) -> None:
        """Counts gradients, weights and outputs, too, from now on."""
        self._histograms = HistogramTap()
        self._activity.seen = self._histograms.outputs

    def measured(
        self, builder: FlowBuilder, step: StepGradients, before: PreUpdateState
    ) -> None:
        """Takes what an optimizer was given and the weights before it."""
        if self._open and self._histograms is not None:
            self._histograms.count(list(entries_of(builder, step, before)))

    def read(self, step: int) -> Sample:
        """The last sample, which was taken in this step."""
        return Sample(
            step,
            self._time.read(step),
            self._activity.read(),
            self._data.read(),
            self._histograms.read() if self._histograms is not None else (),
        )

    def _scale(self) -> Any:
        """What multiplies the loss before it is differentiated."""
        inner = innermost(self._optimizer)
        scale = inner.loss_scale_factor or 1.0
        if inner is self._optimizer:
            return scale
        if not self._optimizer.built:
            return scale * self._optimizer.initial_scale
        dynamic = keras.ops.convert_to_tensor(self._optimizer.dynamic_scale)
        return scale * tf.cast(dynamic, tf.float32)


def _or_zeros(tensor: Any, wanted: bool) -> Any:
    # What is read from a variable is on no device of the strategy's.
    return tf.identity(tensor) if wanted else tf.zeros_like(tensor)


def _not_seen(error: Exception) -> None:
    warn("The data of a step cannot be measured", error)


def _not_tapped(layer: str, reason: str) -> None:
    warn(f"The gradient through time of `{layer}` cannot be measured: {reason}")
