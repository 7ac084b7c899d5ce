"""Marks and scores, counted independently by scikit-learn."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import precision_recall_fscore_support

from kgrad.records import Finding
from kgrad.signs import Exploding, SlowProgress
from kgrad.signs.base import Sign
from tests.signs.runs import LEARNING, run
from zoo.clinic.case import Case
from zoo.clinic.scoring import Marks, mark, reported, total
from zoo.clinic.tables import confusion


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


SIGNS = ["nonfinite", "exploding", "vanishing"]


def many(count: int = 60) -> list[tuple[Case, Marks]]:
    rng = np.random.default_rng(0)
    found = []
    for i in range(count):
        there, told = (
            {sign: 100 for sign in SIGNS if rng.random() < 0.3}
            for _ in range(2)
        )
        one = case(variant=str(i), must=there, may=frozenset())
        found.append((one, mark(one, told)))
    return found


def test_precision_recall_and_f1_are_those_of_scikit_learn() -> None:
    marked = many()
    there, told = (
        np.array([[sign in signs for sign in SIGNS] for signs in of_case])
        for of_case in (
            [set(c.must) for c, _ in marked],
            [set(m.right | m.wrong) for _, m in marked],
        )
    )
    expected = precision_recall_fscore_support(there, told)
    scores = total(SIGNS, marked).scores
    for place, score in enumerate(scores):
        found = score.precision, score.recall, score.f1
        np.testing.assert_allclose(found, [e[place] for e in expected[:3]])
    macro = precision_recall_fscore_support(there, told, average="macro")
    assert total(SIGNS, marked).macro_f1 == pytest.approx(macro[2])


def test_a_healthy_case_is_alarmed_by_any_sign() -> None:
    marked = many()
    healthy = [marks for one, marks in marked if not one.must]
    found = total(SIGNS, marked)
    assert found.healthy == len(healthy) > 10
    assert found.alarmed == sum(bool(m.wrong) for m in healthy) > 3


def test_a_case_is_right_if_nothing_is_missed_late_or_wrong() -> None:
    ill = case(must={"exploding": 100}, may=frozenset({"vanishing"}))
    well = case(must={}, may=frozenset())
    told = [
        (ill, {"exploding": 100, "vanishing": 1}),
        (ill, {"exploding": 101}),
        (ill, {}),
        (ill, {"exploding": 1, "dead_units": 1}),
        (well, {}),
        (well, {"vanishing": 1}),
    ]
    marked = [(one, mark(one, signs)) for one, signs in told]
    assert [marks.is_right for _, marks in marked] == [
        *(True, False, False, False),
        *(True, False),
    ]
    found = total(SIGNS, marked)
    assert (found.cases, found.right) == (6, 2)
    assert (found.healthy, found.alarmed) == (2, 1)


def test_a_late_sign_is_a_missed_one_and_the_delay_is_of_the_others() -> None:
    one = case(must={"exploding": 100}, may=frozenset())
    told = [20, 90, 40, 1000]
    marked = [(one, mark(one, {"exploding": step})) for step in told]
    (score,) = total(["exploding"], marked).scores
    assert (score.right, score.missed, score.wrong) == (3, 1, 0)
    assert score.delay == 40


def test_a_sign_that_no_case_shows_does_not_count_in_the_mean() -> None:
    one = case(must={"exploding": 100}, may=frozenset())
    found = total(SIGNS, [(one, mark(one, {"exploding": 1}))])
    assert found.macro_f1 == 1
    assert math.isnan(found.scores[0].f1)


def test_the_confusion_has_what_is_there_in_rows_and_what_is_told() -> None:
    both = case(
        must={"nonfinite": 100, "exploding": 100}, may=frozenset({"vanishing"})
    )
    healthy = case(must={}, may=frozenset())
    marked = [
        (both, mark(both, {"nonfinite": 1, "vanishing": 1})),
        (healthy, mark(healthy, {})),
        (healthy, mark(healthy, {"vanishing": 5})),
    ]
    assert confusion(SIGNS, marked) == [
        [1, 0, 0, 0],
        [0, 0, 0, 1],
        [0, 0, 0, 0],
        [0, 0, 1, 1],
    ]
