"""Did the remedies help that kgrad proposed for a model as it is?

The claim of the clinic, tested on the zoo: the remedies of the first diagnosis
of a base model, of which the zoo has a variant or a cell, and what that did.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from zoo.layers.cells import CELLS
from zoo.results.effects import Effect, effects
from zoo.results.text import markdown_table
from zoo.runs.result import Result
from zoo.runs.summary import Summary

STANDS_FOR: Mapping[str, tuple[str, ...]] = {
    "clip_gradients": ("clipnorm",),
    "batch_normalization": ("batchnorm",),
    "recurrent_batch_normalization": ("recurrent_batchnorm",),
    "identity_relu": ("relu",),
    "gated_cell": ("lstm", "gru"),
}
"""The variants, or cells, that are tried where a remedy is proposed."""


@dataclass(frozen=True)
class Prediction:
    """What was proposed for a base model, and what each change did.

    Args:
        base: The model.
        sign: The sign that was found first in most of its seeds.
        proposed: Changes that the zoo tried, and that were proposed for at
            least half of the seeds.
        effects: What was measured of them.
        missed: Changes that helped and were not proposed.
    """

    base: Summary
    sign: str
    proposed: tuple[str, ...]
    effects: Mapping[str, str]
    missed: tuple[str, ...]


def predictions(summaries: Sequence[Summary]) -> list[Prediction]:
    """One for each base model with a finding whose remedies were kept.

    Args:
        summaries: One for each model.
    """
    found = effects(summaries)
    return [
        _prediction(summary, _changes(summary, found))
        for summary in summaries
        if summary.recipe.variant == "base"
        if any(result.remedies for result in summary.results)
    ]


def _changes(base: Summary, found: Iterable[Effect]) -> dict[str, str]:
    """What each variant, and for a SimpleRNN each cell, did to a model."""
    of_base = [each for each in found if each.without is base]
    return {
        r.variant if r.variant != "base" else r.cell: each.outcome
        for each in of_base
        for r in [each.changed.recipe]
        if r.variant != "best"
    }


def _prediction(base: Summary, outcomes: Mapping[str, str]) -> Prediction:
    proposed = [
        change
        for remedy, changes in STANDS_FOR.items()
        if 2 * sum(_proposes(r, remedy) for r in base.results)
        >= len(base.results)
        for change in changes
        if change in outcomes
    ]
    signs = [r.findings[0].sign for r in base.results if r.findings]
    return Prediction(
        base,
        max(sorted(set(signs)), key=signs.count, default=""),
        tuple(proposed),
        {change: outcomes[change] for change in proposed},
        tuple(
            change
            for change, outcome in outcomes.items()
            if outcome == "helped" and change not in proposed
        ),
    )


def _proposes(result: Result, remedy: str) -> bool:
    return remedy in (result.remedies or ())


def table(summaries: Sequence[Summary]) -> str:
    """All predictions as a table in Markdown; `""` if there are none."""
    found = predictions(summaries)
    if not found:
        return ""
    rows = [
        [
            f"`{each.base.recipe.task}`, {CELLS[each.base.recipe.cell].title}",
            f"`{each.sign}`" if each.sign else "",
            ", ".join(f"{c}: {each.effects[c]}" for c in each.proposed)
            or "none of those that the zoo tries",
            ", ".join(each.missed),
        ]
        for each in found
    ]
    tried = [o for each in found for o in each.effects.values()]
    helped = tried.count("helped")
    head = ["base model", "found", "proposed, and what it did", "helped, too"]
    return (
        "What kgrad proposed for a model as it is, before anything else was "
        f"tried on its task, and what that did. Proposed: {len(tried)}; "
        f"helped: {helped}; hurt: {tried.count('hurt')}.\n\n"
        f"{markdown_table(head, rows)}"
    )
