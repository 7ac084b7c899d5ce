"""Parts one after the other, for as long as there is time."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import zip_longest
from typing import Any, Protocol

from tests.benchmarks.gpu.agreement import agreement_of
from tests.benchmarks.gpu.costs import cost_of
from tests.benchmarks.gpu.modes import MODES, Size
from tests.benchmarks.gpu.told import INJECTIONS, NAMES, case_of, injected

EXPECTED = 25.0
"""Seconds that a part may take of whose kind none was run."""


class Outcome(Protocol):
    """What comes of a part: fields for the JSON."""

    @property
    def passed(self) -> bool: ...


@dataclass(frozen=True)
class Part:
    """Something to be found out in seconds.

    Args:
        kind: `"costs"`, `"agreement"`, `"injections"` or `"cases"`.
        title: What distinguishes it from others of its kind.
        call: Finds it out.
    """

    kind: str
    title: str
    call: Callable[[], Outcome]


@dataclass
class Results:
    """What was found out so far.

    Args:
        about: The device, versions, sizes.
        outcomes: By kind.
        failed: Part to the exception that it raised.
        left_out: Parts for which there was no time.
        seconds: Since the script began.
    """

    about: dict[str, str]
    outcomes: dict[str, list[Any]] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def passed(self) -> bool:
        """Whether all that was run is right; what was left out is not."""
        told = [each for kind in self.outcomes.values() for each in kind]
        return bool(told) and not self.failed and all(t.passed for t in told)


def content(results: Results) -> dict[str, Any]:
    """What is written: every field, and whether each outcome is right."""
    outcomes = {
        kind: [{**vars(each), "passed": each.passed} for each in of_kind]
        for kind, of_kind in results.outcomes.items()
    }
    return {
        **vars(results),
        "outcomes": outcomes,
        "passed": results.passed,
    }


def parts(size: Size) -> list[Part]:
    """All parts, by turns of kinds: if time is short, some of each are run."""
    kinds: list[list[Part]] = [
        [Part("costs", m.title, partial(cost_of, m, size)) for m in MODES],
        [
            Part("agreement", m.title, partial(agreement_of, m, size))
            for m in MODES
        ],
        [Part("injections", n, partial(injected, n)) for n in INJECTIONS],
        [Part("cases", name, partial(case_of, name)) for name in NAMES],
    ]
    turns = zip_longest(*kinds)
    return [part for turn in turns for part in turn if part is not None]


def run(
    waiting: Sequence[Part],
    results: Results,
    limit: float,
    seconds: Callable[[], float],
    wrote: Callable[[Part], None] = lambda part: None,
) -> None:
    """Runs parts, and leaves out those that may last too long.

    A part may last 1.5 times as long as the longest of its kind so far.

    Args:
        waiting: The parts.
        results: What came of them is added to it.
        limit: Seconds, by which it must be over.
        seconds: Gives how many have passed.
        wrote: Called after each part.
    """
    longest: dict[str, float] = {}
    for part in waiting:
        began = seconds()
        name = f"{part.kind}: {part.title}"
        if began + longest.get(part.kind, EXPECTED) > limit:
            results.left_out.append(name)
        else:
            try:
                outcome = part.call()
            except Exception as error:
                results.failed[name] = f"{type(error).__name__}: {error}"
            else:
                results.outcomes.setdefault(part.kind, []).append(outcome)
            lasted = seconds() - began
            longest[part.kind] = max(longest.get(part.kind, 0.0), 1.5 * lasted)
        results.seconds = seconds()
        wrote(part)


def since(began: float) -> Callable[[], float]:
    """A clock that gives the seconds since then."""
    return lambda: time.perf_counter() - began
