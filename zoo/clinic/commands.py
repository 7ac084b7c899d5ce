"""`python -m zoo clinic`: run the cases, score the tools, treat the sick."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

from zoo import schema
from zoo.clinic import markdown, tables
from zoo.clinic.case import Case
from zoo.clinic.examination import FILE, Examination, seed_of
from zoo.clinic.scoring import Marks, Total, Totals, mark, reported, total
from zoo.results.tables import draw_table
from zoo.training import pool

OURS = "kgrad"

Marked = list[tuple[Case, Marks]]

Work = Callable[[Case, Path], object]
"""What is done with a case in its folder: a function of a module."""


def run(options: Namespace) -> int:
    """Trains the cases that have not been trained yet.

    Those that another version examined, which this one cannot read, are
    examined again.

    Raises:
        ValueError: If the folder holds cases of another seed.
    """
    from zoo.clinic.examination import examine

    runs = Path(options.runs)
    names = [case.name for case in chosen(options.patterns, options.half)]
    done = []
    for name in names:
        seed = seed_of(runs / name)
        if seed not in (None, options.seed):
            raise ValueError(
                f"`--seed` must be {seed}, that of the cases in `--runs`, or "
                f"`--runs` another folder. Received: --seed={options.seed}, "
                f"--runs={options.runs!r}"
            )
        if seed is not None:
            done.append(name)
    work = partial(examine, seed=options.seed)
    return _work_on(work, names, done, options)


def treat(options: Namespace) -> int:
    """Treats the sick cases, and says how often the first remedy helped."""
    from zoo.clinic import treatment

    names = [case.name for case in chosen(options.patterns) if case.is_sick]
    runs = Path(options.runs)
    missing = _left(names, runs, treatment.FILE)
    done = [name for name in names if name not in missing]
    code = _work_on(treatment.treat, names, done, options)
    missing = _left(names, runs, treatment.FILE)
    treated = [
        treatment.Treated.read(runs / name)
        for name in names
        if name not in missing
    ]
    console = Console()
    console.print(tables.treatments_table(treated), "")
    console.print(tables.first_remedies(treated))
    if options.write is not None:
        markdown.TREATMENTS.write(
            Path(options.write), markdown.treatments(treated)
        )
    if options.proofs is not None:
        Path(options.proofs).write_text(
            schema.to_json(treatment.proofs(treated), indent=1),
            encoding="utf-8",
        )
    return code


def _work_on(
    work: Work, names: Sequence[str], done: Sequence[str], options: Namespace
) -> int:
    """Works on the cases that are left, with a bar; 1 if one failed.

    Args:
        work: What to do.
        names: Names of cases.
        done: Those of them that are done already.
        options: With `runs`, the folder of all cases, and `processes`.
    """
    console, runs = Console(), Path(options.runs)
    waiting = [name for name in names if name not in done]
    if done:
        console.print(f"{len(done)} of {len(names)} cases are already done.")
    job = partial(_work_in_folder, work=work, runs=runs)
    updates = pool.run(job, waiting, options.processes)
    failed = pool.failures(updates, "Cases", len(waiting), console)
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
    totals: dict[int, dict[str, Totals]] = {}
    cases = chosen(options.patterns, options.half)
    for folder in options.runs:
        seed, marked = examined(cases, Path(folder))
        totals[seed] = {
            tool: totals_of(pairs) for tool, pairs in marked.items()
        }
        confusion = _print_scores(console, totals[seed], marked[OURS])
        if options.picture is not None and len(totals) == 1:
            command = "python -m zoo clinic score"
            draw_table(confusion, command, options.picture)
    if options.write is not None:
        text = markdown.scores(totals, cases)
        markdown.SCORES.write(Path(options.write), text)
    return 0


def _print_scores(
    console: Console, totals: Mapping[str, Totals], ours: Marked
) -> Table:
    """Prints the scores of one repetition; returns the confusion table."""
    present = {sign for case, _ in ours for sign in case.must}
    signs = [name for name in names_of_signs() if name in present]
    confusion = tables.confusion_table(signs, tables.confusion(signs, ours))
    for part, of_half in totals[OURS].items():
        console.print(tables.signs_table(part, of_half), "")
    console.print(confusion, tables.mistakes_table(ours), "")
    for part in totals[OURS]:
        of_part = {tool: of_tool[part] for tool, of_tool in totals.items()}
        console.print(tables.rules_table(part, of_part), "")
        console.print(tables.tools_table(part, of_part), "")
    return confusion


def inject(options: Namespace) -> int:
    """Injects what is bad, and says where it is not located."""
    from zoo.clinic import injecting

    parts = options.parts or list(injecting.PARTS)
    ends = [injecting.PARTS[part](options) for part in dict.fromkeys(parts)]
    return max(ends)


def chosen(patterns: Iterable[str], half: str | None = None) -> list[Case]:
    """The cases that match a pattern; all of them without one.

    Args:
        patterns: Names, with the wildcards of a shell.
        half: The half that they are in, or None for both.

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
        if half in (None, case.half)
        if any(fnmatchcase(case.name, pattern) for pattern in patterns)
    ]


def examined(
    cases: Sequence[Case], runs: Path
) -> tuple[int, dict[str, Marked]]:
    """Cases that were run, with the marks of every tool.

    Returns:
        The seed that was added to those of the cases; and by tool, ours
        first, the cases with their marks.

    Raises:
        FileNotFoundError: If a case was not run.
        ValueError: If the cases were run with different seeds, or by a
            version that recorded something else.
    """
    from kgrad import RunHistory
    from zoo.clinic.baselines import BASELINES

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
        try:
            found = Examination.read(runs / case.name)
        except ValueError as error:
            raise ValueError(
                "`--runs` must hold cases that this version examined; "
                f"{case.name!r} is of another: `python -m zoo clinic run`. "
                f"Received: --runs={str(runs)!r}"
            ) from error
        history = RunHistory.load(runs / case.name)
        marked[OURS].append((case, mark(case, reported(history.snapshots))))
        seeds.add(found.seed)
        for tool, signs in found.baselines().items():
            marked[tool].append((case, mark(case, signs)))
    if len(seeds) > 1:
        raise ValueError(
            "`--runs` must be folders of one `--seed` each. "
            f"Received: --runs={str(runs)!r} with the seeds {sorted(seeds)}"
        )
    return seeds.pop(), marked


def totals_of(marked: Marked) -> Totals:
    """The totals by part and half, over the signs that occur in the part."""
    from zoo.clinic.cases import PARTS, part_of

    found: dict[str, dict[str, Total]] = {}
    for part in PARTS:
        pairs = [pair for pair in marked if part_of(pair[0]) == part]
        present = {sign for case, _ in pairs for sign in case.must}
        signs = [name for name in names_of_signs() if name in present]
        if pairs:
            found[part] = {
                half: total(signs, [p for p in pairs if p[0].half == half])
                for half in ("tuning", "scored")
            }
    return found


def names_of_signs() -> list[str]:
    """Every sign once, the gravest first."""
    from kgrad.signs import SIGNS

    return list(dict.fromkeys(kind.name for kind in SIGNS))
