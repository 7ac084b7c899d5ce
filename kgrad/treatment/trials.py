"""Which remedies are tried, of all that the diagnoses name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from kgrad.diagnosis import Diagnosis
from kgrad.records import Edit, Remedy
from kgrad.records.edits import LayerEdit


@dataclass(frozen=True)
class Trial:
    """What is tried in one training.

    Args:
        remedies: One remedy, or the same one for several layers.
    """

    remedies: tuple[Remedy, ...]

    @property
    def name(self) -> str:
        """The name of the remedy."""
        return self.remedies[0].name

    @property
    def edits(self) -> tuple[Edit, ...]:
        """All of their edits, at most one of a kind for each layer."""
        edits: dict[tuple[str, str], Edit] = {}
        for remedy in self.remedies:
            for edit in remedy.edits:
                layer = edit.layer if isinstance(edit, LayerEdit) else ""
                edits.setdefault((edit.kind, layer), edit)
        return tuple(edits.values())

    def covers(self, other: Trial) -> bool:
        """Whether it is the same remedy, and does at least as much."""
        same = self.remedies[0].id == other.remedies[0].id
        return same and all(edit in self.edits for edit in other.edits)


def choose_trials(
    diagnoses: Sequence[Diagnosis], limit: int
) -> tuple[Trial, ...]:
    """The first remedy of every diagnosis, then the second ones, and so on.

    Args:
        diagnoses: What is wrong, the gravest first.
        limit: How many trials to choose at most.

    Returns:
        Each trial once, though several diagnoses may name it, and none that
        is only a part of another one of the same remedy.
    """
    by_diagnosis = [_trials(diagnosis.remedies) for diagnosis in diagnoses]
    in_order = [x for rank in zip_longest(*by_diagnosis) for x in rank if x]
    chosen: list[Trial] = []
    for trial in in_order:
        larger = [x for x in in_order if len(x.edits) > len(trial.edits)]
        if not any(other.covers(trial) for other in (*chosen, *larger)):
            chosen.append(trial)
    return tuple(chosen[:limit])


def manual_remedies(diagnoses: Sequence[Diagnosis]) -> tuple[Remedy, ...]:
    """The remedies that only a person can carry out, each once."""
    found = {
        remedy.code: remedy
        for diagnosis in diagnoses
        for remedy in diagnosis.remedies
        if not remedy.edits
    }
    return tuple(found.values())


def _trials(remedies: Sequence[Remedy]) -> list[Trial]:
    """The remedies that can be tried; one for several layers is one trial.

    A person who is told to change the activation of two layers does both.
    """
    groups: dict[tuple[str, str], list[Remedy]] = {}
    for remedy in remedies:
        if remedy.edits:
            layered = all(isinstance(x, LayerEdit) for x in remedy.edits)
            key = (remedy.id, "" if layered else remedy.code)
            groups.setdefault(key, []).append(remedy)
    return [Trial(tuple(group)) for group in groups.values()]
