"""The tables of results in the documentation, written from the presets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from zoo.layers.cells import CELLS
from zoo.layers.variants import VARIANTS
from zoo.results import predictions
from zoo.results.effects import Effect, effects
from zoo.results.published import Published, published_for
from zoo.results.tables import levels
from zoo.results.text import Section, markdown_table, mean_and_spread
from zoo.runs.summary import Summary, quality
from zoo.tasks import Task

SECTION = Section("results", "python -m zoo results --write docs/zoo.md")


def tables(summaries: Sequence[Summary]) -> str:
    """Our results, what helped, and what is published, in Markdown."""
    return "\n\n".join(
        part
        for part in (
            _note(summaries),
            _ours(summaries),
            _effects(summaries),
            predictions.table(summaries),
            _published(summaries),
        )
        if part
    )


def _note(summaries: Sequence[Summary]) -> str:
    seeds = sorted({len(summary.results) for summary in summaries})
    return (
        "Mean and standard deviation of the metric on test data, and how many "
        f"of {' or '.join(map(str, seeds))} seeds solved the task. **Bold**: "
        "the median seed did."
    )


def _ours(summaries: Sequence[Summary]) -> str:
    by_model = {(s.recipe.task, s.recipe.model): s for s in summaries}
    variants = [
        name
        for name in VARIANTS.names
        if any(s.recipe.variant == name for s in summaries)
    ]
    rows = []
    for task in {s.recipe.task: s.task for s in summaries}.values():
        title = _title(task)
        for cell in CELLS:
            models = [f"{cell.name}-{variant}" for variant in variants]
            found = [by_model.get((task.name, model)) for model in models]
            if any(found):
                rows.append([title, cell.title, *map(_cell, found)])
                title = ""
    return markdown_table(["task", "cell", *variants], rows)


def _title(task: Task) -> str:
    return f"`{task.name}`: {task.metric}, {levels(task)}"


def _cell(summary: Summary | None) -> str:
    if summary is None:
        return ""
    number = mean_and_spread(summary.mean, summary.spread)
    bold = "**" if summary.verdict == "solved" else ""
    return f"{bold}{number}{bold}, {summary.solved}/{len(summary.results)}"


def _effects(summaries: Sequence[Summary]) -> str:
    """What each change did to each cell: a row a task, a column a change."""
    found = effects(summaries)
    there = set(map(_change, found))
    changes = [c for c in (*VARIANTS.names, *CELLS.names) if c in there]
    cells: dict[tuple[str, str], list[str]] = {}
    for each in found:
        recipe = each.changed.recipe
        word = _EFFECTS.get(each.outcome)
        if word is not None:
            place = cells.setdefault((recipe.task, _change(each)), [])
            of = "" if recipe.variant == "base" else CELLS[recipe.cell].title
            place.append(f"{word} {of}".rstrip())
    tasks = dict.fromkeys(each.changed.recipe.task for each in found)
    rows = [
        [f"`{task}`", *(", ".join(cells.get((task, c), [])) for c in changes)]
        for task in tasks
    ]
    if not rows:
        return ""
    return (
        "What each change did: **+** means that all its seeds are better than "
        "all seeds of the same cell without it, - that all are worse, and that "
        "the median differs by at least 2% of the way from chance to solved. "
        "An empty cell means that the seeds overlap (`python -m zoo effects` "
        "has the numbers). LSTM and GRU are compared with the SimpleRNN.\n\n"
        f"{markdown_table(['task', *changes], rows)}"
    )


_EFFECTS = {"helped": "**+**", "hurt": "-"}


def _change(effect: Effect) -> str:
    recipe = effect.changed.recipe
    return recipe.cell if recipe.variant == "base" else recipe.variant


def _published(summaries: Sequence[Summary]) -> str:
    """Every published number next to ours."""
    by_task: dict[str, list[Summary]] = {}
    for summary in summaries:
        by_task.setdefault(summary.recipe.task, []).append(summary)
    rows = [
        [
            f"`{ours.name}`, {ours.recipe.length} steps",
            _cell(ours),
            each.title,
            each.text,
            each.recipe,
            each.split,
            each.source,
        ]
        for models in by_task.values()
        for ours, each in _beside(models)
    ]
    if not rows:
        return ""
    head = ["model", "ours", "published", "number", "with", "on", "source"]
    return (
        "Published for the same tasks. Each number has its own recipe; ours is "
        "on the card (`python -m zoo card NAME`). A cell stands beside ours in "
        "the closest variant and in the searched recipe; another method stands "
        "beside our best model, which is chosen on test data:"
        f"\n\n{markdown_table(head, rows)}"
    )


def _beside(models: Sequence[Summary]) -> Iterator[tuple[Summary, Published]]:
    """The models of a task, each with the numbers that it is compared to."""
    for ours in models:
        for each in published_for(ours.recipe):
            if each.cell and ours.recipe.variant in (each.variant, "best"):
                yield ours, each
    best = max(models, key=lambda ours: quality(ours.median))
    for each in published_for(best.recipe):
        if each.method:
            yield best, each
