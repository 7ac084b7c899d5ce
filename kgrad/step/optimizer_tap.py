"""Listens to the optimizer: what it is given, and what it does with it.

In every kind of training loop, inside the compiled step, an optimizer is told
the loss (`scale_loss`) and the gradients (`apply`). The tap replaces both on
the optimizer *instance*, passes everything on unchanged, and is removed when
its context ends: whatever was traced in between keeps measuring.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from typing import Any

import tensorflow as tf

from kgrad.step import replicas
from kgrad.step.decision import GuardDecision, UpdateGuard
from kgrad.step.flow import FlowBuilder, PreUpdateState
from kgrad.step.functions import keep_alive, note_tracing
from kgrad.step.optimizers import build
from kgrad.step.patching import PatchedAttributes
from kgrad.step.statistics import Statistic, per_target
from kgrad.step.step_gradients import (
    StepGradients,
    over_replicas,
    step_gradients,
)
from kgrad.step.targets import TargetLayout
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
            continues unmeasured.
        guard: Decides what becomes of each update; None for no guard.
        unguarded: Called with an exception if the guard fails; the step then
            continues without it.
        step: The counter of another tap to share; None for one of its own.

    Attributes:
        step: `tf.Variable`, the last step that was made.
        windows: The windows made so far.
        unreached: Variables that came without a gradient, by their id.
        entered: Called, while a step is traced or run eagerly, before the
            optimizer.
        measured: Called likewise with what was measured; in all replicas
            but the first, which measures, with the sums of the gradients.
        looked: Called with gradients and earlier weights, where measured.
        applied: Called after that.
        ran: Called after the optimizer has run eagerly.
    """

    def __init__(
        self,
        optimizer: Any,
        statistics: Sequence[Statistic],
        describe: Callable[[Sequence[Any]], TargetLayout],
        rows: Callable[[], int],
        failed: Callable[[Exception], None],
        guard: UpdateGuard | None = None,
        unguarded: Callable[[Exception], None] = lambda error: None,
        step: Any = None,
    ) -> None:
        self.optimizer = optimizer
        self.guard = guard
        self._unguarded = unguarded
        self.windows: list[Window] = []
        self.unreached: dict[int, Any] = {}
        self.entered: Callable[[], None] = _nothing
        self.measured: Callable[[Any], None] = lambda values: None
        self.looked: Callable[..., None] = lambda builder, step, before: None
        self.applied: Callable[[], None] = _nothing
        self.ran: Callable[[], None] = _nothing
        self._statistics = tuple(statistics)
        self._describe = describe
        self._rows = rows
        self._failed = failed
        self._flow_builders: dict[tuple[int, ...], FlowBuilder] = {}
        # By replica: each is traced in a thread of its own.
        self._loss: dict[int, Any] = {}
        self._sums: dict[int, Sequence[Any]] = {}
        if step is None:
            step = replicas.own_variable(0, "kgrad_step", tf.int64)
        self.step = step

    def prepare(self, variables: Sequence[Any]) -> None:
        """Makes a window before it is needed.

        A variable made while a step is traced makes TensorFlow trace it
        twice.

        Args:
            variables: What the optimizer will be called with, if it is not
                built and does not know yet.
        """
        if self.optimizer.built:
            variables = self.optimizer._trainable_variables
        if variables:
            self._flow_builder(variables)
        self.recount()

    def recount(self) -> None:
        """Others may have written to the variables since the last step."""
        for builder in self._flow_builders.values():
            builder.recount()

    def listening(self) -> PatchedAttributes:
        """Replaces the optimizer's methods while it is open."""
        apply, scale_loss = self.optimizer.apply, self.optimizer.scale_loss
        sum_gradients = self.optimizer._all_reduce_sum_gradients
        self._loss, self._sums = {}, {}

        def tapped_apply(grads: Any, trainable_variables: Any = None) -> Any:
            note_tracing(trains=True)
            keep_alive(self)
            self.entered()
            grads = list(grads)
            self._sums.pop(replicas.index(), None)
            with self.guard.listening() if self.guard else nullcontext():
                decision = self._decide(grads, trainable_variables)
                finish = self._begin(grads, trainable_variables, decision)
                result = self._apply(
                    apply, grads, trainable_variables, decision
                )
                finish()
            if tf.executing_eagerly():
                self.ran()
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

    def _apply(
        self,
        apply: Callable[..., Any],
        grads: list[Any],
        variables: Any,
        decision: GuardDecision | None,
    ) -> Any:
        """Calls the optimizer with what the guard passes on, if anything."""
        if self.guard is None or decision is None:
            return apply(grads, variables)
        handed = decision.scaled(grads)
        return self.guard.apply(
            decision, self.optimizer, lambda: apply(handed, variables)
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
            build(optimizer, variables)
        pairs = []
        for gradient, variable in zip(grads, variables, strict=True):
            if gradient is None:
                self.unreached[id(variable)] = variable
            else:
                pairs.append((gradient, variable))
        return [pair[0] for pair in pairs], [pair[1] for pair in pairs]

    def _decide(self, grads: list[Any], variables: Any) -> GuardDecision | None:
        """What the guard decides; None without a decision."""
        if self.guard is None:
            return None
        try:
            gradients, _ = self._pairs(grads, variables)
            if gradients:
                return self.guard.decide(self.optimizer, gradients)
        except Exception as error:
            self._unguarded(error)
        return None

    def _begin(
        self, grads: list[Any], variables: Any, decision: GuardDecision | None
    ) -> Callable[[], None]:
        """Reads what the update will change; returns what to do after it."""
        loss = self._loss.pop(replicas.index(), None)
        try:
            optimizer = self.optimizer
            gradients, variables = self._pairs(grads, variables)
            if not gradients:
                return _nothing
            step = step_gradients(
                optimizer, gradients, variables, loss, decision
            )
            if decision is not None:
                # The guard has summed them, if they are still the same.
                same = step.gradients is gradients
                self._sums[replicas.index()] = decision.sums if same else []
            # Which rows are touched must be known before the update.
            sparse = any(isinstance(g, tf.IndexedSlices) for g in gradients)
            if replicas.several() and sparse:
                step = over_replicas(step, self._heard())
            if replicas.index() == 0:
                builder = self._flow_builder(variables)
                before = builder.before(optimizer, step)
        except Exception as error:
            self._failed(error)
            return _nothing

        def finish() -> None:
            try:
                whole = step
                if replicas.several() and not sparse:
                    whole = over_replicas(step, self._heard())
                if replicas.index() == 0:
                    values = self._measure(builder, whole, before, decision)
                else:
                    values = whole.sums()
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
        builder: FlowBuilder,
        step: StepGradients,
        before: PreUpdateState,
        decision: GuardDecision | None,
    ) -> Any:
        """Writes the row of a step, after its update; returns its numbers."""
        flow = builder.flow(step, before)
        table = per_target(
            [statistic.measure for statistic in self._statistics],
            [statistic.of(flow) for statistic in self._statistics],
            flow.owner,
        )
        values = tf.reshape(table, [-1])
        self.looked(builder, step, before)
        builder.window.write(
            step=self.step + 1,
            complete=step.complete,
            loss=step.loss,
            learning_rate=step.learning_rate,
            skipped=step.skipped,
            values=values,
            decision=decision,
            has_loss=step.has_loss,
        )
        made = 1 if step.complete is None else tf.cast(step.complete, tf.int64)
        # A step that fails on the way here does not count.
        with tf.control_dependencies([values]):
            self.step.assign_add(made)
        return values

    def _flow_builder(self, variables: Sequence[Any]) -> FlowBuilder:
        key = tuple(id(variable) for variable in variables)
        rows = self._rows()
        if (
            key not in self._flow_builders
            or self._flow_builders[key].window.rows < rows
        ):
            layout = self._describe(variables)
            window = Window(layout, len(self._statistics), rows)
            self._flow_builders[key] = FlowBuilder(variables, window)
            self.windows.append(window)
        return self._flow_builders[key]


def _nothing() -> None:
    pass
