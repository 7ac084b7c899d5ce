"""`python -m zoo mutants`: train bases and mutants, score the tools."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable, Sequence
from contextlib import closing
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.progress import track

from zoo.clinic.case import Half
from zoo.mutants import markdown, tables
from zoo.mutants.labels import CLEAR, label
from zoo.mutants.mutant import MUTANTS, Mutant
from zoo.mutants.scoring import Verdict
from zoo.mutants.scoring import score as score_of
from zoo.mutants.told import ours, theirs
from zoo.mutants.training import FILE, Trained, train
from zoo.training import pool

OURS = "kgrad"

Verdicts = dict[str, list[Verdict]]
"""By tool, ours first."""


def run(options: Namespace) -> int:
    """Trains those that have not been trained yet, in their order."""
    console, runs = Console(), Path(options.runs)
    mutants = chosen(options.patterns, options.half)[: options.count]
    waiting = [m.name for m in mutants if not is_done(m, runs)]
    if len(waiting) < len(mutants):
        done = len(mutants) - len(waiting)
        console.print(f"{done} of {len(mutants)} mutants are already done.")
    failed = 0
    job = partial(_train, runs=runs)
    with closing(pool.run(job, waiting, options.processes)) as updates:
        ended = (u for u in updates if isinstance(u, pool.Done | pool.Failed))
        for update in track(
            ended, description="Mutants", total=len(waiting), console=console
        ):
            if isinstance(update, pool.Failed):
                failed += 1
                console.print(f"{update.item}: {update.reason}", markup=False)
    return 1 if failed else 0


def _train(name: str, _: object, runs: Path) -> None:
    """What runs in another process; its result is what it writes."""
    train(MUTANTS[name], runs / name)


def is_done(mutant: Mutant, runs: Path) -> bool:
    """Whether a mutant was trained to the end."""
    return (runs / mutant.name / FILE).exists()


def chosen(patterns: Iterable[str], half: Half | None = None) -> list[Mutant]:
    """The bases and mutants that match a pattern; all of them without one.

    Args:
        patterns: Names, with the wildcards of a shell.
        half: The half that they are in, or None for both.

    Raises:
        ValueError: If one matches nothing.
    """
    patterns = list(patterns) or ["*"]
    for pattern in patterns:
        if not any(fnmatchcase(name, pattern) for name in MUTANTS.names):
            raise ValueError(
                "`PATTERN` must match a mutant BASE/OPERATOR-STRENGTH, such "
                "as 'lstm-recent/*'. Received: PATTERN="
                f"{pattern!r}"
            )
    return [
        mutant
        for mutant in MUTANTS
        if half in (None, mutant.half)
        if any(fnmatchcase(mutant.name, pattern) for pattern in patterns)
    ]


def score(options: Namespace) -> int:
    """Compares what every tool told with the labels, half by half."""
    console, runs = Console(), Path(options.runs)
    halves: dict[str, Verdicts] = {}
    wanted: list[Half] = ["tuning"]
    if options.held_out:
        wanted.append("scored")
    for half in wanted:
        found, unclear = verdicts(chosen(options.patterns, half), runs)
        halves[half] = found
        if unclear:
            console.print(
                f"Left out with their mutants, {half}: bases that do not "
                f"learn clearly: {', '.join(unclear)}."
            )
    if not any(halves[half][OURS] for half in halves):
        raise FileNotFoundError(
            "`--runs` must hold bases and mutants that were trained: `python "
            f"-m zoo mutants run`. Received: --runs={options.runs!r}"
        )
    scores = {
        half: {tool: score_of(each) for tool, each in of_tool.items()}
        for half, of_tool in halves.items()
    }
    for name, of_tool in scores.items():
        counted = halves[name][OURS]
        console.print(tables.tools_table(name, counted, of_tool), "")
    everything = {half: of_tool[OURS] for half, of_tool in halves.items()}
    console.print(tables.operators_table(everything), "")
    if not options.held_out:
        console.print(tables.mistakes_table(everything["tuning"]))
    if options.readme is not None:
        text = markdown.scores(everything, scores)
        markdown.SCORES.write(Path(options.readme), text)
    return 0


def verdicts(
    mutants: Sequence[Mutant], runs: Path
) -> tuple[Verdicts, list[str]]:
    """What every tool told of the mutants that were trained, and their labels.

    Args:
        mutants: Of which to ask; those whose base was not trained, too, have
            no label and are left out.
        runs: The folder of all runs.

    Returns:
        The verdicts, and the bases that do not learn clearly: nothing follows
        from their mutants.
    """
    from kgrad import RunHistory
    from zoo.clinic.baselines import BASELINES
    from zoo.clinic.examination import Examination

    found: Verdicts = {OURS: [], **{tool.name: [] for tool in BASELINES}}
    bases: dict[str, tuple[float, ...]] = {}
    unclear: list[str] = []
    for mutant in track(mutants, description="Reading", transient=True):
        base = Mutant(mutant.base)
        if not (is_done(mutant, runs) and is_done(base, runs)):
            continue
        if mutant.base not in bases:
            skills = Trained.read(runs / base.name).skills
            bases[mutant.base] = skills
            if min(skills) < CLEAR:
                unclear.append(mutant.base)
        if mutant.base in unclear:
            continue
        folder = runs / mutant.name
        skills = Trained.read(folder).skills
        what = (
            label(skills, bases[mutant.base])
            if mutant.operator
            else ("healthy")
        )
        told = ours(RunHistory.load(folder).snapshots)
        found[OURS].append(Verdict(mutant, what, told))
        examination = Examination.read(folder)
        for tool, signs in examination.baselines().items():
            other = theirs(signs, examination.steps)
            found[tool].append(Verdict(mutant, what, other))
    return found, unclear
