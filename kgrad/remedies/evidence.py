"""What each remedy did in the zoo's clinic: counted, not promised.

In the clinic, runs of the zoo that show a sign are trained again with the
remedies that their findings name. `evidence.json` holds what came of it; it is
written by `python -m zoo clinic treat`. What is not in it was not measured,
and the report says so.

A sign orders its remedies by what it saw: NaN after gradients that grew puts
clipping first, NaN out of nowhere a look at the data. So counts are kept for
each order that a sign gives, and change that order only.
"""

from __future__ import annotations

import importlib.resources
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from kgrad.records import Remedy

MIN_TRIED = 3
"""A remedy that was tried in fewer runs is not ranked by them."""

WORKS = 0.5
"""A remedy that removes the sign in a smaller share of runs mostly fails."""

NOT_MEASURED = "Not measured in the clinic."


@dataclass(frozen=True)
class Evidence:
    """What became of the ill runs in which a remedy was tried.

    Args:
        tried: Number of runs.
        gone: In how many of them the sign went away.
        improved: In how many of them the metric was better than without.

    Raises:
        ValueError: If a count is not an integer in its range.
    """

    tried: int
    gone: int
    improved: int

    def __post_init__(self) -> None:
        counts = (self.tried, self.gone, self.improved)
        if (
            not all(type(count) is int for count in counts)
            or self.tried < 1
            or not 0 <= self.gone <= self.tried
            or not 0 <= self.improved <= self.tried
        ):
            raise ValueError(
                "`tried` must be an int above 0, `gone` and `improved` ints "
                f"from 0 to `tried`. Received: tried={self.tried!r}, "
                f"gone={self.gone!r}, improved={self.improved!r}"
            )


EvidenceTable = Mapping[tuple[str, str, str], Evidence]
"""By sign, order in which the sign names its remedies, and id of the remedy."""


@cache
def load() -> EvidenceTable:
    """What the clinic measured, as it comes with the package."""
    file = importlib.resources.files("kgrad.remedies") / "evidence.json"
    return read(file.read_text(encoding="utf-8"))


def read(text: str) -> EvidenceTable:
    """The content of an `evidence.json`.

    Args:
        text: JSON, `{sign: {order: {id: {"tried": n, "gone": k,
            "improved": m}}}}`.

    Raises:
        ValueError: If it is not JSON of this form.
    """
    try:
        return {
            (sign, order, remedy): Evidence(**counts)
            for sign, orders in json.loads(text).items()
            for order, remedies in orders.items()
            for remedy, counts in remedies.items()
        }
    except (AttributeError, TypeError) as error:
        raise ValueError(
            "`text` must be JSON of the form {sign: {order: {id: "
            '{"tried": n, "gone": k, "improved": m}}}}. '
            f"Received: text={text[:200]!r}"
        ) from error


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
    sign: str, remedies: Sequence[Remedy], table: EvidenceTable
) -> tuple[Remedy, ...]:
    """The remedies of a finding, in the order in which to try them.

    Only runs count in which the sign named the same remedies in the same
    order:

    1. What removed the sign in at least half of three or more runs, by the
       share of runs in which it did, then by the share in which the metric
       improved.
    2. What was not measured, or not often enough to say, in the order of
       the sign, which is that of the literature.
    3. What was measured and mostly failed, by the same shares: a remedy that
       is known to fail is worth less than one that nobody has tried.

    Args:
        sign: Of the finding.
        remedies: What the sign names, in its order.
        table: What the clinic measured.
    """
    order = order_of(remedies)

    def key(remedy: Remedy) -> tuple[float, ...]:
        evidence = table.get((sign, order, remedy.id))
        if evidence is None or evidence.tried < MIN_TRIED:
            return (1,)
        gone = evidence.gone / evidence.tried
        improved = evidence.improved / evidence.tried
        return (0 if gone >= WORKS else 2, -gone, -improved)

    return tuple(sorted(remedies, key=key))


def expectation(sign: str, remedy: str, table: EvidenceTable) -> str:
    """What a remedy may be expected to do, as a sentence.

    Args:
        sign: What was found.
        remedy: Id of the remedy.
        table: What the clinic measured.
    """
    evidence = total(sign, remedy, table)
    if evidence is None:
        return NOT_MEASURED
    runs = f"{evidence.tried} run{'s' * (evidence.tried != 1)}"
    return (
        f"In the clinic this removed {sign.replace('_', ' ')} in "
        f"{evidence.gone} of {runs} and improved the metric in "
        f"{evidence.improved}."
    )
