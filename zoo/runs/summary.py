"""A recipe's results over all its seeds: every number, not the best one."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean, stdev

from zoo.recipe import FILE, Recipe
from zoo.runs import run_folder
from zoo.runs.result import FindingRecord, Result
from zoo.selection import names
from zoo.tasks import TASKS, Task
from zoo.tasks.base import Verdict


@dataclass(frozen=True, kw_only=True)
class Summary:
    """One recipe, trained with several seeds.

    Args:
        recipe: The recipe of the median seed, with the versions that it was
            trained with.
        results: The result of every seed, by seed.

    Raises:
        ValueError: If there is no result, a seed is there twice, a result
            is not one of the recipe, or the recipe not that of the median.
    """

    recipe: Recipe
    results: tuple[Result, ...]

    def __post_init__(self) -> None:
        seeds = [result.seed for result in self.results]
        model = (self.recipe.task, self.recipe.task_version, self.recipe.model)
        models = {(r.task, r.task_version, r.model) for r in self.results}
        if seeds != sorted(set(seeds)) or models != {model}:
            raise ValueError(
                f"`results` must be of {self.name}, version "
                f"{self.recipe.task_version}, one for each seed, by seed. "
                f"Received: results of {sorted(models)}, seeds {seeds}"
            )
        if self.recipe.seed != self.median.seed:
            raise ValueError(
                f"`recipe` must be that of the median seed, "
                f"{self.median.seed}. Received: recipe.seed={self.recipe.seed}"
            )

    @classmethod
    def of(cls, runs: Iterable[tuple[Recipe, Result]]) -> Summary:
        """Summarizes the runs of one recipe.

        Args:
            runs: Recipe and result of each; only the seeds, and perhaps the
                versions, may differ.

        Raises:
            ValueError: If there is no run, anything else differs, or a seed
                is there twice.
        """
        by_seed = sorted(runs, key=lambda run: run[0].seed)
        if not by_seed:
            raise ValueError("`runs` must not be empty. Received: runs=[]")
        median = _median([result for _, result in by_seed])
        recipe = next(r for r, _ in by_seed if r.seed == median.seed)
        for other, _ in by_seed:
            same = replace(other, seed=recipe.seed, versions=recipe.versions)
            if same != recipe:
                raise ValueError(
                    "`runs` must have the same recipe but for the seed. "
                    f"Received: {recipe.folder} and {other.folder}, which "
                    f"differ in {_differing(recipe, other)}"
                )
        return cls(recipe=recipe, results=tuple(r for _, r in by_seed))

    @property
    def name(self) -> str:
        """`"adding/lstm-clipnorm"`."""
        return f"{self.recipe.task}/{self.recipe.model}"

    @property
    def task(self) -> Task:
        """The task."""
        return TASKS[self.recipe.task]

    @property
    def values(self) -> list[float]:
        """The metric on the test data, by seed."""
        return [result.test for result in self.results]

    @property
    def mean(self) -> float:
        """Over the seeds; NaN if one of them is."""
        return fmean(self.values)

    @property
    def spread(self) -> float:
        """Sample standard deviation over the seeds; NaN if there is one."""
        values = self.values
        if len(values) < 2 or not all(map(math.isfinite, values)):
            return math.nan
        return stdev(values)

    @property
    def solved(self) -> int:
        """How many seeds solved the task."""
        return sum(result.verdict == "solved" for result in self.results)

    @property
    def median(self) -> Result:
        """The result of the median seed; of two in the middle, the worse."""
        return _median(self.results)

    @property
    def verdict(self) -> Verdict:
        """The verdict on the median seed."""
        return self.median.verdict

    @property
    def main_finding(self) -> FindingRecord | None:
        """What explains a median seed that has not solved the task.

        The gravest finding that says more than that training is slow; None
        if there is no finding, or no failure.
        """
        findings = self.median.findings
        if self.verdict == "solved" or not findings:
            return None
        causes = (f for f in findings if f.sign != "slow_progress")
        return next(causes, findings[0])


def quality(result: Result) -> float:
    """The metric, signed so that larger is better; NaN is the worst."""
    value = result.test
    if math.isnan(value):
        return -math.inf
    return value if TASKS[result.task].higher_is_better else -value


def of_runs(runs: str | os.PathLike[str]) -> list[Summary]:
    """Summarizes all finished runs in a folder, in the zoo's order.

    Unfinished runs, and folders that are not runs, are ignored.

    Args:
        runs: The folder of all runs.

    Raises:
        FileNotFoundError: If there is no finished run.
        ValueError: If a run cannot be read here, or two of the same name
            have different recipes.
    """
    groups: dict[str, list[tuple[Recipe, Result]]] = {}
    for file in sorted(Path(runs).glob(f"*/*/{FILE}")):
        try:
            recipe, result = run_folder.read(file.parent)
        except FileNotFoundError:
            continue
        name = f"{recipe.task}/{recipe.model}"
        groups.setdefault(name, []).append((recipe, result))
    if not groups:
        raise FileNotFoundError(
            "`runs` must be a folder that holds finished runs. "
            f"Received: runs={os.fspath(runs)!r}"
        )
    return in_order(map(Summary.of, groups.values()))


def in_order(summaries: Iterable[Summary]) -> list[Summary]:
    """By task, cell and variant, as the zoo lists them."""
    order = {name: place for place, name in enumerate(names())}
    return sorted(summaries, key=lambda s: order.get(s.name, len(order)))


def _median(results: Sequence[Result]) -> Result:
    """Of the results, by the metric; equals are ordered by seed."""
    ordered = sorted(results, key=lambda result: -quality(result))
    return ordered[len(ordered) // 2]


def _differing(one: Recipe, other: Recipe) -> list[str]:
    return [
        name
        for name, value in vars(one).items()
        if name not in ("seed", "versions") and getattr(other, name) != value
    ]
