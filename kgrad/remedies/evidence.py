"""What each remedy did in the zoo's clinic: counted, not promised.

In the clinic, runs of the zoo that show a sign are trained again with the
remedies that their findings name. `evidence.json` holds what came of it; it is
written by `python -m zoo clinic treat`. What is not in it was not measured,
and is said to be.

A sign orders its remedies by what it saw: NaN after gradients that grew has
clipping first, NaN out of nowhere a look at the data. So counts are kept by
the order that the sign gave, and change that order only.
"""

from __future__ import annotations

import importlib.resources
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from kgrad.records import Remedy

MIN_TRIED = 3
"""Runs in which a remedy was tried, below which it is not ranked by them."""

WORKS = 0.5
"""A remedy that removes the sign in a smaller share of runs mostly fails."""

NOT_MEASURED = "Not measured in the clinic."


@dataclass(frozen=True)
class Proof:
    """What became of the sick runs in which a remedy was tried.

    Args:
        tried: Number of runs.
        gone: In how many of them the sign went away.
        improved: In how many of them the metric was better than without.

    Raises:
        ValueError: If these are no such counts.
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


Proofs = Mapping[tuple[str, str, str], Proof]
"""By sign, order in which the sign names its remedies, and remedy."""


@cache
def proofs() -> Proofs:
    """What the clinic measured, as it comes with the package."""
    file = importlib.resources.files("kgrad.remedies") / "evidence.json"
    return read(file.read_text(encoding="utf-8"))


def read(text: str) -> Proofs:
    """The content of a `evidence.json`.

    Args:
        text: JSON, `{sign: {order: {remedy: {"tried": n, "gone": k,
            "improved": m}}}}`.

    Raises:
        ValueError: If it is no such JSON.
    """
    try:
        return {
            (sign, order, remedy): Proof(**counts)
            for sign, orders in json.loads(text).items()
            for order, remedies in orders.items()
            for remedy, counts in remedies.items()
        }
    except (AttributeError, TypeError) as error:
        raise ValueError(
            "`text` must be JSON of the form {sign: {order: {remedy: "
            '{"tried": n, "gone": k, "improved": m}}}}. '
            f"Received: text={text[:200]!r}"
        ) from error


def order_of(remedies: Sequence[Remedy]) -> str:
    """The order in which a sign names its remedies: `"a > b > c"`."""
    return " > ".join(remedy.name for remedy in remedies)


def total(sign: str, remedy: str, proofs: Proofs) -> Proof | None:
    """All that is known of a remedy against a sign; None if nothing is."""
    found = [p for (s, _, r), p in proofs.items() if (s, r) == (sign, remedy)]
    if not found:
        return None
    return Proof(
        tried=sum(proof.tried for proof in found),
        gone=sum(proof.gone for proof in found),
        improved=sum(proof.improved for proof in found),
    )


def by_proof(
    sign: str, remedies: Sequence[Remedy], proofs: Proofs
) -> tuple[Remedy, ...]:
    """The remedies of a finding, in the order in which to try them.

    Of runs in which the sign named the same remedies in the same order:

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
        proofs: What the clinic measured.
    """
    order = order_of(remedies)

    def key(remedy: Remedy) -> tuple[float, ...]:
        proof = proofs.get((sign, order, remedy.name))
        if proof is None or proof.tried < MIN_TRIED:
            return (1,)
        gone = proof.gone / proof.tried
        return (0 if gone >= WORKS else 2, -gone, -proof.improved / proof.tried)

    return tuple(sorted(remedies, key=key))


def expectation(sign: str, remedy: str, proofs: Proofs) -> str:
    """What a remedy may be expected to do, as a sentence.

    Args:
        sign: What was found.
        remedy: Name of the remedy.
        proofs: What the clinic measured.
    """
    proof = total(sign, remedy, proofs)
    if proof is None:
        return NOT_MEASURED
    runs = f"{proof.tried} run{'s' * (proof.tried != 1)}"
    return (
        f"In the clinic this removed {sign.replace('_', ' ')} in {proof.gone} "
        f"of {runs} and improved the metric in {proof.improved}."
    )
