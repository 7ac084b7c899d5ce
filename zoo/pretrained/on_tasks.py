"""What other cells and variants did where a cell as it is did not do.

`python -m zoo.pretrained.on_tasks` counts it anew, from the presets.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import kgrad
from kgrad.remedies import on_tasks
from zoo.pretrained import preset
from zoo.results.effects import effects
from zoo.runs.summary import Summary

REMEDIES = {
    "clipnorm": "clip_gradients",
    "batchnorm": "batch_normalization",
    "recurrent_batchnorm": "recurrent_batch_normalization",
    "lstm": "gated_cell",
}
"""Ids of remedies, by the variant, or the cell, that stands for them."""

PRESETS = Path(__file__).parent.parent / "presets"

Counts = dict[str, dict[str, dict[str, dict[str, int]]]]
"""By task, cell and remedy: as `kgrad.remedies.evidence.Evidence`."""


def counted(summaries: Iterable[Summary]) -> Counts:
    """How many seeds solve a task with a change, that none solves without.

    Args:
        summaries: One for each model.
    """
    found: Counts = {}
    for effect in effects(list(summaries)):
        before, after = effect.without, effect.changed
        recipe = after.recipe
        change = recipe.variant if recipe.variant != "base" else recipe.cell
        if before.solved or change not in REMEDIES:
            continue
        cells = found.setdefault(recipe.task, {})
        cells.setdefault(before.recipe.cell, {})[REMEDIES[change]] = {
            "tried": len(after.results),
            "gone": after.solved,
            "improved": (
                len(after.results) if effect.outcome == "helped" else 0
            ),
        }
    return found


def presets() -> list[Summary]:
    """The results of all models that come with the zoo."""
    folders = sorted(file.parent for file in PRESETS.glob("*/*/preset.json"))
    return [preset.read(folder).summary for folder in folders]


def text() -> str:
    """The content of the file that kgrad reads."""
    return json.dumps(counted(presets()), indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    folder = Path(kgrad.__file__).parent / "remedies"
    (folder / on_tasks.FILE).write_text(text(), encoding="utf-8")
