"""What the runs of a grid are compared by in TensorBoard."""

from __future__ import annotations

from collections.abc import Iterable

from zoo.recipe import Recipe

_FIELDS = ("task", "cell", "variant", "learning_rate", "seed")


def hparams(recipe: Recipe) -> dict[str, str | float]:
    """What TensorBoard and the run folder tell of a recipe."""
    return {name: getattr(recipe, name) for name in _FIELDS}


def differing(recipes: Iterable[Recipe]) -> tuple[str, ...]:
    """Which of these differ between recipes: the others are constants."""
    every = [hparams(recipe) for recipe in recipes]
    return tuple(n for n in _FIELDS if len({each[n] for each in every}) > 1)
