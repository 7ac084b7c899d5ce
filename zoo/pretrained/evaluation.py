"""Does a model still reach the number on its card?"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass

from zoo.pretrained import loading
from zoo.recipe import versions
from zoo.runs import run_folder

TOLERANCE = 1e-6
"""Largest difference between two evaluations on the same versions."""


@dataclass(frozen=True)
class Evaluation:
    """A number on a card, and the same number measured again.

    Args:
        name: What was evaluated.
        metric: Name of the metric.
        card: Its value on the test data according to the card.
        here: Its value here and now.
        changed: Versions that differ from those on the card, as
            `(card, here)` by package.
    """

    name: str
    metric: str
    card: float
    here: float
    changed: Mapping[str, tuple[str, str]]

    @property
    def agrees(self) -> bool:
        """Whether the two differ by no more than `TOLERANCE`."""
        if math.isnan(self.card) or math.isnan(self.here):
            return math.isnan(self.card) and math.isnan(self.here)
        return abs(self.card - self.here) <= TOLERANCE

    def __str__(self) -> str:
        """One line per number and per version that differs."""
        verdict = "the same" if self.agrees else "different"
        lines = [
            f"{self.name}: {self.metric} on the test data",
            f"  card  {self.card:.8g}",
            f"  here  {self.here:.8g}  {verdict}",
        ]
        for package, (card, here) in self.changed.items():
            lines.append(f"  {package} {here} here, {card} when trained")
        return "\n".join(lines)


def reevaluate(name: str | os.PathLike[str]) -> Evaluation:
    """Evaluates a preset or a run on the test data of its recipe.

    Args:
        name: As in `zoo.load`.

    Raises:
        FileNotFoundError, ValueError: As in `zoo.load`.
    """
    folder = loading.find(name)
    preset = loading.described(folder)
    if preset is not None:
        recipe, result = preset.summary.recipe, preset.summary.median
    else:
        recipe, result = run_folder.read(folder)
    model = loading.load(folder)
    from zoo.training.train import evaluate

    installed = versions()
    return Evaluation(
        name=os.fspath(name),
        metric=result.metric,
        card=result.test,
        here=evaluate(model, recipe),
        changed={
            package: (version, installed.get(package, "none"))
            for package, version in recipe.versions.items()
            if version != installed.get(package)
        },
    )
