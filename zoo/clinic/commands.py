"""`python -m zoo clinic`: run the cases, score the tools, treat the sick."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

from zoo import schema
from zoo.clinic import markdown, tables
from zoo.clinic.case import Case
from zoo.clinic.examination import FILE, Examination
from zoo.clinic.scoring import Marks, Total, mark, reported, total
from zoo.results.tables import draw_table
from zoo.training import pool

OURS = "kgrad"

Marked = list[tuple[Case, Marks]]

Work = Callable[[Case, Path], object]
"""What is done with a case in its folder: a function of a module."""


def run(options: Namespace) -> int:
    """Trains the cases that have not been trained yet."""
    from zoo.clinic.examination import examine

    names = [case.name for case in chosen(options.patterns)]
    return _work_on(partial(examine, seed=options.seed), FILE, names, options)


def treat(options: Namespace) -> int:
    """Treats the sick cases, and says how often the first remedy helped."""
    from zoo.clinic import treatment

    names = [case.name for case in chosen(options.patterns) if case.is_sick]
    code = _work_on(treatment.treat, treatment.FILE, names, options)
    runs = Path(options.runs)
    missing = _left(names, runs, treatment.FILE)
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
            schema.to_json(treatment.proofs(treated), indent=1),
            encoding="utf-8",
        )
    return code


def _work_on(
    work: Work, file: str, names: Sequence[str], options: Namespace
) -> int:
    """Works on the cases that are left, with a bar; 1 if one failed.

    Args:
        work: What to do.
        file: What the work writes at its end.
        names: Names of cases.
        options: With `runs`, the folder of all cases, and `processes`.
    """
    console, runs = Console(), Path(options.runs)
    waiting = _left(names, runs, file)
    if len(waiting) < len(names):
        done = len(names) - len(waiting)
        console.print(f"{done} of {len(names)} cases are already done.")
    failed = 0
    job = partial(_work_in_folder, work=work, runs=runs)
    with closing(pool.run(job, waiting, options.processes)) as updates:
        ended = (u for u in updates if isinstance(u, pool.Done | pool.Failed))
        for update in track(
            ended, description="Cases", total=len(waiting), console=console
        ):
            if isinstance(update, pool.Failed):
                failed += 1
                console.print(f"{update.item}: {update.reason}", markup=False)
    return 1 if failed else 0


def _work_in_folder(name: str, _: object, work: Work, runs: Path) -> None:
    """What runs in another process; its result is what it writes."""
    from zoo.clinic.cases import CASES

    work(CASES[name], runs / name)


def _left(names: Sequence[str], runs: Path, file: str) -> list[str]:
    """The cases whose work is not done: `file` is not there."""
    return [name for name in names if not (runs / name / file).exists()]


def score(options: Namespace) -> int:
    """Compares the findings of every tool with the labels."""
    console = Console()
    totals: dict[int, dict[str, dict[str, Total]]] = {}
    ours: dict[int, Marked] = {}
    for folder in options.runs:
        seed, marked = examined(options.patterns, Path(folder))
        ours[seed] = marked[OURS]
        totals[seed] = {tool: by_half(pairs) for tool, pairs in marked.items()}
        confusion = _print_scores(console, totals[seed], ours[seed])
        if options.picture is not None and len(totals) == 1:
            command = "python -m zoo clinic score"
            draw_table(confusion, command, options.picture)
    if options.readme is not None:
        text = markdown.scores(totals, ours, OURS)
        markdown.SCORES.write(Path(options.readme), text)
    return 0


def _print_scores(
    console: Console, totals: Mapping[str, Mapping[str, Total]], ours: Marked
) -> Table:
    """Prints the scores of one repetition; returns the confusion table."""
    signs = [each.sign for each in totals[OURS]["tuning"].scores]
    confusion = tables.confusion_table(signs, tables.confusion(signs, ours))
    console.print(tables.signs_table(totals[OURS]))
    console.print(confusion)
    console.print(tables.mistakes_table(ours))
    console.print(tables.tools_table(totals))
    return confusion


def inject(options: Namespace) -> int:
    """Injects what is bad, and says where it is not located."""
    from zoo.clinic import injecting

    parts = options.parts or list(injecting.PARTS)
    ends = [injecting.PARTS[part](options) for part in dict.fromkeys(parts)]
    return max(ends)


def chosen(patterns: Iterable[str]) -> list[Case]:
    """The cases that match a pattern; all of them without one.

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
    """The cases that were run, with the marks of every tool.

    Returns:
        The seed that was added to those of the cases; and by tool, ours
        first, the cases with their marks.

    Raises:
        FileNotFoundError: If a case was not run.
        ValueError: If the cases were run with different seeds.
    """
    from kgrad import RunHistory
    from zoo.clinic.baselines import BASELINES

    cases = chosen(patterns)
    missing = _left([case.name for case in cases], runs, FILE)
    if missing:
        raise FileNotFoundError(
            f"`--runs` must hold all cases; {len(missing)} of {len(cases)} "
            f"were not run, the first {missing[0]!r}: "
            f"`python -m zoo clinic run`. Received: --runs={str(runs)!r}"
        )
    marked: dict[str, Marked] = {OURS: [], **{b.name: [] for b in BASELINES}}
    seeds = set()
    for case in track(cases, description="Reading", transient=True):
        history = RunHistory.load(runs / case.name)
        marked[OURS].append((case, mark(case, reported(history.snapshots))))
        found = Examination.read(runs / case.name)
        seeds.add(found.seed)
        for tool, signs in found.baselines.items():
            marked[tool].append((case, mark(case, signs)))
    if len(seeds) > 1:
        raise ValueError(
            "`--runs` must be folders of one `--seed` each. "
            f"Received: --runs={str(runs)!r} with the seeds {sorted(seeds)}"
        )
    return seeds.pop(), marked


def by_half(marked: Marked) -> dict[str, Total]:
    """The total of each half, over the signs that occur in the cases."""
    from kgrad.signs import SIGNS

    present = {sign for case, _ in marked for sign in case.must}
    signs = list(
        dict.fromkeys(kind.name for kind in SIGNS if kind.name in present)
    )
    return {
        half: total(signs, [pair for pair in marked if pair[0].half == half])
        for half in ("tuning", "scored")
    }
