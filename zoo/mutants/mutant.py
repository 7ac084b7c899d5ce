"""A base, spoiled by an operator; or the base itself."""

from __future__ import annotations

import zlib
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property, partial

from zoo.clinic.case import Case, Half
from zoo.mutants.bases import BASES, half_of
from zoo.mutants.building import build
from zoo.mutants.operators import OPERATORS
from zoo.mutants.operators.operator import Operator
from zoo.mutants.program import Program
from zoo.registry import Registry


@dataclass(frozen=True)
class Mutant:
    """A base with an operator applied to it.

    Args:
        base: Name of the base.
        operator: Name of the operator; `""` for the base itself.
        strength: Which of its strengths.
    """

    base: str
    operator: str = ""
    strength: str = ""

    @property
    def name(self) -> str:
        """`"lstm-recent/rate_up-30"`, or `"lstm-recent/base"`."""
        if not self.operator:
            return f"{self.base}/base"
        return f"{self.base}/{self.operator}-{self.strength}"

    @property
    def half(self) -> Half:
        """That of its base."""
        return half_of(self.base)

    @property
    def kind(self) -> Operator:
        """What was done to it."""
        return OPERATORS[self.operator]

    @cached_property
    def program(self) -> Program:
        """What is trained.

        Raises:
            ValueError: If the operator has nothing to spoil in that base.
        """
        base = BASES[self.base]
        if not self.operator:
            return base
        program = self.kind.strengths[self.strength](base)
        if program is None:
            raise ValueError(
                "`operator` must be one that applies to the base. "
                f"Received: base={self.base!r}, operator={self.operator!r}"
            )
        return program

    def case(self) -> Case:
        """The same for the clinic, which trains it."""
        return Case(
            family=self.base,
            variant=self.name.partition("/")[2],
            half=self.half,
            build=partial(build, self.program),
            data=self.program.samples,
            epochs=self.program.epochs,
            batch_size=self.program.batch_size,
            shuffle=self.program.shuffle,
        )


def _every() -> list[Mutant]:
    """Every base, then every mutant, so that each first part is a fair sample.

    Categories and halves take turns, and within them operators and their
    strengths; which base is next is drawn by name.
    """
    bases = [Mutant(base.name) for base in BASES]
    of_strength: dict[tuple[str, ...], list[Mutant]] = defaultdict(list)
    for base in BASES:
        for operator in OPERATORS:
            for strength, mutation in operator.strengths.items():
                if mutation(base) is not None:
                    mutant = Mutant(base.name, operator.name, strength)
                    of = mutant.half, operator.name, strength
                    of_strength[of].append(mutant)
    of_category: dict[tuple[str, ...], list[tuple[int, int, Mutant]]]
    of_category = defaultdict(list)
    for (half, name, _), mutants in of_strength.items():
        key = half, OPERATORS[name].category
        for turn, mutant in enumerate(sorted(mutants, key=_drawn)):
            of_category[key].append((turn, _drawn(mutant), mutant))
    turns = [
        (turn, place, mutant)
        for place, mutants in enumerate(of_category.values())
        for turn, (*_, mutant) in enumerate(
            sorted(mutants, key=lambda m: m[:2])
        )
    ]
    turns.sort(key=lambda each: each[:2])
    return [*bases, *(mutant for *_, mutant in turns)]


def _drawn(mutant: Mutant) -> int:
    return zlib.crc32(mutant.name.encode())


MUTANTS: Registry[Mutant] = Registry("mutant", *_every())
"""The bases, and what becomes of them, in the order in which they are run."""
