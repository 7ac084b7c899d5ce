"""What a tool told of a run: whether it alarms, of what, and since when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from kgrad.records import Snapshot
from kgrad.signs import SIGNS
from zoo.mutants.categories import Category, named, of_signs
from zoo.mutants.walk import Moment, walk


@dataclass(frozen=True, kw_only=True)
class Told:
    """What was told at the end of a run.

    Args:
        alarms: Whether there is a problem.
        causes: The categories that are named, in order, each once.
        since: Share of the training after which a sign of a problem was told
            that was never withdrawn; 1 if there is none.
        notes: Signs that were told as notes.
        words: The diagnoses, in a sentence each.
        withdrawn: Signs that were told as problems and are none at the end,
            and for how many epochs they stood.
    """

    alarms: bool
    causes: tuple[Category, ...]
    since: float
    notes: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    withdrawn: Mapping[str, float] = field(default_factory=dict, hash=False)


def ours(snapshots: Iterable[Snapshot]) -> Told:
    """What the monitor tells, found again in what it recorded.

    Args:
        snapshots: The run, as in `RunHistory.snapshots`.
    """
    last: Moment | None = None
    began: dict[str, int] = {}
    stood: dict[str, int] = defaultdict(int)
    for last in walk(snapshots):
        for sign in sorted(began.keys() - last.problems):
            stood[sign] += last.step - began.pop(sign)
        for sign in last.problems:
            began.setdefault(sign, last.step)
    if last is None:
        return Told(alarms=False, causes=(), since=1.0)
    batch_size = last.setup.plan.batch_size
    causes = [
        category
        for each in last.diagnoses
        for category in named(each.findings, each.remedies, batch_size)
    ]
    steps = max(last.step, 1)
    epochs = max(len(last.epochs), 1)
    return Told(
        alarms=bool(last.diagnoses),
        causes=tuple(dict.fromkeys(causes)),
        since=min(began.values(), default=steps) / steps,
        notes=tuple(dict.fromkeys(f.sign for f in last.findings if f.is_note)),
        words=tuple(each.sentence for each in last.diagnoses),
        withdrawn={
            sign: count * epochs / steps
            for sign, count in stood.items()
            if sign not in began
        },
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
