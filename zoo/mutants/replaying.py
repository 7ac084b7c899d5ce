"""`python -m zoo mutants replay`: what was told of runs that ended well."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.text import Text

from kgrad import RunHistory
from kgrad.report.fitted_table import FittedTable
from kgrad.report.table import Column
from kgrad.signs.series import higher_is_better
from zoo.clinic.case import Half
from zoo.mutants.commands import chosen
from zoo.mutants.reading import labels_of
from zoo.mutants.replay import Sentence, Skill, replay
from zoo.results.text import Section, markdown_table
from zoo.runs import run_folder
from zoo.runs.result import FILE, Result

SECTION = Section(
    "replay", "python -m zoo mutants replay --held-out --write docs/mutants.md"
)


@dataclass(frozen=True)
class Replayed:
    """A run that ended well, and what was told of it meanwhile.

    Args:
        name: Of the program, or the run folder.
        sentences: What was told.
        hidden: Whether it is of the half whose mistakes are not looked at.
    """

    name: str
    sentences: tuple[Sentence, ...]
    hidden: bool = False

    @property
    def mistakes(self) -> tuple[Sentence, ...]:
        """Those that should not have been told."""
        return tuple(each for each in self.sentences if each.mistake)


def replay_runs(options: Namespace) -> int:
    """Shows every sentence, and which of them were wrong.

    Raises:
        FileNotFoundError: If there is no run that ended well.
    """
    console, runs = Console(), Path(options.runs)
    halves: list[Half] = ["tuning"]
    if options.held_out:
        halves.append("scored")
    replayed = [
        *_mutants(options.patterns, runs, halves),
        *_of_the_zoo(runs),
    ]
    if not replayed:
        raise FileNotFoundError(
            "`--runs` must hold healthy programs that were trained, `python "
            "-m zoo mutants run`, or models of the zoo that solve their task. "
            f"Received: --runs={options.runs!r}"
        )
    if any(run.sentences and not run.hidden for run in replayed):
        console.print(_table(replayed), "")
    console.print(_summary(replayed))
    if options.write is not None:
        SECTION.write(Path(options.write), markdown(replayed))
    return 0


def _mutants(
    patterns: Sequence[str], runs: Path, halves: Sequence[Half]
) -> Iterator[Replayed]:
    """Bases, and mutants that are not worse than theirs."""
    for half in halves:
        labels, _ = labels_of(chosen(patterns, half), runs)
        healthy = [m for m, label in labels.items() if label == "healthy"]
        for mutant in track(healthy, description="Replaying", transient=True):
            program = mutant.program
            skill = partial(program.skill, y=program.samples().y_validation)
            history = RunHistory.load(runs / mutant.name)
            told = replay(history.snapshots, skill)
            yield Replayed(mutant.name, tuple(told), half == "scored")


def _of_the_zoo(runs: Path) -> Iterator[Replayed]:
    """The runs of the zoo's models that solve their task."""
    files = sorted(runs.rglob(FILE))
    for file in track(files, description="Replaying", transient=True):
        _, result = run_folder.read(file.parent)
        if result.verdict == "solved":
            history = RunHistory.load(file.parent)
            told = replay(history.snapshots, _skill_of(result))
            name = file.parent.relative_to(runs).as_posix()
            yield Replayed(name, tuple(told))


def _skill_of(result: Result) -> Skill:
    """From guessing to perfect, by the metric of the task."""
    perfect = 1.0 if higher_is_better(result.metric) else 0.0

    def skill(logs: Mapping[str, float | None]) -> float:
        value = logs[f"val_{result.metric}"]
        if value is None:
            return 0.0
        return (value - result.chance) / (perfect - result.chance)

    return skill


def _table(replayed: Sequence[Replayed]) -> FittedTable:
    """What was told of each run, what is wrong about it in red."""
    rows = FittedTable((Column("run"), Column("epochs")), "Told meanwhile")
    for run in replayed:
        for told in () if run.hidden else run.sentences:
            below = [Text(told.words, "dim")]
            if told.mistake:
                below.append(Text(told.mistake, "red"))
            rows.add(run.name, _epochs(told), below=below)
    return rows


def _summary(replayed: Sequence[Replayed]) -> str:
    silent = sum(not run.sentences for run in replayed)
    wrong = sum(bool(run.mistakes) for run in replayed)
    right = len(replayed) - silent - wrong
    return (
        f"Of {len(replayed)} healthy programs, {silent} were told nothing "
        f"while they trained, {right} only what was so far and true then, and "
        f"{wrong} something else."
    )


def markdown(replayed: Sequence[Replayed]) -> str:
    """How many were told something wrong, and what."""
    rows = [
        [f"`{run.name}`", _epochs(told), told.words, told.mistake]
        for run in replayed
        if not run.hidden
        for told in run.mistakes
    ]
    parts = [_summary(replayed)]
    if rows:
        head = ["program", "epochs", "told first", "what is wrong"]
        parts.append(f"{markdown_table(head, rows)}")
    return "\n\n".join(parts)


def _epochs(told: Sentence) -> str:
    if told.first == told.last:
        return str(told.first)
    return f"{told.first} to {told.last}"
