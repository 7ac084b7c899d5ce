"""From names, patterns, files and seeds to the recipes they stand for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from zoo.layers.cells import CELLS
from zoo.layers.variants import VARIANTS
from zoo.recipe import Recipe
from zoo.registry import did_you_mean
from zoo.tasks import TASKS

NAME = "TASK/CELL-VARIANT"
DEFAULT_SEEDS = (0, 1, 2)
"""Seeds of a grid: the fewest that have a spread and a median."""


def names() -> list[str]:
    """Every model of the zoo: `"adding/lstm-clipnorm"`."""
    return [
        f"{task}/{cell}-{variant.name}"
        for task in TASKS.names
        for cell in CELLS.names
        for variant in VARIANTS
        if variant.is_for(task)
    ]


def offline_names() -> list[str]:
    """Every model whose data come with the package."""
    return [name for name in names() if TASKS[name.split("/")[0]].offline]


def is_pattern(name: str) -> bool:
    """Whether a name may stand for several: it has a wildcard."""
    return any(sign in name for sign in "*?[")


def split(name: str) -> tuple[str, str, str]:
    """Task, cell and variant of a name.

    Raises:
        ValueError: If there is no such model.
    """
    task, slash, model = name.partition("/")
    cell, dash, variant = model.partition("-")
    if not (slash and dash):
        raise ValueError(f"`NAME` must be {NAME}. Received: NAME={name!r}")
    _ = TASKS[task], CELLS[cell]
    VARIANTS[variant].require_task(task)
    return task, cell, variant


def matching(patterns: Sequence[str]) -> list[str]:
    """The names that any of the patterns matches, in the zoo's order.

    Args:
        patterns: Names, with the wildcards `*`, `?` and `[...]` of a shell.

    Raises:
        ValueError: If one of them matches nothing.
    """
    every = names()
    for pattern in patterns:
        if not is_pattern(pattern):
            split(pattern)
        elif not any(fnmatchcase(name, pattern) for name in every):
            raise ValueError(
                f"`PATTERN` must match a {NAME}, such as 'adding/*' or "
                f"'*/lstm-*'. Tasks: {TASKS.names}. Cells: {CELLS.names}. "
                f"Variants: {VARIANTS.names}. Received: PATTERN={pattern!r}"
            )
    return [
        name
        for name in every
        if any(fnmatchcase(name, pattern) for pattern in patterns)
    ]


def filtered(every: Iterable[str], patterns: Sequence[str]) -> list[str]:
    """The names that any of the patterns matches; all where there is none.

    Args:
        every: Names of models: `"adding/lstm-clipnorm"`.
        patterns: Tasks, names, and patterns of names.

    Raises:
        ValueError: If one of the patterns matches nothing.
    """
    found = list(every)
    if not patterns:
        return found
    wanted: set[str] = set()
    for pattern in patterns:
        whole = pattern if "/" in pattern else f"{pattern}/*"
        matched = {name for name in found if fnmatchcase(name, whole)}
        if not matched:
            known = list(dict.fromkeys(name.split("/")[0] for name in found))
            raise ValueError(
                f"`PATTERN` must be a task, one of {known}, or match a {NAME}, "
                f"such as '*/lstm-*'. Received: PATTERN={pattern!r}"
                f"{did_you_mean(pattern, [*known, *found])}"
            )
        wanted |= matched
    return [name for name in found if name in wanted]


def recipe_of(name: str, **changes: Any) -> Recipe:
    """The zoo's recipe of a name.

    Args:
        name: `"adding/lstm-clipnorm"`.
        changes: Fields of the recipe to change: `seed=1`.

    Raises:
        TypeError: If a change is not a field, or has the wrong type.
        ValueError: If there is no such model, or a value is out of range.
    """
    task, cell, variant = split(name)
    return Recipe.of(task, cell=cell, variant=variant, **changes)


def recipes(
    patterns: Sequence[str],
    seeds: Sequence[int] | None = None,
    changes: Mapping[str, Any] | None = None,
) -> list[Recipe]:
    """The recipes to train, each once.

    Args:
        patterns: Names, patterns of names, and `recipe.json` files.
        seeds: Seeds of each; by default 0 to 2 for a pattern, 0 for a name,
            and for a file its own.
        changes: Fields of each recipe to change: `{"units": 32}`.

    Raises:
        OSError: If a file cannot be read.
        TypeError: If a change is not a field of a recipe, or has the wrong
            type.
        ValueError: If a name, a pattern, a file or a seed is not valid, or
            there are two recipes for one model.
    """
    chosen: dict[str, Recipe] = {}
    models: dict[str, Recipe] = {}
    for pattern in patterns:
        for recipe in _of_pattern(pattern, seeds, changes or {}):
            name = f"{recipe.task}/{recipe.model}"
            plain = replace(recipe, seed=0)
            if models.setdefault(name, plain) != plain:
                raise ValueError(
                    "`NAME` must not give a second recipe for a model, "
                    f"{name}, but for the seed. Received: NAME={pattern!r}"
                )
            chosen[recipe.folder] = recipe
    return list(chosen.values())


def _of_pattern(
    pattern: str, seeds: Sequence[int] | None, changes: Mapping[str, Any]
) -> list[Recipe]:
    if pattern.endswith(".json"):
        recipe = Recipe.from_json(Path(pattern).read_text(encoding="utf-8"))
        recipe = recipe.changed(**changes)
        given = (recipe.seed,) if seeds is None else seeds
        return [replace(recipe, seed=seed) for seed in given]
    default = DEFAULT_SEEDS if is_pattern(pattern) else (0,)
    return [
        recipe_of(name, **changes, seed=seed)
        for name in matching([pattern])
        for seed in (default if seeds is None else seeds)
    ]
