"""A fault, as the table has it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.faults.scene import Outcome, Scene

ONE_WINDOW = "at most one window is lost"
NOTHING = "nothing is lost"


@dataclass(frozen=True)
class Fault:
    """Something that happens to a run.

    Args:
        name: What it is called in the table.
        promise: What the monitor promises.
        happen: Lets it happen once, and says what is left.
    """

    name: str
    promise: str
    happen: Callable[[Scene], Outcome]


FAULTS: list[Fault] = []


def fault(
    name: str, promise: str
) -> Callable[[Callable[[Scene], Outcome]], Callable[[Scene], Outcome]]:
    """Puts a function into the table."""

    def register(
        happen: Callable[[Scene], Outcome],
    ) -> Callable[[Scene], Outcome]:
        FAULTS.append(Fault(name, promise, happen))
        return happen

    return register


def require(outcome: Outcome, holds: bool, clause: str) -> None:
    """Adds what is not as promised."""
    if not holds:
        outcome.wrong.append(clause)
