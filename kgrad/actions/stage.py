"""The stage of the actions: lets each act, and drops one that fails."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from kgrad._arguments import items
from kgrad._warnings import warn
from kgrad.actions.auto_clip import AutoClip
from kgrad.actions.base import Action, Run
from kgrad.actions.restore import Restore
from kgrad.actions.skip import Skip
from kgrad.records import ActionRecord, Finding, Snapshot


class Stage:
    """Calls the actions: those that put a run right before those that end it.

    Args:
        actions: What the monitor was given.
        signs: Names of the signs that it looks for.

    Raises:
        TypeError: If `actions` is not a list of actions.
        ValueError: If two are of a kind, or one waits for a sign that
            nobody looks for.
    """

    def __init__(self, actions: Iterable[Action], signs: Sequence[str]) -> None:
        given = items("actions", actions, Action)
        self._actions = sorted(given, key=lambda action: action.order)
        kinds = [action.name for action in given]
        if len(set(kinds)) < len(kinds):
            raise ValueError(
                "`actions` must hold at most one of each kind. "
                f"Received: actions={kinds}"
            )
        for action in given:
            for sign in action.awaits():
                if sign not in signs:
                    raise ValueError(
                        f"`signs` of `{type(action).__name__}` must be among "
                        f"those that are looked for, {sorted(set(signs))}. "
                        f"Received: signs={sign!r}"
                    )
        self._run: Run | None = None
        self._alone = True
        self._parted = ""

    def __bool__(self) -> bool:
        return bool(self._actions)

    @property
    def stopped(self) -> str:
        """Why the training is to stop, `""` as long as it is not."""
        return "" if self._run is None else self._run.stopped

    def guard(self, model: Any, optimizer: Any) -> Any:
        """The part of the actions that is in the graph, None without one.

        Args:
            model: The `keras.Model`, or None.
            optimizer: The optimizer that is guarded.
        """
        # TensorFlow is imported by who watches, not by who only declares.
        from kgrad.guard.guard import Guard
        from kgrad.guard.learning_rate_scale import LearningRateScale
        from kgrad.guard.percentile_clipper import PercentileClipper
        from kgrad.guard.spike_gate import SpikeGate
        from kgrad.step.replicas import processes, strategy_of

        self._alone = processes(strategy_of(optimizer)) == 1
        gate, limiter, rate = None, None, None
        for action in self._actions:
            match action:
                case Skip():
                    gate = SpikeGate(
                        action.factor,
                        action.patience,
                        action.warmup,
                        action.memory,
                    )
                case AutoClip():
                    limiter = PercentileClipper(
                        action.percentile, action.memory
                    )
                case Restore():
                    rate = LearningRateScale(optimizer)
        if gate is None and limiter is None and rate is None:
            return None
        return Guard(model, gate, limiter, rate)

    def begin(self, model: Any, optimizer: Any, guard: Any, step: int) -> None:
        """A training begins.

        Args:
            model: The `keras.Model`, or None.
            optimizer: The optimizer that is watched.
            guard: What `guard` made for it.
            step: The last step before.

        Raises:
            RuntimeError: If an action fails in one of several processes.
        """
        self._run = None
        if not self._actions:
            return
        self._run = Run(
            model, optimizer, guard, step=step, began=step, settled=step
        )
        if guard is not None:
            try:
                guard.prepare()
            except Exception as error:
                warn("Updates cannot be left out or clipped", error)
        for action in list(self._actions):
            try:
                action.begin(self._run)
            except Exception as error:
                self._drop(action, error)
        self._continue_together()

    def update(
        self, snapshots: Sequence[Snapshot], findings: Sequence[Finding]
    ) -> None:
        """Takes into account what was read; changes nothing."""
        if self._run is None:
            return
        self._run.findings = findings
        for action in list(self._actions):
            try:
                for snapshot in snapshots:
                    action.update(snapshot, self._run)
            except Exception as error:
                self._drop(action, error)

    def missed(self, error: Exception) -> None:
        """What was measured could not be read: actions miss it."""
        if not self._alone:
            self._part("What actions depend on cannot be read", error)

    def act(self, step: int) -> tuple[ActionRecord, ...]:
        """Between two steps: does what is to be done, and says what.

        Args:
            step: The last step.

        Raises:
            RuntimeError: If an action, or reading what was measured, fails
                in one of several processes.
        """
        self._continue_together()
        if self._run is None:
            return ()
        self._run.step = step
        records: list[ActionRecord] = []
        for action in list(self._actions):
            try:
                records += action.act(self._run)
            except Exception as error:
                self._drop(action, error)
        self._continue_together()
        return tuple(records)

    def _drop(self, action: Action, error: Exception) -> None:
        self._actions.remove(action)
        if self._alone:
            warn(f"The action `{action.name}` failed and is left out", error)
        else:
            self._part(f"The action `{action.name}` failed", error)

    def _part(self, what: str, error: Exception) -> None:
        self._parted = self._parted or (
            f"{what} in this process, and the others would continue with it: "
            f"{type(error).__name__}: {error}"
        )

    def _continue_together(self) -> None:
        """Ends what several processes would no longer do alike."""
        if self._parted:
            reason, self._parted = self._parted, ""
            raise RuntimeError(reason)
