"""What others have published for the same tasks: see `published.json`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from zoo import schema
from zoo.layers.cells import CELLS
from zoo.layers.variants import VARIANTS
from zoo.recipe import Recipe

_FILE = Path(__file__).with_name("published.json")


@dataclass(frozen=True, kw_only=True)
class Published:
    """A number from a paper, of one of the cells or of another method.

    Args:
        task: Name of the same task here.
        lengths: Shortest and longest sequence that it holds for, a pair.
        cell: Name of the cell; "" for another method.
        method: Name of the other method; "" for a cell.
        variant: Name of the variant that comes closest; "" for another
            method.
        text: The number, and what it measures.
        recipe: How it was obtained, in a few words.
        split: The data that it was measured on, and over how many runs.
        source: Where it was published: also the table, or the file.

    Raises:
        ValueError: If the cell or the variant is not known, or not exactly
            one of cell and method is given.
    """

    task: str
    lengths: tuple[int, ...]
    cell: str
    method: str
    variant: str
    text: str
    recipe: str
    split: str
    source: str

    def __post_init__(self) -> None:
        if bool(self.cell) == bool(self.method):
            raise ValueError(
                "Either `cell` or `method` must be given. "
                f"Received: cell={self.cell!r}, method={self.method!r}"
            )
        if self.cell:
            _ = CELLS[self.cell], VARIANTS[self.variant]
        elif self.variant:
            raise ValueError(
                "`variant` must be empty for another method. "
                f"Received: variant={self.variant!r}, method={self.method!r}"
            )

    @property
    def title(self) -> str:
        """Of the cell or the method, as in a table."""
        return CELLS[self.cell].title if self.cell else self.method

    def __str__(self) -> str:
        """All but the task, in a sentence."""
        how = f"{self.recipe}; {self.split}"
        return f"{self.title}: {self.text} ({how}): {self.source}."


@cache
def published() -> tuple[Published, ...]:
    """Every published number that is known here."""
    rows = schema.parse(_FILE.read_text(encoding="utf-8"))
    return schema.load(tuple[Published, ...], rows)


def published_for(recipe: Recipe) -> tuple[Published, ...]:
    """What is published for a recipe's task and length.

    Those of its cell, and those of other methods.
    """
    return tuple(
        each
        for each in published()
        if each.task == recipe.task
        and each.cell in (recipe.cell, "")
        and each.lengths[0] <= recipe.length <= each.lengths[1]
    )
