"""What stands between the gradients of a step and the optimizer.

The host sees a step after its update. What must not happen has to be kept
from happening in the graph: before the optimizer is called, and without a
word of Python.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import keras
import tensorflow as tf

from kgrad.guard.layer_state import LayerState, layer_state
from kgrad.guard.learning_rate_scale import LearningRateScale
from kgrad.guard.percentile_clipper import PercentileClipper
from kgrad.guard.spike_gate import SpikeGate
from kgrad.records import Verdict
from kgrad.step.conditional import conditional
from kgrad.step.decision import GuardDecision, is_let_through
from kgrad.step.optimizers import innermost
from kgrad.step.replicas import index, require_turns, several, total
from kgrad.step.sparse_rows import TouchedRows
from kgrad.step.statistics.squares import at_least_float32


class Guard:
    """Judges the gradients of each step, and calls the optimizer or not.

    Every decision follows from the gradients that `judge` is given. On
    several replicas these are summed over all, the same everywhere; one
    replica of a process judges them, and the others do as it says: so all
    replicas, of all processes, do alike.

    Args:
        model: The `keras.Model` whose layers' state is put back, or None.
        gate: Whether an update is let through; None for always.
        limiter: How the gradients are scaled; None for not at all.
        rate: What lowers the learning rate; None for nothing.

    Attributes:
        verdicts: By replica of this process: scalar bool, whether the last
            step that was traced, or run eagerly, is let through.
    """

    def __init__(
        self,
        model: Any,
        gate: SpikeGate | None = None,
        limiter: PercentileClipper | None = None,
        rate: LearningRateScale | None = None,
    ) -> None:
        self.rate = rate
        self.verdicts: dict[int, Any] = {}
        self._model = model
        self._gate = gate
        self._limiter = limiter
        self._state: LayerState | None = None
        self._judged: GuardDecision | None = None

    @property
    def leaves_out(self) -> bool:
        """Whether there are steps that it may leave out."""
        return self._gate is not None

    def prepare(self) -> None:
        """Before the first step, and whenever weights were set by hand."""
        if self._gate is None:
            return
        self._gate.begin_again()
        if self._state is not None:
            self._state.keep()
        elif getattr(self._model, "built", False):
            self._kept()

    def answers(self, optimizer: Any) -> dict[str, Callable[..., Any]]:
        """What stands in for methods of the optimizer, by name.

        A `LossScaleOptimizer` asks the first replica of a process whether its
        gradients are finite. If only others overflow, it would apply what is
        not finite; and if two processes find different answers, one would
        wait for the other. Here, the answer is that of all replicas.
        """
        self._judged = None
        if innermost(optimizer) is optimizer:
            return {}
        check_finite = optimizer.check_finite

        def answer(gradients: Any) -> Any:
            if not several() or self._judged is None:
                return check_finite(gradients)
            return tf.not_equal(self._judged.verdict, float(Verdict.SCALED))

        return {"check_finite": answer}

    def judge(
        self, optimizer: Any, gradients: Sequence[Any]
    ) -> GuardDecision | None:
        """Looks at the gradients of a step; None if nothing depends on them.

        Args:
            optimizer: The optimizer, built.
            gradients: What it is called with, without None.
        """
        if self._gate is None and self._limiter is None:
            return None
        first = index() == 0
        if first:
            self._judged = None
        sums = []
        if several():
            require_turns()
            sums = total(gradients)
        # The replicas of a process are traced, and run eagerly, in turns; the
        # first one goes first.
        if first:
            judged = self._look(optimizer, sums or gradients)
            self._judged = replace(judged, sums=sums)
        return self._judged

    def _look(self, optimizer: Any, gradients: Sequence[Any]) -> GuardDecision:
        """Called once a step: gate and limiter remember what they saw."""
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
        if self._gate is not None:
            verdict, limit = self._gate.judge(norm, routine)
        else:
            verdict, limit = tf.constant(0.0), tf.constant(float("inf"))
            if routine is not None:
                verdict = tf.cast(routine, tf.float32)
        if self._limiter is None:
            return GuardDecision(verdict, limit)
        enters = is_let_through(verdict)
        return GuardDecision(verdict, limit, self._limiter.factor(norm, enters))

    def apply(
        self, judged: GuardDecision, optimizer: Any, apply: Callable[[], Any]
    ) -> None:
        """Calls the optimizer, or leaves everything as it was.

        Args:
            judged: What `judge` said.
            optimizer: The optimizer.
            apply: Calls it.
        """
        if self._gate is None:
            apply()
            return
        state = self._kept()
        scaled = innermost(optimizer) is not optimizer

        def let_through() -> None:
            apply()
            if state is not None:
                # An overflow that loss scaling leaves out is none of the
                # forward pass, unless the state says so.
                if scaled:
                    conditional(state.is_finite(), state.keep, state.put_back)
                else:
                    state.keep()

        def leave_out() -> None:
            if state is not None:
                state.put_back()

        verdict = is_let_through(judged.verdict)
        self.verdicts[index()] = verdict
        conditional(verdict, let_through, leave_out)

    def _kept(self) -> LayerState | None:
        """Made late if the model is built late, by its first step."""
        if self._state is None:
            variables = layer_state(self._model)
            self._state = LayerState(variables) if variables else None
        return self._state


def global_norm(gradients: Sequence[Any]) -> Any:
    """||g||, the L2 norm of all gradients together, scalar float32.

    Not finite if any of them is not, or if its square is no float32 any
    more: from 1.8e19 on. Rows of a sparse gradient that stand for the same
    index are added up before.
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
