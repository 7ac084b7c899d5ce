"""What an operator is: one way to spoil a program, at several strengths."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from zoo.mutants.categories import Category
from zoo.mutants.program import Program

Mutation = Callable[[Program], Program | None]
"""From a program to the spoiled one; None where it has nothing to spoil."""


@dataclass(frozen=True, kw_only=True)
class Operator:
    """One way to spoil a program.

    Args:
        name: `"rate_up"`.
        category: The true cause of what becomes of the program.
        equally: Categories that are as true: the same program may be called
            wrong in either way.
        strengths: The mutations, by what tells them apart.
    """

    name: str
    category: Category
    equally: tuple[Category, ...] = ()
    strengths: Mapping[str, Mutation]

    @property
    def causes(self) -> frozenset[Category]:
        """Every category that is right."""
        return frozenset({self.category, *self.equally})
