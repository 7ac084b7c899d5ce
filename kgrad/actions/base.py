"""What an action is: it acts between two steps, and says what it did."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from kgrad.records import ActionRecord, Finding, Snapshot

if TYPE_CHECKING:
    from kgrad.guard.guard import Guard


@dataclass
class Run:
    """The training as an action finds it between two steps.

    Args:
        model: The `keras.Model`, or None in a loop without one.
        optimizer: The `keras.optimizers.Optimizer`.
        guard: The part of the actions that is in the graph, None without.
        step: The last optimizer step.
        began: The last step before this training.
        settled: The last step whose trouble has been put right.
        lost: The last step at which `Skip` gave up.
        stopped: Why the training is to stop, `""` as long as it is not.
        findings: What the signs have found so far.
    """

    model: Any
    optimizer: Any
    guard: Guard | None = None
    step: int = 0
    began: int = 0
    settled: int = 0
    lost: int = 0
    stopped: str = ""
    findings: Sequence[Finding] = ()

    def open(self, signs: Collection[str]) -> list[Finding]:
        """Problems of these signs that last beyond what is settled."""
        since = max(self.began, self.settled)
        return [
            f
            for f in self.findings
            if f.sign in signs and f.last_step > since and not f.is_note
        ]

    def all(self, here: bool) -> bool:
        """Whether something holds in every process of the training.

        All ask at the same step, each with what holds `here`.
        """
        from kgrad.step.replicas import all_say_so

        return all_say_so(self.optimizer, here)

    def stop(self, reason: str) -> None:
        """Asks Keras to stop after this step; a loop asks `stopped`."""
        self.stopped = self.stopped or reason
        if self.model is not None:
            self.model.stop_training = True


class Action:
    """A consequence of what is measured: it may change the run.

    What can wait happens in `act`, between two training steps; what cannot
    wait is in the graph (`kgrad.guard.guard`). Every method is optional. If
    an action raises, the monitor drops it with one warning, and training
    continues.

    Under `tf.distribute`, what is measured is the same in all processes that
    train together, and they call an action at the same steps: one that
    depends on nothing else does the same in each. It must not depend on the
    clock, on chance, or on what only one of them has; `Run.all` asks the
    others. If an action raises in one of several processes, the exception
    ends the training there, and TensorFlow ends the others, which would
    otherwise continue to other weights, or wait forever.

    Attributes:
        name: The action's name, as in `ActionRecord.action`.
        order: Actions that put a run right come before those that end it.
        needs: Names of the statistics that it reads.
    """

    name: ClassVar[str]
    order: ClassVar[int] = 0
    needs: ClassVar[frozenset[str]] = frozenset(
        {
            "gradient_norm",
            "clipped_gradient_norm",
            "weight_norm",
            "nonfinite_count",
        }
    )

    def awaits(self) -> tuple[str, ...]:
        """Names of the signs that it waits for."""
        return ()

    def begin(self, run: Run) -> None:
        """Training begins, for the first time or again."""

    def update(self, snapshot: Snapshot, run: Run) -> None:
        """Takes the next steps of the run into account; changes nothing."""

    def act(self, run: Run) -> Iterable[ActionRecord]:
        """Does what is to be done, and says what; called between two steps."""
        return ()
