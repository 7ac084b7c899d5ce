"""What each remedy did in the zoo's clinic: counted, not promised.

`python -m zoo clinic treat` trains runs that show a sign again with what their
findings name, and counts in `evidence.json`. A sign orders its remedies by what
it saw, so counts are kept for each order, and change that order only.
"""

from __future__ import annotations

import importlib.resources
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from kgrad.records import Remedy, schema

MIN_TRIED = 3
"""A remedy that was tried in fewer runs is not ranked by them."""

WORKS = 0.5
"""A remedy that removes the sign in a smaller share of runs mostly fails."""

NOT_MEASURED = "Not measured in the clinic."


@dataclass(frozen=True)
class Evidence:
    """In how many ill runs a remedy was tried, and what became of them."""

    tried: int
    gone: int
    improved: int

    def __post_init__(self) -> None:
        others = (self.gone, self.improved)
        if self.tried < 1 or not all(0 <= x <= self.tried for x in others):
            raise ValueError(
                "`tried` must be above 0, `gone` and `improved` from 0 to "
                f"`tried`. Received: {self}"
            )


EvidenceTable = Mapping[tuple[str, str, str], Evidence]
"""By sign, order in which the sign names its remedies, and id of the remedy."""


@cache
def load() -> EvidenceTable:
    """What the clinic measured, as it comes with the package."""
    file = importlib.resources.files("kgrad.remedies") / "evidence.json"
    return read(file.read_text(encoding="utf-8"))


def read(text: str) -> EvidenceTable:
    """The content of an `evidence.json`: counts by sign, order and id."""
    form: Any = Mapping[str, Mapping[str, Mapping[str, Evidence]]]
    return {
        (sign, order, remedy): evidence
        for sign, orders in schema.read(form, json.loads(text)).items()
        for order, remedies in orders.items()
        for remedy, evidence in remedies.items()
    }


def order_of(remedies: Sequence[Remedy]) -> str:
    """The order in which a sign names its remedies, by id: `"a > b > c"`."""
    return " > ".join(remedy.id for remedy in remedies)


def total(sign: str, remedy: str, table: EvidenceTable) -> Evidence | None:
    """All the evidence on a remedy against a sign; None if there is none."""
    found = [e for (s, _, r), e in table.items() if (s, r) == (sign, remedy)]
    if not found:
        return None
    return Evidence(
        tried=sum(evidence.tried for evidence in found),
        gone=sum(evidence.gone for evidence in found),
        improved=sum(evidence.improved for evidence in found),
    )


def by_evidence(
    sign: str,
    remedies: Sequence[Remedy],
    table: EvidenceTable,
    on_task: Mapping[str, Evidence] | None = None,
) -> tuple[Remedy, ...]:
    """The remedies of a finding, in the order in which to try them.

    What is known `on_task`, of the very task, goes before all else: there,
    what improved every seed works, whether it solved the task or not. Of the
    clinic only runs count in which the sign named the same remedies in the
    same order:

    1. What removed the sign in at least half of three or more runs, by the
       share of runs in which it did, then by the share in which the metric
       improved.
    2. What was not measured, or not often enough to say, in the order of
       the sign, which is that of the literature.
    3. What was measured and mostly failed, by the same shares: a remedy that
       is known to fail is worth less than one that nobody has tried.
    """
    order = order_of(remedies)

    of_task = on_task or {}

    def key(remedy: Remedy) -> tuple[float, ...]:
        evidence = of_task.get(remedy.id, table.get((sign, order, remedy.id)))
        if evidence is None or evidence.tried < MIN_TRIED:
            return (1,)
        gone = evidence.gone / evidence.tried
        improved = evidence.improved / evidence.tried
        if remedy.id in of_task:
            gone = max(gone, improved)
        return (0 if gone >= WORKS else 2, -gone, -improved)

    return tuple(sorted(remedies, key=key))


def expectation(
    sign: str,
    remedy: str,
    table: EvidenceTable,
    on_task: Mapping[str, Evidence] | None = None,
) -> str:
    """What a remedy may be expected to do, as a sentence."""
    if on_task and remedy in on_task:
        known = on_task[remedy]
        return (
            f"In the zoo, models with it solved this task in {known.gone} of "
            f"{known.tried} runs, and in 0 without."
        )
    evidence = total(sign, remedy, table)
    if evidence is None:
        return NOT_MEASURED
    runs = f"{evidence.tried} run{'s' * (evidence.tried != 1)}"
    return (
        f"In the clinic this removed {sign.replace('_', ' ')} in "
        f"{evidence.gone} of {runs} and improved the metric in "
        f"{evidence.improved}."
    )
