"""`python -m zoo mutants`: train bases and mutants, score the tools."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path

from rich.console import Console

from zoo.clinic.case import Half
from zoo.mutants import markdown, tables, times
from zoo.mutants.mutant import MUTANTS, Mutant
from zoo.mutants.reading import OURS, Verdicts, skills_of, verdicts
from zoo.mutants.scoring import score as score_of
from zoo.mutants.training import is_done, train, write_known
from zoo.training import pool


def run(options: Namespace) -> int:
    """Trains those that have not been trained yet, in their order."""
    console, runs = Console(), Path(options.runs)
    mutants = chosen(options.patterns, options.half)[: options.count]
    waiting = [m.name for m in mutants if not is_done(m, runs)]
    if len(waiting) < len(mutants):
        done = len(mutants) - len(waiting)
        console.print(f"{done} of {len(mutants)} mutants are already done.")
    job = partial(_train, runs=runs, once=options.once)
    updates = pool.run(job, waiting, options.processes)
    failed = pool.failures(updates, "Mutants", len(waiting), console)
    return 1 if failed else 0


def _train(name: str, _: object, runs: Path, once: bool) -> None:
    """What runs in another process; its result is what it writes."""
    train(MUTANTS[name], runs / name, once=once)


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
        console.print(times.times_table(halves[name]), "")
        console.print(times.withdrawn(counted), "")
    everything = {half: of_tool[OURS] for half, of_tool in halves.items()}
    console.print(tables.operators_table(everything), "")
    if not options.held_out:
        console.print(tables.mistakes_table(everything["tuning"]))
    if options.write is not None:
        text = markdown.scores(everything, scores)
        text = f"{text}\n\n{times.markdown(halves)}"
        markdown.SECTION.write(Path(options.write), text)
    if options.skills is not None:
        write_known(skills_of(MUTANTS, runs), Path(options.skills))
    return 0
