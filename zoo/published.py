"""What others have published for the same task; the data are beside this."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from zoo.recipe import Recipe

_FILE = Path(__file__).with_name("published.json")


@dataclass(frozen=True, kw_only=True)
class Published:
    """A number from a paper.

    Args:
        task: Name of the task here, which must be the same there.
        lengths: Shortest and longest sequence that it holds for.
        cell: Name of the cell.
        variant: Name of the variant that comes closest.
        text: The number, and what it measures.
        recipe: How it was reached, in a few words.
        source: Where it stands.
    """

    task: str
    lengths: tuple[int, int]
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
    """Everything that is known."""
    rows = json.loads(_FILE.read_text(encoding="utf-8"))
    return tuple(
        Published(**row | {"lengths": tuple(row["lengths"])}) for row in rows
    )


def beside(recipe: Recipe) -> tuple[Published, ...]:
    """What is published for the same task, length and cell as a recipe's."""
    return tuple(
        each
        for each in published()
        if (each.task, each.cell) == (recipe.task, recipe.cell)
        and each.lengths[0] <= recipe.length <= each.lengths[1]
    )
