"""`python -m zoo clinic`: run the cases, score the tools, treat the ill."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.progress import track
from rich.table import Table

from zoo.clinic import markdown, tables
from zoo.clinic.case import Case
from zoo.clinic.examination import FILE, Examination
from zoo.clinic.label import Marks, mark, reported
from zoo.clinic.rounds import Work, left, work_on
from zoo.clinic.score import Total, total
from zoo.table import draw_table

OURS = "kgrad"

Marked = list[tuple[Case, Marks]]


def run(options: Namespace) -> int:
    """Trains the cases that were not trained yet."""
    from zoo.clinic.examination import examine

    names = [case.name for case in chosen(options.patterns)]
    return _work(partial(examine, seed=options.seed), FILE, names, options)


def treat(options: Namespace) -> int:
    """Treats the ill cases, and says how often the first remedy helped."""
    from zoo.clinic import treatment

    names = [case.name for case in chosen(options.patterns) if case.is_ill]
    code = _work(treatment.treat, treatment.FILE, names, options)
    runs = Path(options.runs)
    missing = left(names, runs, treatment.FILE)
    treated = [
        treatment.Treated.read(runs / name)
        for name in names
        if name not in missing
    ]
    console = Console()
    console.print(tables.treatments_table(treated))
    console.print(tables.first_remedies(treated))
    if options.readme is not None:
        markdown.TREATMENTS.write(
            Path(options.readme), markdown.treatments(treated)
        )
    if options.proofs is not None:
        Path(options.proofs).write_text(
            json.dumps(treatment.proofs(treated), indent=1) + "\n",
            encoding="utf-8",
        )
    return code


def _work(
    work: Work, file: str, names: Sequence[str], options: Namespace
) -> int:
    """Works on what is left, with a bar; 1 if a case ended with an error."""
    console, runs = Console(), Path(options.runs)
    waiting = left(names, runs, file)
    if len(waiting) < len(names):
        done = len(names) - len(waiting)
        console.print(f"{done} of {len(names)} cases are there already.")
    failed = 0
    for name, error in track(
        work_on(work, waiting, runs, options.processes),
        description="Cases",
        total=len(waiting),
        console=console,
    ):
        if error is not None:
            failed += 1
            console.print(f"{name}: {type(error).__name__}: {error}")
    return 1 if failed else 0


def score(options: Namespace) -> int:
    """Holds what every tool found against the labels."""
    console = Console()
    totals: dict[int, dict[str, dict[str, Total]]] = {}
    ours: dict[int, Marked] = {}
    for folder in options.runs:
        seed, marked = examined(options.patterns, Path(folder))
        ours[seed] = marked[OURS]
        totals[seed] = {tool: by_half(pairs) for tool, pairs in marked.items()}
        confusion = _tell(console, totals[seed], ours[seed])
        if options.picture is not None and len(totals) == 1:
            command = "python -m zoo clinic score"
            draw_table(confusion, command, options.picture)
    if options.readme is not None:
        text = markdown.scores(totals, ours, OURS)
        markdown.SCORES.write(Path(options.readme), text)
    return 0


def _tell(
    console: Console, totals: Mapping[str, Mapping[str, Total]], ours: Marked
) -> Table:
    """Prints the score of one repetition; the table of confusion."""
    signs = [each.sign for each in totals[OURS]["tuning"].scores]
    confusion = tables.confusion_table(signs, tables.confusion(signs, ours))
    console.print(tables.signs_table(totals[OURS]))
    console.print(confusion)
    console.print(tables.mistakes_table(ours))
    console.print(tables.tools_table(totals))
    return confusion


def inject(options: Namespace) -> int:
    """Puts NaN and infinity into trainings, and says where it is not found."""
    from zoo.clinic.injections import draw, expected, found

    console = Console()
    injections = draw(options.count, options.seed)
    exact = 0
    for one in track(injections, description="Injections", console=console):
        with TemporaryDirectory() as folder:
            told, there = found(one, Path(folder)), expected(one)
        exact += told == there
        if told != there:
            console.print(f"{one}: there {there}, told {told}", markup=False)
    console.print(
        f"Step and first target are exact in {exact} of {len(injections)}."
    )
    return 0 if exact == len(injections) else 1


def chosen(patterns: Iterable[str]) -> list[Case]:
    """The cases that a pattern matches, all without one.

    Args:
        patterns: Names, with the wildcards of a shell.

    Raises:
        ValueError: If one matches nothing.
    """
    from zoo.clinic.cases import CASES

    patterns = list(patterns) or ["*"]
    for pattern in patterns:
        if not any(fnmatchcase(name, pattern) for name in CASES.names):
            families = sorted({case.family for case in CASES})
            raise ValueError(
                "`PATTERN` must match a case FAMILY/VARIANT, such as "
                f"'cliff/*'. Families: {families}. "
                f"Received: PATTERN={pattern!r}"
            )
    return [
        case
        for case in CASES
        if any(fnmatchcase(case.name, pattern) for pattern in patterns)
    ]


def examined(
    patterns: Iterable[str], runs: Path
) -> tuple[int, dict[str, Marked]]:
    """The cases that were run, with their marks.

    Returns:
        The seed that was added to those of the cases; by tool, ours first,
        the cases and marks.

    Raises:
        FileNotFoundError: If one was not run.
        ValueError: If they were run with different seeds.
    """
    from kgrad.storage.history import RunHistory
    from zoo.clinic.rivals import RIVALS

    cases = chosen(patterns)
    missing = left([case.name for case in cases], runs, FILE)
    if missing:
        raise FileNotFoundError(
            f"`--runs` must hold all cases; {len(missing)} of {len(cases)} "
            f"were not run, the first {missing[0]!r}: "
            f"`python -m zoo clinic run`. Received: --runs={str(runs)!r}"
        )
    marked: dict[str, Marked] = {OURS: [], **{r.name: [] for r in RIVALS}}
    seeds = set()
    for case in track(cases, description="Reading", transient=True):
        history = RunHistory.load(runs / case.name)
        marked[OURS].append((case, mark(case, reported(history.snapshots))))
        found = Examination.read(runs / case.name)
        seeds.add(found.seed)
        for rival in RIVALS:
            told = found.rivals[rival.name]
            marked[rival.name].append((case, mark(case, told)))
    if len(seeds) > 1:
        raise ValueError(
            "`--runs` must be folders of one `--seed` each. "
            f"Received: --runs={str(runs)!r} with the seeds {sorted(seeds)}"
        )
    return seeds.pop(), marked


def by_half(marked: Marked) -> dict[str, Total]:
    """The total of each half, over the signs that cases show."""
    from kgrad.signs import SIGNS

    there = {sign for case, _ in marked for sign in case.must}
    signs = list(
        dict.fromkeys(kind.name for kind in SIGNS if kind.name in there)
    )
    return {
        half: total(signs, [pair for pair in marked if pair[0].half == half])
        for half in ("tuning", "scored")
    }
