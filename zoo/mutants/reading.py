"""What is read from run folders: skills, labels, and what was told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from rich.progress import track

from zoo.mutants.labels import CLEAR, Label, label
from zoo.mutants.mutant import Mutant
from zoo.mutants.scoring import Verdict
from zoo.mutants.told import ours, theirs
from zoo.mutants.training import Trained, is_done, known, seeds_of

OURS = "kgrad"

Verdicts = dict[str, list[Verdict]]
"""By tool, ours first."""


def skills_of(
    mutants: Iterable[Mutant], runs: Path
) -> dict[str, tuple[float, ...]]:
    """Skills of each mutant that was trained, by name.

    Of one that was trained only once they are those that come with the
    package; without any, it is left out.
    """
    before = known()
    found = {}
    for mutant in mutants:
        skills = before.get(mutant.name, ())
        if is_done(mutant, runs):
            own = Trained.read(runs / mutant.name).skills
            skills = own if len(own) >= len(skills) else skills
        if len(skills) >= seeds_of(mutant):
            found[mutant.name] = tuple(round(skill, 4) for skill in skills)
    return found


def verdicts(
    mutants: Sequence[Mutant], runs: Path
) -> tuple[Verdicts, list[str]]:
    """What every tool told of the mutants that were trained, and their labels.

    Args:
        mutants: Of which to ask; those without a label, because it is not
            known how well they or their bases do, are left out.
        runs: The folder of all runs.

    Returns:
        The verdicts, and the bases that do not learn clearly: nothing follows
        from their mutants.
    """
    from kgrad import RunHistory
    from zoo.clinic.baselines import BASELINES
    from zoo.clinic.examination import Examination

    found: Verdicts = {OURS: [], **{tool.name: [] for tool in BASELINES}}
    labels, unclear = labels_of(mutants, runs)
    waiting = track(labels.items(), description="Reading", transient=True)
    for mutant, what in waiting:
        folder = runs / mutant.name
        told = ours(RunHistory.load(folder).snapshots)
        found[OURS].append(Verdict(mutant, what, told))
        examination = Examination.read(folder)
        for tool, signs in examination.baselines().items():
            other = theirs(signs, examination.steps)
            found[tool].append(Verdict(mutant, what, other))
    return found, unclear


def labels_of(
    mutants: Sequence[Mutant], runs: Path
) -> tuple[dict[Mutant, Label], list[str]]:
    """Which of the mutants that were trained are ill.

    Args:
        mutants: As for `verdicts`.
        runs: The folder of all runs.

    Returns:
        The labels, and the bases that do not learn clearly.
    """
    bases = [Mutant(name) for name in dict.fromkeys(m.base for m in mutants)]
    skills = skills_of({*mutants, *bases}, runs)
    clear = {base.base for base in bases if _is_clear(skills.get(base.name))}
    unclear = sorted(
        base.base
        for base in bases
        if base.name in skills and base.base not in clear
    )
    labels = {
        mutant: label(skills[mutant.name], skills[Mutant(mutant.base).name])
        for mutant in mutants
        if mutant.name in skills and mutant.base in clear
        if is_done(mutant, runs)
    }
    return labels, unclear


def _is_clear(skills: Sequence[float] | None) -> bool:
    return skills is not None and min(skills) >= CLEAR
