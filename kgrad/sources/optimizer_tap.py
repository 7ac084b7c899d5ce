"""Listens at the optimizer: what it is given, and what it makes of it.

An optimizer is told the loss (`scale_loss`) and the gradients (`apply`), in
every kind of training loop, inside the compiled step. The tap stands in for
both on the optimizer *instance*, passes everything on untouched, and is
gone when its context ends: what was traced in between keeps measuring.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from kgrad.setup import innermost
from kgrad.statistics.base import Flow, Statistic, combine, unit_max
from kgrad.targets import Layout
from kgrad.window import Window


class OptimizerTap:
    """Measures every step of one optimizer into windows.

    Args:
        optimizer: A `keras.optimizers.Optimizer`.
        statistics: What to measure.
        describe: Gives the layout of the variables that the optimizer is
            called with; one window is made for each set of variables.
        rows: Gives the number of steps that a new window must hold.
        failed: Called with an exception if measuring fails; the step then
            goes on without it.
    """

    def __init__(
        self,
        optimizer: Any,
        statistics: Sequence[Statistic],
        describe: Callable[[Sequence[Any]], Layout],
        rows: Callable[[], int],
        failed: Callable[[Exception], None],
    ) -> None:
        self.optimizer = optimizer
        self.windows: list[Window] = []
        self._statistics = tuple(statistics)
        self._describe = describe
        self._rows = rows
        self._failed = failed
        self._gauges: dict[tuple[int, ...], _Gauge] = {}
        self._loss: Any = None
        with tf.init_scope():
            self.step = tf.Variable(
                int(optimizer.iterations),
                dtype=tf.int64,
                trainable=False,
                name="kgrad_step",
            )

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Stands in for the optimizer's methods as long as it is open."""
        optimizer = self.optimizer
        apply, scale_loss = optimizer.apply, optimizer.scale_loss
        # Into `__dict__`: Keras would track, and save, an attribute.
        instance = vars(optimizer)
        before = {k: instance[k] for k in _METHODS if k in instance}

        def tapped_apply(grads: Any, trainable_variables: Any = None) -> Any:
            grads = list(grads)
            finish = self._begin(grads, trainable_variables)
            result = apply(grads, trainable_variables)
            finish()
            return result

        def tapped_scale_loss(loss: Any) -> Any:
            self._loss = loss
            return scale_loss(loss)

        instance.update(apply=tapped_apply, scale_loss=tapped_scale_loss)
        try:
            yield
        finally:
            self._loss = None
            for name in _METHODS:
                instance.pop(name, None)
            instance.update(before)

    def _begin(self, grads: list[Any], variables: Any) -> Callable[[], None]:
        """Reads what the update will change; returns what to do after it."""
        loss, self._loss = self._loss, None
        try:
            optimizer = self.optimizer
            if variables is None:
                variables = optimizer._trainable_variables
            variables = list(variables)
            if not optimizer.built:
                _build(optimizer, variables)
            pairs = [
                (gradient, variable)
                for gradient, variable in zip(grads, variables, strict=True)
                if gradient is not None
            ]
            if not pairs:
                return _nothing
            gauge = self._gauge([variable for _, variable in pairs])
            given = _given(optimizer, *map(list, zip(*pairs, strict=True)))
            rate = _learning_rate(innermost(optimizer))
            before = [_value(variable) for _, variable in pairs]
            skipped = _skipped(optimizer, grads)
        except Exception as error:
            self._failed(error)
            return _nothing

        def finish() -> None:
            try:
                after = [_value(variable) for _, variable in pairs]
                flow = gauge.flow(given, before, after)
                values = [
                    combine(statistic.measure, statistic(flow), *gauge.units)
                    for statistic in self._statistics
                ]
                gauge.window.write(
                    step=self.step + 1,
                    complete=given.complete,
                    loss=_scalar(loss),
                    learning_rate=rate,
                    skipped=skipped,
                    values=tf.reshape(tf.stack(values, axis=1), [-1]),
                )
                self.step.assign_add(
                    1
                    if given.complete is None
                    else tf.cast(given.complete, tf.int64)
                )
            except Exception as error:
                self._failed(error)

        return finish

    def _gauge(self, variables: Sequence[Any]) -> _Gauge:
        key = tuple(id(variable) for variable in variables)
        rows = self._rows()
        if key not in self._gauges or self._gauges[key].window.rows < rows:
            layout = self._describe(variables)
            window = Window(layout, len(self._statistics), rows)
            self._gauges[key] = _Gauge(variables, window)
            self.windows.append(window)
        return self._gauges[key]


@dataclass(frozen=True)
class _Given:
    """Gradients as the optimizer has them, before and after its clipping.

    `complete` is a bool tensor, False in the micro-steps of gradient
    accumulation that do not update the weights; None without accumulation.
    """

    gradients: list[Any]
    clipped: list[Any]
    complete: Any


class _Gauge:
    """Turns the tensors of a set of variables into a flow, step by step.

    Attributes:
        units: `(units,)`, the index of the target that each unit is of, and
            the number of measured targets.
    """

    def __init__(self, variables: Sequence[Any], window: Window) -> None:
        # Holds the variables, so that their ids are not used again.
        self.variables = list(variables)
        self.window = window
        measured = window.layout.measured
        lengths = [target.units for target in measured]
        self.units = (
            np.repeat(np.arange(len(measured), dtype=np.int32), lengths),
            len(measured),
        )
        with tf.init_scope():
            self._quiet_steps = tf.Variable(
                tf.zeros(sum(lengths)),
                trainable=False,
                name="kgrad_quiet_steps",
            )

    def flow(self, given: _Given, before: list[Any], after: list[Any]) -> Flow:
        """What passed in this step; counts the steps that units are quiet."""
        gradients = [_view(_touched(g)) for g in given.gradients]
        clipped = gradients
        if given.clipped is not given.gradients:
            clipped = [_view(_touched(g)) for g in given.clipped]
        silent = tf.equal(unit_max(gradients), 0.0)
        steps = tf.where(silent, self._quiet_steps + 1.0, 0.0)
        if given.complete is not None:
            steps = tf.where(given.complete, steps, self._quiet_steps)
        self._quiet_steps.assign(steps)
        return Flow(
            gradients,
            clipped,
            [_view(x) for x in before],
            [_view(x) for x in after],
            steps,
        )


_METHODS = ("apply", "scale_loss")


def _nothing() -> None:
    pass


def _build(optimizer: Any, variables: list[Any]) -> None:
    """Builds the optimizer where its own `apply` would build it."""
    with keras.name_scope(optimizer.name, caller=optimizer):
        optimizer.build(variables)
    optimizer.built = True


def _given(
    optimizer: Any, gradients: list[Any], variables: list[Any]
) -> _Given:
    """Unscales, accumulates and clips gradients as the optimizer will."""
    inner = innermost(optimizer)
    if inner is not optimizer:
        scale = optimizer.dynamic_scale
        gradients = [keras.ops.divide(g, scale) for g in gradients]
    if inner.loss_scale_factor is not None:
        gradients = [g / inner.loss_scale_factor for g in gradients]
    complete = None
    if inner.gradient_accumulation_steps:
        count = inner.gradient_accumulation_steps
        complete = tf.equal((inner._iterations + 1) % count, 0)
        gradients = [
            (g + inner._accumulated_gradients[inner._get_variable_index(v)])
            / count
            for g, v in zip(gradients, variables, strict=True)
        ]
    return _Given(gradients, inner._clip_gradients(gradients), complete)


def _skipped(optimizer: Any, grads: Sequence[Any]) -> Any:
    """Whether loss scaling will leave this update out."""
    if not isinstance(optimizer, keras.optimizers.LossScaleOptimizer):
        return tf.constant(False)
    return tf.logical_not(tf.convert_to_tensor(optimizer.check_finite(grads)))


def _learning_rate(optimizer: Any) -> Any:
    rate = optimizer._learning_rate
    schedule = keras.optimizers.schedules.LearningRateSchedule
    if callable(rate) and not isinstance(rate, (schedule, keras.Variable)):
        # A function of the user's may count its calls.
        return tf.constant(float("nan"))
    return tf.cast(
        keras.ops.convert_to_tensor(optimizer.learning_rate), tf.float32
    )


def _scalar(loss: Any) -> Any:
    """The loss as the step's graph can read it, NaN where it cannot."""
    if loss is None or not _reachable(loss):
        return tf.constant(float("nan"))
    return tf.cast(tf.reduce_mean(loss), tf.float32)


def _reachable(tensor: Any) -> bool:
    """Whether a tensor belongs to the current graph or one around it."""
    if not tf.is_symbolic_tensor(tensor):
        return True
    graph = tf.compat.v1.get_default_graph()
    while graph is not None:
        if tensor.graph is graph:
            return True
        graph = getattr(graph, "outer_graph", None)
    return False


def _value(variable: Any) -> Any:
    if isinstance(variable, keras.Variable):
        variable = variable.value
    return tf.convert_to_tensor(variable)


def _view(tensor: Any) -> Any:
    """`(rows, units)`, without copying."""
    if len(tensor.shape) == 2:
        return tensor
    units = tensor.shape[-1] if len(tensor.shape) else 1
    return tf.reshape(tensor, (-1, units))


def _touched(gradient: Any) -> Any:
    """A dense gradient as it is; of a sparse one the summed rows it touches.

    Rows that stand for the same index are added up: sorted by index, each
    run of equal ones is a segment. The result has as many rows as there are
    slices, zeros behind the last segment, so that its shape is static.
    """
    if not isinstance(gradient, tf.IndexedSlices):
        return gradient
    order = tf.argsort(gradient.indices)
    indices = tf.gather(gradient.indices, order)
    values = tf.gather(gradient.values, order)
    new = tf.cast(indices[1:] != indices[:-1], tf.int32)
    segments = tf.concat(
        [tf.zeros_like(indices[:1], tf.int32), tf.cumsum(new)], 0
    )
    return tf.math.unsorted_segment_sum(values, segments, tf.size(indices))
