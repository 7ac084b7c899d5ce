"""A search as it is written down: every trial, and what was chosen of them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import fmean

from kgrad.records.schema import NumberOrNaN
from zoo import schema

FOLDER = Path(__file__).parent
"""The searches behind the zoo's recipes, one file a task."""

Value = bool | int | float | str

PLAIN = "plain"
FREE = "free"


@dataclass(frozen=True, kw_only=True)
class Trial:
    """A recipe that was trained with several seeds, to be validated.

    Args:
        cell: Name of the cell.
        kind: `"plain"` if only the learning rate was changed, else `"free"`.
        changes: The fields of the recipe that it sets.
        metric: The metric on validation data, by seed.
        loss: The loss on validation data, by seed.
        seconds: What training all of them took.
    """

    cell: str
    kind: str
    changes: Mapping[str, Value]
    metric: tuple[NumberOrNaN, ...] = ()
    loss: tuple[NumberOrNaN, ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Search:
    """All trials of a task.

    Args:
        task: Name of the task.
        task_version: Its version.
        higher_is_better: Whether a larger metric is better.
        trials: What was tried.
    """

    task: str
    task_version: int
    higher_is_better: bool
    trials: tuple[Trial, ...]

    def chosen(self, cell: str, kind: str) -> Trial | None:
        """The trial with the best mean metric, and of equals the least loss.

        Args:
            cell: Name of the cell.
            kind: `"plain"` for the best of those; `"free"` for the best of
                all, because a plain recipe is one of the free ones.
        """
        sign = -1 if self.higher_is_better else 1
        return min(
            (
                trial
                for trial in self.trials
                if trial.cell == cell and trial.metric
                if kind in (FREE, trial.kind)
            ),
            # NaN is worse than any number.
            key=lambda t: tuple(
                math.inf if math.isnan(value) else value
                for value in (sign * fmean(t.metric), fmean(t.loss))
            ),
            default=None,
        )


def read(file: Path) -> Search | None:
    """The search of a file; None if there is none.

    Raises:
        ValueError: If the file is not that of a search.
    """
    if not file.exists():
        return None
    return schema.read(Search, file.read_text(encoding="utf-8"))


def write(file: Path, search: Search) -> None:
    """Writes a search, as a whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    schema.write(file, schema.to_json(search, indent=1))


@cache
def shipped(task: str) -> Search | None:
    """The search that comes with the zoo; None if there was none."""
    return read(FOLDER / f"{task}.json")


def searched() -> list[str]:
    """Names of the tasks whose search comes with the zoo."""
    return sorted(file.stem for file in FOLDER.glob("*.json"))


def found(task: str, cell: str, kind: str) -> Mapping[str, Value]:
    """The fields of a recipe that the zoo's search of a task chose.

    Args:
        task: Name of the task.
        cell: Name of the cell.
        kind: `"plain"` or `"free"`.
    """
    search = shipped(task)
    trial = search.chosen(cell, kind) if search else None
    return trial.changes if trial else {}
