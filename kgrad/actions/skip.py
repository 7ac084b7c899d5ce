"""Skips updates that would do harm."""

from __future__ import annotations

from collections.abc import Iterator

from kgrad._arguments import positive, require
from kgrad.actions.base import Action, Run
from kgrad.records import ActionRecord, Snapshot, guarded

LARGEST = 1.8e19
"""A norm whose square overflows float32 counts as not finite."""


class Skip(Action):
    """Does not apply an update that is not finite, or far too large.

    A guard in the compiled step, before the optimizer is called. A skipped
    step leaves everything as it was before: weights, slots of the optimizer,
    `optimizer.iterations` (so that schedules wait), moving statistics of
    batch normalization and states of stateful layers, and Keras' metrics of
    the epoch. The monitor keeps counting its own steps: the history shows
    the skipped step with its gradients. A training that is continued in a
    new process only has `optimizer.iterations`: its history counts from
    there, over as many of the last steps.

    An update is too large if the global norm of the gradients, before any
    clipping, is more than `factor` times the running norm: the geometric
    mean of the norms that were applied. After `patience` of them in a row
    the next is accepted, and the running norm starts again there: the run
    has reached a new level. An update that is not finite is never applied;
    after `patience` of them in a row `Skip` gives up: if no `Restore` puts
    the run right, the training is stopped, with weights that are still good.

    A `LossScaleOptimizer` handles overflows itself: it skips steps that are
    not finite and lowers its scale; only their effect on the moving
    statistics is undone.

    On several replicas (`tf.distribute`) the gradients summed over all
    replicas of all processes count: after a NaN in one, every replica skips
    the step. Each keeps its own moving statistics, and gets those back. An
    overflow under a `LossScaleOptimizer` counts wherever it happens; Keras
    itself only asks the first replica of a process, applies what is not
    finite in the others, and lets processes wait for each other forever.
    Replicas on GPUs that XLA compiles (`jit_compile=True`, which is not
    Keras' default there) cannot act together: training continues without
    it, with a warning.

    Args:
        factor: Norm against the running norm, above 1; `math.inf` for no
            limit. Healthy runs of recurrent models reach hundreds.
        patience: Number of updates in a row.
        warmup: Number of updates that are applied before there is a limit of
            the norm; the mean of 20 is good to a fifth.
        memory: Number of updates that the running norm remembers.

    Attributes:
        total: Number of updates skipped so far.
        in_a_row: Number of those since the last one that was applied.

    Raises:
        TypeError: If an argument is of the wrong type.
        ValueError: If one is out of its range.
    """

    name = "skip"
    order = 1

    def __init__(
        self,
        *,
        factor: float = 1000.0,
        patience: int = 20,
        warmup: int = 20,
        memory: int = 100,
    ) -> None:
        require(
            isinstance(factor, int | float) and not isinstance(factor, bool),
            "`factor` must be a number.",
            factor=factor,
        )
        if not factor > 1:
            raise ValueError(
                f"`factor` must be above 1. Received: factor={factor}"
            )
        self.factor = float(factor)
        self.patience = positive("patience", patience)
        self.warmup = positive("warmup", warmup)
        self.memory = positive("memory", memory)
        self.total = 0
        self.in_a_row = 0
        self._bad_in_a_row = 0
        self._gave_up: list[int] = []

    def begin(self, run: Run) -> None:
        """Starts to count those in a row."""
        self.in_a_row = self._bad_in_a_row = 0
        self._gave_up = []

    def update(self, snapshot: Snapshot, run: Run) -> None:
        """Counts all that were skipped, and those that are not finite."""
        left_out = guarded(snapshot.steps, snapshot.actions)
        self.total += int(left_out.sum())
        bad = left_out & ~(snapshot["gradient_norm"][:, -1] < LARGEST)
        for step, out, lost in zip(snapshot.steps, left_out, bad, strict=True):
            self.in_a_row = self.in_a_row + 1 if out else 0
            self._bad_in_a_row = self._bad_in_a_row + 1 if lost else 0
            if self._bad_in_a_row == self.patience:
                self._gave_up.append(int(step))
                run.lost = int(step)

    def act(self, run: Run) -> Iterator[ActionRecord]:
        """Says when it gave up, and stops what nobody has put right."""
        for step in self._gave_up:
            what = (
                f"{self.patience} updates in a row up to step {step} were not "
                "finite"
            )
            if run.settled < step:
                run.stop(f"skip gave up: {what}.")
                what += (
                    "; stopped the training with weights that are still good"
                )
            yield ActionRecord(self.name, step, f"Gave up: {what}.", count=0)
        self._gave_up = []
