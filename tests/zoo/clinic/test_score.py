"""Scores against scikit-learn, which counts independently."""

from __future__ import annotations

import math

import numpy as np
import pytest
from sklearn.metrics import precision_recall_fscore_support

from tests.zoo.clinic.test_label import case
from zoo.clinic.case import Case
from zoo.clinic.label import Marks, mark
from zoo.clinic.score import total
from zoo.clinic.tables import confusion

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
