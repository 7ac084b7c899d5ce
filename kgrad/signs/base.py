"""What every sign promises: it is fed snapshots, it answers with findings."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar, Literal

from kgrad.records import Finding, Remedy, Severity, Snapshot
from kgrad.signs.blocks import Block
from kgrad.signs.run_state import RunState
from kgrad.signs.wording import sentence

DATA = ("inputs", "labels", "targets", "output_and_loss")
"""Signs in the data, of which nearly everything else can be the shadow."""

DatedBy = Literal["step", "block", "epoch", "run"]
"""What a finding begins with: the step that shows it; the block of 32 steps,
or the epoch, in which it may have begun later; or the run."""


class Sign(ABC):
    """One way in which training can go wrong.

    A sign sees every step of the run, one `Snapshot` after the other, and
    keeps what it must remember in its own attributes. The same stream of
    steps gives the same findings, live or read from disk.

    Attributes:
        name: The sign's name, in the words of a lecture: `"exploding"`.
        description: One line that says what the sign means.
        needs: The statistics that it reads; the monitor measures the union
            of what its signs need, and nothing else.
        rule: Tells apart what looks for the same sign in different ways:
            `"exploding_in_time"`; the name where there is one rule only.
        rank: The lower, the graver: findings are listed in this order.
        is_symptom: Whether it is what a person notices first. A sentence
            begins with it and continues with the cause.
        dated_by: What its findings begin with.
        follows: The signs that this one can be a consequence of, anywhere
            in the model. What removes the cause removes it, too.
        follows_upstream: Likewise, but only in the same layer as the cause
            or nearer the input, where a gradient arrives later.
        shown_by: What a report draws as the evidence, the first that was
            measured: a statistic, a number of `Activity.values`,
            `"horizon"`, or `"metric"`.
        state: What is known of the run as of the last snapshot. It is set
            by whoever feeds the sign, and shared by all signs of the run.
    """

    name: ClassVar[str]
    description: ClassVar[str]
    needs: ClassVar[frozenset[str]] = frozenset()
    rule: ClassVar[str] = ""
    rank: ClassVar[int] = 1000
    is_symptom: ClassVar[bool] = False
    dated_by: ClassVar[DatedBy] = "step"
    follows: ClassVar[tuple[str, ...]] = ()
    follows_upstream: ClassVar[tuple[str, ...]] = ()
    shown_by: ClassVar[tuple[str, ...]] = ("gradient_norm",)
    state: RunState

    @abstractmethod
    def update(self, snapshot: Snapshot) -> None:
        """Takes the next steps of the run into account."""

    @property
    @abstractmethod
    def findings(self) -> tuple[Finding, ...]:
        """What is wrong as of now, at most one finding per target.

        A finding may go away again: slow progress ends when the model
        learns after all.
        """

    def is_final(self, finding: Finding) -> bool:
        """Whether a finding never goes away again.

        Of any other it is said how things stand so far, while training is
        under way.
        """
        return False

    def finding(
        self,
        target: str,
        steps: tuple[int, int],
        value: float,
        limit: float,
        clause: str,
        remedies: Sequence[Remedy] = (),
        *,
        details: str = "",
        reason: str = "",
        severity: Severity = "problem",
    ) -> Finding:
        """A finding of this sign.

        Args:
            target: Name of the target it was seen at.
            steps: The first and the last step that show it.
            value: The measured value that decided.
            limit: What the value was compared with.
            clause: What was seen, to stand within a sentence: no capital,
                no full stop.
            remedies: What to change, the most promising first.
            details: More evidence, in whole sentences.
            reason: What the sign itself saw lead to it, as a clause.
            severity: `"note"` of what is no problem.
        """
        return Finding(
            self.name,
            target,
            *steps,
            value,
            float(limit),
            explanation=f"{sentence(clause)} {details}".rstrip(),
            remedies=tuple(remedies),
            clause=clause,
            reason=reason,
            rule=self.rule or self.name,
            severity=severity,
        )


class BlockSign(Sign):
    """A sign that looks at blocks of 32 steps.

    However the steps come in, they are cut into the same blocks, so that
    epochs and windows of any length give the same findings.
    """

    def update(self, snapshot: Snapshot) -> None:
        """Passes on every block that is complete."""
        for block in self.state.blocks:
            self.examine(block)

    @abstractmethod
    def examine(self, block: Block) -> None:
        """Takes the next 32 steps into account."""


class EpochSign(Sign):
    """A sign that follows from the metrics alone, anew after each epoch."""

    _found: tuple[Finding, ...] = ()
    _changes = 0

    def update(self, snapshot: Snapshot) -> None:
        """Leaves all to `examine`."""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was found when there was last something new."""
        changes = self.state.progress.changes
        if changes != self._changes:
            self._found, self._changes = self.examine(), changes
        return self._found

    @abstractmethod
    def examine(self) -> tuple[Finding, ...]:
        """What the epochs show as of now."""


def merged(old: Finding | None, new: Finding) -> Finding:
    """The first of two findings at one target, over the steps of both.

    What came later, and may well be graver, can be its consequence.
    """
    return replace(old, last_step=new.last_step) if old else new


def require_positive(**limits: float) -> None:
    """Refuses, with a `ValueError`, a limit that is not a number above 0."""
    for name, value in limits.items():
        if not isinstance(value, int | float) or not value > 0:
            raise ValueError(
                f"`{name}` must be a number above 0. Received: {name}={value!r}"
            )
