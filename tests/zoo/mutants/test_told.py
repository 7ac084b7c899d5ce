"""Since when a problem is told, and what was withdrawn."""

from __future__ import annotations

import pytest

from tests.zoo.mutants.moments import finding, moment, walked
from zoo.mutants.told import Told, ours


def _told(monkeypatch: pytest.MonkeyPatch, *signs: tuple[str, ...]) -> Told:
    """Of a run of ten windows, ten steps and an epoch each."""
    moments = [
        moment(10 * i, *map(finding, told)) for i, told in enumerate(signs, 1)
    ]
    walked(monkeypatch, "told", *moments)
    return ours([])


def test_what_stands_until_the_end_is_dated(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told = _told(monkeypatch, (), (), ("saturation",), ("saturation",))
    assert told.alarms
    assert told.since == 0.75
    assert not told.withdrawn
    assert told.words == ("It is ill.",)


def test_what_was_withdrawn_is_found_when_it_is_told_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sick = ("saturation",)
    told = _told(monkeypatch, sick, (), sick, sick, sick)
    assert told.since == 0.6
    assert not told.withdrawn


def test_another_problem_that_went_away_found_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    both = ("saturation", "oscillation")
    told = _told(monkeypatch, ("saturation",), both, ("oscillation",))
    assert told.since == pytest.approx(2 / 3)
    # Told at the end of the first epoch, and no more at that of the third.
    assert told.withdrawn == {"saturation": 2.0}


def test_what_is_withdrawn_in_the_end_was_no_alarm(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told = _told(monkeypatch, ("plan",), (), ("plan",), ())
    assert not told.alarms
    assert told.since == 1.0
    assert told.withdrawn == {"plan": 2.0}


def test_a_note_is_no_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    note = finding("dead_units", severity="note")
    walked(monkeypatch, "told", moment(10, note), moment(20))
    told = ours([])
    assert not told.alarms
    assert not told.withdrawn


def test_nothing_is_told_of_no_run() -> None:
    told = ours([])
    assert not told.alarms
    assert told.since == 1.0
