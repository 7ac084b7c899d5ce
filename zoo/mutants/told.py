"""What a tool told of a run: whether it alarms, of what, and since when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kgrad.diagnosis import diagnoses
from kgrad.records import Snapshot
from kgrad.signs import SIGNS, default, observe, ranked
from kgrad.signs.layer_order import LayerOrder
from zoo.mutants.categories import Category, named, of_signs


@dataclass(frozen=True, kw_only=True)
class Told:
    """What was told at the end of a run.

    Args:
        alarms: Whether there is a problem.
        causes: The categories that are named, in order, each once.
        since: Share of the training after which there was a problem until
            the end; 1 if there is none.
        notes: Signs that were told as notes.
        words: The diagnoses, in a sentence each.
    """

    alarms: bool
    causes: tuple[Category, ...]
    since: float
    notes: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


def ours(snapshots: Iterable[Snapshot]) -> Told:
    """What the monitor tells, found again in what it recorded.

    Args:
        snapshots: The run, as in `RunHistory.snapshots`.
    """
    snapshots = list(snapshots)
    signs = default()
    state = observe(signs)
    began: int | None = None
    step = 0
    for snapshot in snapshots:
        state.update(snapshot)
        for sign in signs:
            sign.update(snapshot)
        step = int(snapshot.steps[-1]) if len(snapshot.steps) else step
        if all(f.is_note for sign in signs for f in sign.findings):
            began = None
        elif began is None:
            began = step
    findings = ranked(f for sign in signs for f in sign.findings)
    found = diagnoses(findings, LayerOrder(snapshots))
    batch_size = state.progress.setup.plan.batch_size
    causes = [
        category
        for each in found
        for category in named(each.findings, each.remedies, batch_size)
    ]
    return Told(
        alarms=bool(found),
        causes=tuple(dict.fromkeys(causes)),
        since=1.0 if began is None else began / max(step, 1),
        notes=tuple(dict.fromkeys(f.sign for f in findings if f.is_note)),
        words=tuple(each.sentence for each in found),
    )


def theirs(signs: dict[str, int], steps: int) -> Told:
    """What the rules of another tool tell.

    Args:
        signs: The first step of each sign, by our names.
        steps: Optimizer steps of the training.
    """
    in_order = dict.fromkeys(kind.name for kind in SIGNS if kind.name in signs)
    return Told(
        alarms=bool(signs),
        causes=tuple(of_signs(in_order)),
        since=min(signs.values(), default=steps) / max(steps, 1),
        words=tuple(in_order),
    )
