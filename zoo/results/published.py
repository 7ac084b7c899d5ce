"""What others have published for the same tasks: see `published.json`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from zoo import schema
from zoo.recipe import Recipe

_FILE = Path(__file__).with_name("published.json")


@dataclass(frozen=True, kw_only=True)
class Published:
    """A number from a paper.

    Args:
        task: Name of the same task here.
        lengths: Shortest and longest sequence that it holds for, a pair.
        cell: Name of the cell.
        variant: Name of the variant that comes closest.
        text: The number, and what it measures.
        recipe: How it was obtained, in a few words.
        source: Where it was published.
    """

    task: str
    lengths: tuple[int, ...]
    cell: str
    variant: str
    text: str
    recipe: str
    source: str

    def __str__(self) -> str:
        """All but the task, in a sentence."""
        return f"{self.text} ({self.recipe}): {self.source}."


@cache
def published() -> tuple[Published, ...]:
    """Every published number that is known here."""
    rows = schema.parse(_FILE.read_text(encoding="utf-8"))
    return schema.load(tuple[Published, ...], rows)


def published_for(recipe: Recipe) -> tuple[Published, ...]:
    """What is published for the task, length and cell of a recipe."""
    return tuple(
        each
        for each in published()
        if (each.task, each.cell) == (recipe.task, recipe.cell)
        and each.lengths[0] <= recipe.length <= each.lengths[1]
    )
