"""What kgrad knows of the zoo's tasks is what the presets say."""

from __future__ import annotations

import importlib.resources

from kgrad.remedies import on_tasks as known
from zoo.pretrained import on_tasks


def test_the_file_is_that_of_the_presets() -> None:
    """Otherwise: `python -m zoo.pretrained.on_tasks`."""
    file = importlib.resources.files("kgrad.remedies") / known.FILE
    assert file.read_text(encoding="utf-8") == on_tasks.text()


def test_only_tasks_that_a_model_does_not_solve_as_it_is_are_counted() -> None:
    counts = on_tasks.counted(on_tasks.presets())
    assert {"adding", "temporal_order"} <= counts.keys()
    solved = {
        (s.recipe.task, s.recipe.cell)
        for s in on_tasks.presets()
        if s.recipe.variant == "base" and s.solved
    }
    assert solved
    pairs = {(task, cell) for task, cells in counts.items() for cell in cells}
    assert not pairs & solved
