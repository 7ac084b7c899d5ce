"""The curve of detection, and the price of telling too early."""

from __future__ import annotations

from zoo.mutants.labels import Label
from zoo.mutants.mutant import Mutant
from zoo.mutants.scoring import Share, Verdict
from zoo.mutants.times import PARTS, Withdrawn, curve, markdown
from zoo.mutants.told import Told


def _verdict(
    label: Label, since: float = 1.0, alarms: bool = True, **withdrawn: float
) -> Verdict:
    told = Told(alarms=alarms, causes=(), since=since, withdrawn=withdrawn)
    return Verdict(Mutant("lstm-recent", "rate_up", "30"), label, told)


EVERY = [
    _verdict("ill", 0.1),
    _verdict("ill", 0.3000000001),
    _verdict("ill", 1.0),
    _verdict("ill", alarms=False),
    _verdict("healthy", alarms=False, plan=1.0, oscillation=3.0),
    _verdict("healthy", alarms=False, plan=2.0),
    _verdict("healthy", alarms=False),
    _verdict("between", alarms=False, plan=9.0),
]


def test_the_curve_counts_what_is_found_by_then() -> None:
    counts = [share.count for share in curve(EVERY)]
    assert counts == [1, 1, 2, 2, 2, 2, 2, 2, 2, 3]
    assert {share.of for share in curve(EVERY)} == {4}
    assert len(counts) == len(PARTS)


def test_only_healthy_ones_pay_for_what_was_told_too_early() -> None:
    found = Withdrawn.of(EVERY)
    assert found.programs == Share(2, 3)
    assert found.signs == {"oscillation": (3.0,), "plan": (1.0, 2.0)}


def test_both_are_written() -> None:
    text = markdown({"tuning": {"kgrad": EVERY}})
    assert "| kgrad | tuning | 0.25 | 0.25 | 0.50 |" in text
    assert "Of 3 healthy programs of the tuning half, kgrad told 2 of" in text
    assert "| `plan` | 2 | 1.5 | 2.0 |" in text
    text = markdown({"tuning": {"kgrad": EVERY[:4]}})
    assert text.endswith("that it withdrew later.")
