"""Counts of what was told."""

from __future__ import annotations

import math

import pytest

from zoo.mutants.categories import Category
from zoo.mutants.labels import Label
from zoo.mutants.mutant import Mutant
from zoo.mutants.scoring import Share, Verdict, score
from zoo.mutants.told import Told, theirs


def _verdict(
    label: Label, *causes: Category, alarms: bool = True, since: float = 0.0
) -> Verdict:
    told = Told(alarms=alarms, causes=causes, since=since)
    return Verdict(Mutant("lstm-recent", "rate_up", "30"), label, told)


def test_the_interval_is_that_of_wilson() -> None:
    # Newcombe 1998, doi:10.1002/(SICI)1097-0258(19980430)17:8<857::AID-SIM777>
    # 3.0.CO;2-E, table I, method 3.
    for count, of, low, high in (
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ):
        assert Share(count, of).interval == pytest.approx((low, high), abs=5e-5)
    assert math.isnan(Share(0, 0).value)


def test_a_cause_is_right_among_the_first_two() -> None:
    found = score(
        [
            _verdict("ill", "rate"),
            _verdict("ill", "data", "rate", since=0.7),
            _verdict("ill", "data", "labels", "rate"),
            _verdict("ill", alarms=False),
        ]
    )
    assert found.detected == Share(3, 4)
    assert found.first == Share(1, 4)
    assert found.among_two == Share(2, 4)
    assert found.in_time == Share(2, 4)


def test_false_alarms_are_those_of_the_healthy_alone() -> None:
    found = score(
        [
            _verdict("healthy", alarms=False),
            _verdict("healthy"),
            _verdict("between"),
            _verdict("ill"),
        ]
    )
    assert found.alarms == Share(1, 2)
    assert found.between == Share(1, 1)
    assert found.balanced == pytest.approx((1 + 0.5) / 2)


def test_what_is_equally_true_is_right_too() -> None:
    told = Told(alarms=True, causes=("epochs",), since=0.0)
    few = Verdict(Mutant("lstm-recent", "batch", "10"), "ill", told)
    assert few.is_right(1)


def test_another_tool_is_asked_for_the_gravest_first() -> None:
    told = theirs({"slow_progress": 80, "exploding": 20}, 100)
    assert told.alarms
    assert told.since == 0.2
    assert told.causes == ("rate", "weights", "optimizer")
    assert not theirs({}, 100).alarms
