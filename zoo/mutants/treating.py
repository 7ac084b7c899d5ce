"""`python -m zoo mutants treat`: what the first remedy does to ill mutants."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.text import Text

from kgrad.report.fitted_table import FittedTable
from kgrad.report.table import Column
from zoo.clinic.case import Half
from zoo.mutants.commands import chosen
from zoo.mutants.mutant import MUTANTS, Mutant
from zoo.mutants.reading import labels_of, skills_of
from zoo.mutants.scoring import Share
from zoo.mutants.treatment import FILE, Treated, treat
from zoo.results.text import Section, markdown_table
from zoo.training import pool

SECTION = Section(
    "treated mutants",
    "python -m zoo mutants treat --held-out --write docs/mutants.md",
)


@dataclass(frozen=True)
class Outcome:
    """What became of an ill mutant, beside what it is compared with.

    Args:
        treated: The mutant with its first remedy.
        mutant: Skills without it.
        base: Skills of its base.
    """

    treated: Treated
    mutant: tuple[float, ...]
    base: tuple[float, ...]

    @property
    def is_nearer(self) -> bool:
        """Whether the remedy brought it significantly nearer to its base."""
        return self.treated.is_nearer(self.mutant)

    @property
    def is_healed(self) -> bool:
        """Whether it is as good as its base."""
        return self.is_nearer and self.treated.is_healed(self.base)


def treat_ill(options: Namespace) -> int:
    """Treats the ill mutants that were trained, and says what that did.

    What was treated already is not trained again unless another remedy is
    told first by now.

    Raises:
        FileNotFoundError: If there is no ill mutant.
    """
    console, runs = Console(), Path(options.runs)
    halves: list[Half] = ["tuning"]
    if options.held_out:
        halves.append("scored")
    ill = {half: _ill(options.patterns, half, runs) for half in halves}
    names = [mutant.name for every in ill.values() for mutant in every]
    if not names:
        raise FileNotFoundError(
            "`--runs` must hold ill mutants and their bases that were trained: "
            f"`python -m zoo mutants run`. Received: --runs={options.runs!r}"
        )
    failed = 0
    if not options.no_training:
        job = partial(_treat, runs=runs)
        updates = pool.run(job, names, options.processes)
        failed = pool.failures(updates, "Mutants", len(names), console)
    outcomes = {half: _outcomes(every, runs) for half, every in ill.items()}
    for half, every in outcomes.items():
        console.print(_table(half, every), "")
        console.print(summary(every), "")
    console.print(_failures_table(outcomes["tuning"]))
    if options.write is not None:
        SECTION.write(Path(options.write), markdown(outcomes))
    return 1 if failed else 0


def _treat(name: str, _: object, runs: Path) -> None:
    """What runs in another process; its result is what it writes."""
    treat(MUTANTS[name], runs / name)


def _ill(patterns: Sequence[str], half: Half, runs: Path) -> list[Mutant]:
    labels, _ = labels_of(chosen(patterns, half), runs)
    return [mutant for mutant, label in labels.items() if label == "ill"]


def _outcomes(ill: Sequence[Mutant], runs: Path) -> list[Outcome]:
    """Of those that were treated by now."""
    bases = {Mutant(mutant.base) for mutant in ill}
    skills = skills_of({*ill, *bases}, runs)
    return [
        Outcome(
            Treated.read(runs / mutant.name),
            skills[mutant.name],
            skills[Mutant(mutant.base).name],
        )
        for mutant in ill
        if (runs / mutant.name / FILE).exists()
    ]


def tried(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Those whose first diagnosis names a remedy that can be carried out."""
    return [each for each in outcomes if each.treated.remedy]


def summary(outcomes: Sequence[Outcome]) -> str:
    """How often the first remedy helped, in two sentences."""
    some = tried(outcomes)
    nearer = Share.where(each.is_nearer for each in some)
    healed = sum(each.is_healed for each in some)
    told = sum(each.treated.told for each in outcomes)
    at_once = Share.where(e.is_nearer for e in some if not e.treated.by_hand)
    return (
        f"Of {len(outcomes)} ill mutants, {told} are told a problem, and "
        f"{len(some)} a remedy that can be carried out. It brings "
        f"{_of(nearer)} significantly nearer to their bases, and {healed} back "
        "to what their bases reach. Where it is the very first remedy, and "
        f"none for a person comes before it, that is {_of(at_once)}."
    )


def _of(share: Share) -> str:
    """`"14 of 20 (0.70, 0.48 to 0.85)"`."""
    if not share.of:
        return "none of 0"
    low, high = share.interval
    text = f"{share.value:.2f}, {low:.2f} to {high:.2f}"
    return f"{share.count} of {share.of} ({text})"


def _by_remedy(outcomes: Sequence[Outcome]) -> dict[str, list[Outcome]]:
    """Those that were tried, the remedy that was tried most often first."""
    found: dict[str, list[Outcome]] = {}
    for each in tried(outcomes):
        found.setdefault(each.treated.name, []).append(each)
    return dict(sorted(found.items(), key=lambda x: (-len(x[1]), x[0])))


def _counts(outcomes: Sequence[Outcome]) -> list[str]:
    if not outcomes:
        return ["", "", ""]
    return [
        str(len(outcomes)),
        str(sum(each.is_nearer for each in outcomes)),
        str(sum(each.is_healed for each in outcomes)),
    ]


def _table(half: str, outcomes: Sequence[Outcome]) -> FittedTable:
    heads = ("tried", "nearer", "as its\nbase")
    rows = FittedTable(
        (Column("remedy"), *map(Column, heads)),
        f"First remedies of ill mutants, {half}",
    )
    for name, every in _by_remedy(outcomes).items():
        rows.add(name, *_counts(every))
    return rows


def _failures(outcomes: Sequence[Outcome]) -> list[Outcome]:
    return [each for each in tried(outcomes) if not each.is_nearer]


def _failures_table(outcomes: Sequence[Outcome]) -> FittedTable:
    rows = FittedTable(
        (Column("mutant"), *map(Column, ("before", "after", "base"))),
        "Where the first remedy did not help",
    )
    for each in _failures(outcomes):
        below = [Text(each.treated.name, "dim")]
        if each.treated.error:
            below.append(Text(each.treated.error, "red"))
        rows.add(each.treated.mutant, *_skills(each), below=below)
    return rows


def _skills(outcome: Outcome) -> list[str]:
    """Mean skill without the remedy, with it, and of the base."""
    every = outcome.mutant, outcome.treated.skills, outcome.base
    return [f"{sum(x) / len(x):.2f}" if x else "-" for x in every]


def markdown(outcomes: Mapping[Half, Sequence[Outcome]]) -> str:
    """How often the first remedy helped, and where it did not.

    Args:
        outcomes: By half; only of the first one it is said where.
    """
    parts = [f"{half}: {summary(x)}" for half, x in outcomes.items()]
    every = [each for some in outcomes.values() for each in some]
    head = ["first remedy"]
    for half in outcomes:
        head += [f"{half}: tried", "nearer", "as its base"]
    rows = []
    for name in _by_remedy(every):
        row = [name]
        for some in outcomes.values():
            row += _counts(_by_remedy(some).get(name, []))
        rows.append(row)
    parts.append(markdown_table(head, rows))
    first = next(iter(outcomes.values()))
    rows = [
        [f"`{each.treated.mutant}`", each.treated.name, *_skills(each)]
        for each in _failures(first)
    ]
    if rows:
        parts.append("Where it did not help, with the mean skills:")
        head = ["mutant", "first remedy", "without it", "with it", "its base"]
        parts.append(markdown_table(head, rows))
    return "\n\n".join(parts)
