"""Returns to weights that were good."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from kgrad._arguments import positive, require
from kgrad.actions.base import Action, Run
from kgrad.diagnosis.causes import MEMORY
from kgrad.records import ActionRecord, Snapshot
from kgrad.signs.divergence import LostLoss


class Restore(Action):
    """Restores weights and optimizer from when they were good.

    Every so many steps it copies the weights, the state of layers, and the
    state of the optimizer to the host's memory, if all of it is finite and
    nothing is wrong. When the run becomes ill, it restores the latest copy
    that is at least 64 steps older than the first bad step, or else the
    oldest copy, lowers the learning rate, and training continues with the
    next batch. `optimizer.iterations` is restored, too; the monitor keeps
    counting its own steps. The metrics of the epoch start again.

    The run is ill if a gradient, weight or loss is not finite and the update
    was not skipped, if `Skip` gives up, or if one of the given signs is
    found.

    A training that is continued in a new process only has
    `optimizer.iterations`: its history counts from there, over the steps
    that were undone.

    A learning rate that is a variable is set, as by Keras' own callbacks; if
    a callback sets it at each epoch, it does not stay lower for long. A
    schedule is multiplied for as long as the monitor watches. The copies
    take twice the memory of weights and slots; more if `every` is below 64,
    so that one of them is always 64 steps old.

    In a training loop of your own, copies are made and restored when it calls
    `monitor.run_actions()`: only it knows when it is between two steps.

    On several replicas (`tf.distribute`) each gets back its own state: the
    weights are the same, moving statistics are not. Each of several workers
    has its own copies, made and restored at the same steps, if all of them
    are finite. In a training loop of your own, all workers must ask after
    the same steps.

    Args:
        *signs: Names of signs that it waits for; by default `"nonfinite"`
            and `"exploding"`, a run that diverges.
        every: Number of steps between two copies; up to 64 more than this
            may be lost.
        learning_rate_factor: What the learning rate is multiplied by, above
            0 and at most 1.
        attempts: How often it restores in one training before it gives up.

    Raises:
        TypeError: If an argument is of the wrong type.
        ValueError: If one is out of its range.
    """

    name = "restore"

    def __init__(
        self,
        *signs: str,
        every: int = 500,
        learning_rate_factor: float = 0.5,
        attempts: int = 3,
    ) -> None:
        for sign in signs:
            require(
                isinstance(sign, str) and bool(sign),
                "`signs` must be names of signs.",
                signs=sign,
            )
        self.signs = signs or ("nonfinite", "exploding")
        self.every = positive("every", every)
        require(
            isinstance(learning_rate_factor, int | float)
            and not isinstance(learning_rate_factor, bool),
            "`learning_rate_factor` must be a number.",
            learning_rate_factor=learning_rate_factor,
        )
        if not 0 < learning_rate_factor <= 1:
            raise ValueError(
                "`learning_rate_factor` must be above 0 and at most 1. "
                f"Received: learning_rate_factor={learning_rate_factor}"
            )
        self.learning_rate_factor = float(learning_rate_factor)
        self.attempts = positive("attempts", attempts)
        self._copies: list[Copy] = []
        self._made = 0
        self._bad = 0
        self._copied_at = 0
        self._gave_up = False
        self._lost_loss = LostLoss()

    def awaits(self) -> tuple[str, ...]:
        """The signs that it was given."""
        return self.signs

    def begin(self, run: Run) -> None:
        """The first state is good, if it is finite."""
        self._made = self._bad = 0
        self._gave_up = False
        self._copies = []
        self._lost_loss = LostLoss()
        self._copy(run)

    def update(self, snapshot: Snapshot, run: Run) -> None:
        """Notes the first bad step since the last time."""
        lost = self._lost_loss.rows(snapshot)
        bad = snapshot["nonfinite_count"][:, -1] != 0
        bad |= ~np.isfinite(snapshot["weight_norm"][:, -1])
        bad = (bad | lost) & ~snapshot.skipped
        steps = snapshot.steps[bad & (snapshot.steps > run.settled)]
        if len(steps) and not self._bad and "nonfinite" in self.signs:
            self._bad = int(steps[0])

    def act(self, run: Run) -> Iterator[ActionRecord]:
        """Restores, or copies when it is time."""
        onset, reason = self._illness(run)
        if reason:
            yield from self._restore(run, onset, reason)
        elif not self._copies or run.step - self._copied_at >= self.every:
            self._copy(run)

    def _illness(self, run: Run) -> tuple[int, str]:
        """The step at which it began, and what it is; `""` for none."""
        if self._bad:
            return self._bad, f"step {self._bad} was not finite"
        if run.lost > run.settled:
            return run.lost, f"updates up to step {run.lost} were not finite"
        for finding in run.open(self.signs):
            if finding.sign != "nonfinite":
                since = finding.first_step
                if since <= run.settled:
                    since = finding.last_step
                what = f"`{finding.sign}` at `{finding.target}`, step {since}"
                return since, what
        return 0, ""

    def _restore(
        self, run: Run, onset: int, reason: str
    ) -> Iterator[ActionRecord]:
        if self._gave_up:
            return
        if not self._copies or self._made == self.attempts:
            self._gave_up = True
            why = f"{self.attempts} attempts did not help"
            if not self._copies:
                why = "there are no weights to go back to"
            yield ActionRecord(
                self.name, run.step, f"Gave up ({reason}): {why}.", count=0
            )
            return
        self._made += 1
        old = [c for c in self._copies if c.step < onset - MEMORY]
        copy = old[-1] if old else self._copies[0]
        self._copies = self._copies[: self._copies.index(copy) + 1]
        copy.restore()
        rate = self._lower(run)
        if run.guard is not None:
            run.guard.prepare()
        if run.model is not None:
            run.model.reset_metrics()
        self._bad, self._copied_at = 0, run.step
        run.settled = run.step
        yield ActionRecord(
            self.name,
            run.step,
            f"Restored the state of step {copy.step} at step {run.step} "
            f"({reason}){rate}; attempt {self._made} of {self.attempts}.",
        )

    def _lower(self, run: Run) -> str:
        if self.learning_rate_factor == 1 or run.guard is None:
            return ""
        if run.guard.rate is None:
            return ""
        before, after = run.guard.rate.lower(self.learning_rate_factor)
        return f", learning rate lowered from {before:.3g} to {after:.3g}"

    def _copy(self, run: Run) -> None:
        copy = Copy.of(run)
        if copy is not None:
            self._copied_at = run.step
            # The run may be ill already when the newest is made: an older
            # one is kept, too.
            kept = 1 + -(-MEMORY // self.every)
            self._copies = [*self._copies, copy][-kept:]


@dataclass(frozen=True, eq=False)
class Copy:
    """The state of a training after a step, in the host's memory.

    Args:
        step: The step.
        variables: `tf.Variable`s, with all copies of each that the replicas
            of this process have.
        values: What each held; one value for copies that are the same.
    """

    step: int
    variables: Sequence[Sequence[Any]]
    values: Sequence[npt.NDArray[Any]]

    @classmethod
    def of(cls, run: Run) -> Copy | None:
        """The state of now; None if there is none yet or it is not finite."""
        from kgrad.actions.variables import variables_of

        variables = variables_of(run.model, run.optimizer)
        values = [np.array(same[0].numpy()) for same in variables]
        finite = all(map(_is_finite, values))
        # Of several processes all have it, or none.
        if not values or not run.all(finite):
            return None
        return cls(run.step, variables, values)

    def restore(self) -> None:
        """Gives every variable its value again."""
        for same, value in zip(self.variables, self.values, strict=True):
            for variable in same:
                variable.assign(value)


def _is_finite(values: npt.NDArray[Any]) -> bool:
    """Whether all are: a single one that is not makes the sum not finite."""
    if values.dtype.kind in "iub":
        return True
    return bool(np.isfinite(np.sum(values, dtype=np.float64)))
