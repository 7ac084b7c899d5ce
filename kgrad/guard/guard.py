"""Decides in the graph what becomes of an update.

The host sees a step only after its update. What must not happen has to be
prevented in the graph: before the optimizer is called, and without Python.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from typing import Any

import keras
import tensorflow as tf

from kgrad.guard.layer_state import LayerState, layer_state
from kgrad.guard.learning_rate_scale import LearningRateScale
from kgrad.guard.percentile_clipper import PercentileClipper
from kgrad.guard.spike_gate import SpikeGate
from kgrad.records import UpdateOutcome
from kgrad.step.decision import GuardDecision, reaches_optimizer
from kgrad.step.optimizers import innermost
from kgrad.step.replicas import (
    index,
    replica_cond,
    require_turns,
    several,
    total,
)
from kgrad.step.sparse_rows import TouchedRows
from kgrad.step.statistics.squares import at_least_float32


class Guard:
    """Decides on the gradients of each step whether the optimizer is called.

    Every decision follows from the gradients that `decide` receives. With
    several replicas these are the sums over all of them, the same everywhere;
    one replica of each process decides and the others follow it, so that all
    replicas of all processes do the same.

    Args:
        model: The `keras.Model` whose layers' state is put back, or None.
        spike_gate: Decides whether an update is applied; None for always.
        clipper: Clips the gradients; None for no clipping.
        rate: Scales the learning rate; None for no scaling.

    Attributes:
        applied: By replica of this process: scalar bool, whether the update
            that was last traced, or run eagerly, is applied.
    """

    def __init__(
        self,
        model: Any,
        spike_gate: SpikeGate | None = None,
        clipper: PercentileClipper | None = None,
        rate: LearningRateScale | None = None,
    ) -> None:
        self.rate = rate
        self.applied: dict[int, Any] = {}
        self._model = model
        self._spike_gate = spike_gate
        self._clipper = clipper
        self._state: LayerState | None = None
        self._decision: GuardDecision | None = None

    @property
    def leaves_out(self) -> bool:
        """Whether there are steps that it may leave out."""
        return self._spike_gate is not None

    def listening(self) -> AbstractContextManager[Any]:
        """Applies the lowered learning rate while it is open."""
        return nullcontext() if self.rate is None else self.rate.listening()

    def prepare(self) -> None:
        """Called before the first step and after weights were set by hand."""
        if self._spike_gate is None:
            return
        self._spike_gate.begin_again()
        if self._state is not None:
            self._state.keep()
        elif getattr(self._model, "built", False):
            self._kept()

    def answers(self, optimizer: Any) -> dict[str, Callable[..., Any]]:
        """Replacements for methods of the optimizer, by name.

        A `LossScaleOptimizer` asks only the first replica of a process whether
        its gradients are finite. If others overflow, it would apply gradients
        that are not finite; and if two processes disagreed, one would wait for
        the other. Here the answer is that of all replicas.
        """
        self._decision = None
        if innermost(optimizer) is optimizer:
            return {}
        check_finite = optimizer.check_finite

        def answer(gradients: Any) -> Any:
            if not several() or self._decision is None:
                return check_finite(gradients)
            return tf.not_equal(
                self._decision.outcome, float(UpdateOutcome.SCALED)
            )

        return {"check_finite": answer}

    def decide(
        self, optimizer: Any, gradients: Sequence[Any]
    ) -> GuardDecision | None:
        """What becomes of the update; None if nothing depends on the gradients.

        Args:
            optimizer: The optimizer, built.
            gradients: What it is called with, without None.
        """
        if self._spike_gate is None and self._clipper is None:
            return None
        first = index() == 0
        if first:
            self._decision = None
        sums = []
        if several():
            require_turns()
            sums = total(gradients)
        # The replicas of a process are traced, and run eagerly, in turns; the
        # first one goes first.
        if first:
            decision = self._look(optimizer, sums or gradients)
            self._decision = replace(decision, sums=sums)
        return self._decision

    def _look(self, optimizer: Any, gradients: Sequence[Any]) -> GuardDecision:
        """Called once a step: spike gate and clipper keep what they saw."""
        inner = innermost(optimizer)
        routine = None
        if inner is not optimizer:
            finite = tf.convert_to_tensor(optimizer.check_finite(gradients))
            routine = tf.logical_not(finite)
            # Squares of scaled gradients would overflow at large scales.
            scale = optimizer.dynamic_scale
            gradients = [keras.ops.divide(g, scale) for g in gradients]
        norm = global_norm(gradients)
        if inner.loss_scale_factor is not None:
            norm /= inner.loss_scale_factor
        if self._spike_gate is not None:
            outcome, limit = self._spike_gate.decide(norm, routine)
        else:
            outcome, limit = tf.constant(0.0), tf.constant(float("inf"))
            if routine is not None:
                outcome = tf.cast(routine, tf.float32)
        if self._clipper is None:
            return GuardDecision(outcome, limit)
        enters = reaches_optimizer(outcome)
        return GuardDecision(outcome, limit, self._clipper.factor(norm, enters))

    def apply(
        self, decision: GuardDecision, optimizer: Any, apply: Callable[[], Any]
    ) -> None:
        """Calls the optimizer, or leaves everything as it was.

        Args:
            decision: What `decide` returned.
            optimizer: The optimizer.
            apply: Calls it.
        """
        if self._spike_gate is None:
            apply()
            return
        state = self._kept()
        scaled = innermost(optimizer) is not optimizer

        def let_through() -> None:
            apply()
            if state is not None:
                # An overflow that loss scaling skips does not come from the
                # forward pass, unless the state says so.
                if scaled:
                    replica_cond(state.is_finite(), state.keep, state.put_back)
                else:
                    state.keep()

        def leave_out() -> None:
            if state is not None:
                state.put_back()

        applied = reaches_optimizer(decision.outcome)
        self.applied[index()] = applied
        replica_cond(applied, let_through, leave_out)

    def _kept(self) -> LayerState | None:
        """Made late if the model is built late, by its first step."""
        if self._state is None:
            variables = layer_state(self._model)
            self._state = LayerState(variables) if variables else None
        return self._state


def global_norm(gradients: Sequence[Any]) -> Any:
    """||g||, the L2 norm of all gradients together, scalar float32.

    Not finite if any of them is not, or if its square exceeds float32: from
    1.8e19 on. Duplicate rows of a sparse gradient are added up first.
    """
    halves = [
        tf.nn.l2_loss(at_least_float32(_entries(gradient)))
        for gradient in gradients
    ]
    total = tf.add_n([tf.cast(half, tf.float32) for half in halves])
    return tf.sqrt(2.0 * total)


def _entries(gradient: Any) -> Any:
    if isinstance(gradient, tf.IndexedSlices):
        return TouchedRows(gradient).sums(gradient)
    return gradient
