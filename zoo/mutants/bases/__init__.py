"""Bases: healthy programs, to be mutated. The halves are fixed by file.

Whole bases are held out, and no data are shared between the halves: a limit
that fits the tuning half too well is seen in the other.
"""

from __future__ import annotations

from zoo.clinic.case import Half
from zoo.mutants.bases import held_out, tuning
from zoo.mutants.program import Program
from zoo.registry import Registry

HALVES: dict[Half, tuple[Program, ...]] = {
    "tuning": (
        *tuning.RECURRENT,
        *tuning.WORDS,
        *tuning.FORECASTS,
        *tuning.FEED_FORWARD,
    ),
    "scored": (
        *held_out.RECURRENT,
        *held_out.WORDS,
        *held_out.FORECASTS,
        *held_out.FEED_FORWARD,
    ),
}

BASES: Registry[Program] = Registry(
    "base", *(base for half in HALVES.values() for base in half)
)


def half_of(base: str) -> Half:
    """The half that a base, and all of its mutants, belong to."""
    return next(
        half
        for half, bases in HALVES.items()
        if any(each.name == base for each in bases)
    )
