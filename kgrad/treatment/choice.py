"""Which remedies are tried, of all that the findings name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from kgrad.records import Edit, Finding, Remedy
from kgrad.reporters.cases import Case, cases


@dataclass(frozen=True)
class Choice:
    """What is tried in one training.

    Args:
        name: That of the remedies.
        remedies: One, or the same one for several layers.
    """

    name: str
    remedies: tuple[Remedy, ...]

    @property
    def edits(self) -> tuple[Edit, ...]:
        """All of their edits, at most one of a kind for each layer."""
        edits: dict[tuple[str, str], Edit] = {}
        for remedy in self.remedies:
            for edit in remedy.edits:
                edits.setdefault((edit.kind, edit.layer), edit)
        return tuple(edits.values())


def chosen(findings: Sequence[Finding], most: int) -> tuple[Choice, ...]:
    """What to try: the first remedy of every sign, then the second, ...

    Args:
        findings: What was found; the gravest sign comes first.
        most: How many to choose.

    Returns:
        So many choices or fewer: each once, though several signs name it,
        and none that is only a part of another one.
    """
    by_sign = [_choices(case) for case in cases(findings)]
    in_order = [x for rank in zip_longest(*by_sign) for x in rank if x]
    taken: list[Choice] = []
    for choice in in_order:
        more = [x for x in in_order if len(x.edits) > len(choice.edits)]
        if not any(_covers(other, choice) for other in (*taken, *more)):
            taken.append(choice)
    return tuple(taken[:most])


def by_hand(findings: Sequence[Finding]) -> tuple[Remedy, ...]:
    """The remedies that only a person can do, each once."""
    found = {
        remedy.code: remedy
        for case in cases(findings)
        for remedy in case.remedies
        if not remedy.edits
    }
    return tuple(found.values())


def _choices(case: Case) -> list[Choice]:
    """A sign's remedies; those of the same name for other layers as one.

    A person who is told to change the activation of two layers does both.
    """
    groups: dict[tuple[object, ...], list[Remedy]] = {}
    for remedy in case.remedies:
        if remedy.edits:
            layered = all(edit.layer for edit in remedy.edits)
            key = (remedy.name, "" if layered else remedy.code)
            groups.setdefault(key, []).append(remedy)
    return [Choice(group[0].name, tuple(group)) for group in groups.values()]


def _covers(other: Choice, choice: Choice) -> bool:
    return all(edit in other.edits for edit in choice.edits)
