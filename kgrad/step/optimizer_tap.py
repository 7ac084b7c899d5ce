"""Listens at the optimizer: what it is given, and what it makes of it.

An optimizer is told the loss (`scale_loss`) and the gradients (`apply`), in
every kind of training loop, inside the compiled step. The tap stands in for
both on the optimizer *instance*, passes everything on untouched, and is
gone when its context ends: what was traced in between keeps measuring.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import keras
import tensorflow as tf

from kgrad.guard.guard import Guard
from kgrad.step import replicas
from kgrad.step.decision import GuardDecision
from kgrad.step.flow import FlowBuilder, PreUpdateState
from kgrad.step.patching import PatchedAttributes
from kgrad.step.statistics.base import Statistic
from kgrad.step.statistics.combine import combine
from kgrad.step.step_gradients import StepGradients, given, over_replicas
from kgrad.step.targets import Layout
from kgrad.step.window import Window


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
        guard: What stands between the gradients and the optimizer, None for
            nothing.
        unguarded: Called with an exception if the guard fails; the step then
            goes on without it.

    Attributes:
        step: `tf.Variable`, the last step that was made.
        windows: The windows made so far.
        measured: Called, while a step is traced, with what was measured;
            with None in all replicas but the first.
        applied: Called after that.
    """

    def __init__(
        self,
        optimizer: Any,
        statistics: Sequence[Statistic],
        describe: Callable[[Sequence[Any]], Layout],
        rows: Callable[[], int],
        failed: Callable[[Exception], None],
        guard: Guard | None = None,
        unguarded: Callable[[Exception], None] = lambda error: None,
    ) -> None:
        self.optimizer = optimizer
        self.guard = guard
        self._unguarded = unguarded
        self.windows: list[Window] = []
        self.measured: Callable[[Any], None] = lambda values: None
        self.applied: Callable[[], None] = _nothing
        self._statistics = tuple(statistics)
        self._describe = describe
        self._rows = rows
        self._failed = failed
        self._gauges: dict[tuple[int, ...], FlowBuilder] = {}
        # By replica: each is traced in a thread of its own.
        self._loss: dict[int, Any] = {}
        self._sums: dict[int, Sequence[Any]] = {}
        self.step = replicas.own_variable(
            replicas.whole_number(optimizer.iterations), "kgrad_step", tf.int64
        )

    def prepare(self, variables: Sequence[Any]) -> None:
        """Makes a window before it is needed.

        Made while a step is traced, its variables would have TensorFlow
        trace the step a second time.

        Args:
            variables: What the optimizer will be called with, if it is not
                built and does not know yet.
        """
        if self.optimizer.built:
            variables = self.optimizer._trainable_variables
        if variables:
            self._gauge(variables)
        self.recount()

    def recount(self) -> None:
        """Others may have written to the variables since the last step."""
        for gauge in self._gauges.values():
            gauge.recount()

    def listening(self) -> PatchedAttributes:
        """Stands in for the optimizer's methods as long as it is open."""
        apply, scale_loss = self.optimizer.apply, self.optimizer.scale_loss
        sum_gradients = self.optimizer._all_reduce_sum_gradients
        self._loss, self._sums = {}, {}

        def tapped_apply(grads: Any, trainable_variables: Any = None) -> Any:
            grads = list(grads)
            self._sums.pop(replicas.index(), None)
            with self._rate_lowered():
                judged = self._judge(grads, trainable_variables)
                finish = self._begin(grads, trainable_variables, judged)
                result = self._apply(apply, grads, trainable_variables, judged)
                finish()
            return result

        def tapped_scale_loss(loss: Any) -> Any:
            self._loss[replicas.index()] = loss
            return scale_loss(loss)

        def tapped_sum_gradients(pairs: Any) -> Any:
            pairs = sum_gradients(pairs)
            if replicas.several():
                totals = [total for total, _ in pairs]
                self._sums.setdefault(replicas.index(), totals)
            return pairs

        taps = {
            "apply": tapped_apply,
            "scale_loss": tapped_scale_loss,
            "_all_reduce_sum_gradients": tapped_sum_gradients,
        }
        if self.guard is not None:
            taps |= self.guard.answers(self.optimizer)
        return PatchedAttributes(self.optimizer, **taps)

    def _rate_lowered(self) -> AbstractContextManager[Any]:
        if self.guard is None or self.guard.rate is None:
            return nullcontext()
        return self.guard.rate.listening()

    def _apply(
        self,
        apply: Callable[..., Any],
        grads: list[Any],
        variables: Any,
        judged: GuardDecision | None,
    ) -> Any:
        """Calls the optimizer with what the guard hands on, if at all."""
        if self.guard is None or judged is None:
            return apply(grads, variables)
        handed = judged.handed(grads)
        return self.guard.apply(
            judged, self.optimizer, lambda: apply(handed, variables)
        )

    def _pairs(
        self, grads: list[Any], variables: Any
    ) -> tuple[list[Any], list[Any]]:
        """Gradients and their variables, of an optimizer that is built."""
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
        return [pair[0] for pair in pairs], [pair[1] for pair in pairs]

    def _judge(self, grads: list[Any], variables: Any) -> GuardDecision | None:
        """What the guard says of the gradients; None if it has no say."""
        if self.guard is None:
            return None
        try:
            gradients, _ = self._pairs(grads, variables)
            if gradients:
                return self.guard.judge(self.optimizer, gradients)
        except Exception as error:
            self._unguarded(error)
        return None

    def _begin(
        self, grads: list[Any], variables: Any, judged: GuardDecision | None
    ) -> Callable[[], None]:
        """Reads what the update will change; returns what to do after it."""
        loss = self._loss.pop(replicas.index(), None)
        try:
            optimizer = self.optimizer
            gradients, variables = self._pairs(grads, variables)
            if not gradients:
                return _nothing
            step = given(optimizer, gradients, variables, loss, judged)
            if judged is not None:
                # They were summed to be judged, if they are still the same.
                same = step.gradients is gradients
                self._sums[replicas.index()] = judged.sums if same else []
            # Which rows are touched must be known before the update.
            sparse = any(isinstance(g, tf.IndexedSlices) for g in gradients)
            if replicas.several() and sparse:
                step = over_replicas(step, self._heard())
            if replicas.index() == 0:
                gauge = self._gauge(variables)
                before = gauge.before(optimizer, step)
        except Exception as error:
            self._failed(error)
            return _nothing

        def finish() -> None:
            try:
                whole = step
                if replicas.several() and not sparse:
                    whole = over_replicas(step, self._heard())
                values = None
                if replicas.index() == 0:
                    values = self._measure(gauge, whole, before, judged)
                self.measured(values)
                self.applied()
            except Exception as error:
                self._failed(error)

        return finish

    def _heard(self) -> Sequence[Any]:
        """Sums of the gradients over all replicas, if there are any yet."""
        return self._sums.pop(replicas.index(), [])

    def _measure(
        self,
        gauge: FlowBuilder,
        step: StepGradients,
        before: PreUpdateState,
        judged: GuardDecision | None,
    ) -> Any:
        """Writes the row of a step, after its update; returns its numbers."""
        flow = gauge.flow(step, before)
        table = combine(
            [statistic.measure for statistic in self._statistics],
            [statistic(flow) for statistic in self._statistics],
            flow.owner,
        )
        values = tf.reshape(table, [-1])
        gauge.window.write(
            step=self.step + 1,
            complete=step.complete,
            loss=step.loss,
            learning_rate=step.learning_rate,
            skipped=step.skipped,
            values=values,
            judged=judged,
        )
        made = 1
        if step.complete is not None:
            made = tf.cast(step.complete, tf.int64)
        # A step that fails on the way here does not count.
        with tf.control_dependencies([values]):
            self.step.assign_add(made)
        return values

    def _gauge(self, variables: Sequence[Any]) -> FlowBuilder:
        key = tuple(id(variable) for variable in variables)
        rows = self._rows()
        if key not in self._gauges or self._gauges[key].window.rows < rows:
            layout = self._describe(variables)
            window = Window(layout, len(self._statistics), rows)
            self._gauges[key] = FlowBuilder(variables, window)
            self.windows.append(window)
        return self._gauges[key]


def _nothing() -> None:
    pass


def _build(optimizer: Any, variables: list[Any]) -> None:
    """Builds the optimizer where its own `apply` would build it."""
    with keras.name_scope(optimizer.name, caller=optimizer):
        optimizer.build(variables)
    optimizer.built = True
