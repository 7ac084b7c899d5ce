"""Which remedies are tried, of all that the diagnoses name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from kgrad.diagnosis import Diagnosis
from kgrad.records import Edit, Remedy


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


def chosen(diagnoses: Sequence[Diagnosis], most: int) -> tuple[Choice, ...]:
    """What to try: the first remedy of every diagnosis, then the second, ...

    Args:
        diagnoses: What is wrong, the gravest first.
        most: How many to choose.

    Returns:
        So many choices or fewer: each once, though several diagnoses name
        it, and none that is only a part of another one of its name.
    """
    by_diagnosis = [_choices(diagnosis.remedies) for diagnosis in diagnoses]
    in_order = [x for rank in zip_longest(*by_diagnosis) for x in rank if x]
    taken: list[Choice] = []
    for choice in in_order:
        more = [x for x in in_order if len(x.edits) > len(choice.edits)]
        if not any(_covers(other, choice) for other in (*taken, *more)):
            taken.append(choice)
    return tuple(taken[:most])


def by_hand(diagnoses: Sequence[Diagnosis]) -> tuple[Remedy, ...]:
    """The remedies that only a person can do, each once."""
    found = {
        remedy.code: remedy
        for diagnosis in diagnoses
        for remedy in diagnosis.remedies
        if not remedy.edits
    }
    return tuple(found.values())


def _choices(remedies: Sequence[Remedy]) -> list[Choice]:
    """The remedies that can be tried; one for several layers is one choice.

    A person who is told to change the activation of two layers does both.
    """
    groups: dict[tuple[object, ...], list[Remedy]] = {}
    for remedy in remedies:
        if remedy.edits:
            layered = all(edit.layer for edit in remedy.edits)
            key = (remedy.id, "" if layered else remedy.code)
            groups.setdefault(key, []).append(remedy)
    return [Choice(group[0].name, tuple(group)) for group in groups.values()]


def _covers(other: Choice, choice: Choice) -> bool:
    """Whether it is the same remedy, and does at least as much."""
    same = other.remedies[0].id == choice.remedies[0].id
    return same and all(edit in other.edits for edit in choice.edits)
