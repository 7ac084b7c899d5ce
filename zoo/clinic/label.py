"""What a tool found in a case, held against what is known of the case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kgrad.records import Snapshot
from kgrad.signs import Sign, default, observe
from zoo.clinic.case import Case


def reported(
    snapshots: Iterable[Snapshot], signs: Iterable[Sign] | None = None
) -> dict[str, int]:
    """What kgrad finds in a run: each sign, and when it was first told.

    Only what still stands at the end counts, from the step on since when it
    has stood without a break.

    Args:
        snapshots: The run, as in `History.snapshots`.
        signs: What to look for, by default every sign.
    """
    told: dict[str, int] = {}
    watching = default() if signs is None else list(signs)
    state = observe(watching)
    for snapshot in snapshots:
        state.update(snapshot)
        for sign in watching:
            sign.update(snapshot)
        found = {f.sign for sign in watching for f in sign.findings}
        step = int(snapshot.steps[-1]) if len(snapshot.steps) else 0
        told = {sign: told.get(sign, step) for sign in found}
    return told


@dataclass(frozen=True, kw_only=True)
class Marks:
    """One case, marked.

    Args:
        right: Signs that are there, and were told in time.
        late: Signs that are there, and were told too late.
        missed: Signs that are there, and were not told.
        wrong: Signs that were told, and are not there.
        delay: Of the right ones, the step at which each was told.
    """

    right: frozenset[str]
    late: frozenset[str]
    missed: frozenset[str]
    wrong: frozenset[str]
    delay: Mapping[str, int]


def mark(case: Case, told: Mapping[str, int]) -> Marks:
    """Holds what was told against the label of a case.

    Args:
        case: The case.
        told: Sign to the step at which it was told.
    """
    seen = case.must.keys() & told.keys()
    late = {sign for sign in seen if told[sign] > case.must[sign]}
    return Marks(
        right=frozenset(seen - late),
        late=frozenset(late),
        missed=frozenset(case.must.keys() - told.keys()),
        wrong=frozenset(told.keys() - case.must.keys() - case.may),
        delay={sign: told[sign] for sign in seen - late},
    )
