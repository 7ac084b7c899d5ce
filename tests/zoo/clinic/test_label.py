from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from kgrad.records import Finding
from kgrad.signs import Exploding, SlowProgress
from kgrad.signs.base import Sign
from tests.signs.runs import LEARNING, run
from zoo.clinic.case import Case
from zoo.clinic.label import mark, reported


def case(**changes: Any) -> Case:
    values: dict[str, Any] = {
        "family": "cliff",
        "variant": "small",
        "half": "tuning",
        "build": lambda: None,
        "data": lambda: None,
        "must": {"exploding": 100, "vanishing": 300},
        "may": frozenset({"slow_progress"}),
    }
    return Case(**{**values, **changes})


class Told(Sign):
    """Tells of a finding after some snapshots, and not after others."""

    name = "exploding"

    def __init__(self, tells: Sequence[bool]) -> None:
        self.tells = tells
        self.seen = 0

    def update(self, snapshot: Any) -> None:
        self.seen += 1

    @property
    def findings(self) -> tuple[Finding, ...]:
        finding = Finding(self.name, "global", 1, 2, 1.0, 1.0, "")
        return (finding,) if self.tells[self.seen - 1] else ()


@pytest.mark.parametrize(
    ("tells", "expected"),
    [
        ([False, True, True, True], {"exploding": 128}),
        ([True, False, False, True], {"exploding": 256}),
        ([True, True, True, False], {}),
    ],
)
def test_what_stands_at_the_end_counts_from_when_it_stands(
    tells: Sequence[bool], expected: dict[str, int]
) -> None:
    snapshots = run(steps=256, metric=[])
    assert [int(s.steps[-1]) for s in snapshots] == [64, 128, 192, 256]
    assert reported(snapshots, [Told(tells)]) == expected


def test_the_signs_of_the_monitor_are_replayed() -> None:
    assert reported(run(), [SlowProgress(), Exploding()]) == {
        "slow_progress": 320
    }
    assert reported(run(metric=LEARNING)) == {}


def test_a_sign_in_time_is_right_and_another_one_wrong() -> None:
    marks = mark(case(), {"exploding": 64, "dead_units": 64})
    assert marks.right == {"exploding"}
    assert marks.missed == {"vanishing"}
    assert marks.wrong == {"dead_units"}
    assert marks.delay == {"exploding": 64}


def test_a_sign_that_comes_too_late_is_neither_right_nor_wrong() -> None:
    marks = mark(case(), {"exploding": 101, "vanishing": 300})
    assert marks.late == {"exploding"}
    assert marks.right == {"vanishing"}
    assert not marks.wrong


def test_what_may_follow_is_not_counted() -> None:
    marks = mark(case(must={"exploding": 100}), {"slow_progress": 10})
    assert not marks.wrong
    assert not marks.right
    assert marks.missed == {"exploding"}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"must": {"explodign": 3}}, r"must hold signs.*\['explodign'\]"),
        ({"may": frozenset({"tired"})}, r"must hold signs.*\['tired'\]"),
        ({"may": frozenset({"exploding"})}, "`may` must not repeat"),
    ],
)
def test_a_label_that_makes_no_sense_is_refused(
    changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        case(**changes)
