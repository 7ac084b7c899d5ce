"""The cases are what the clinic needs, and can be built."""

from __future__ import annotations

from collections import Counter

import keras
import numpy as np
import pytest

from kgrad import signs
from zoo.clinic.case import Case
from zoo.clinic.cases import CASES

ILL = [case for case in CASES if case.is_sick]
HEALTHY = [case for case in CASES if not case.is_sick]
FIRST = {case.family: case.name for case in reversed(list(CASES))}.values()
"""The first case of each family: the others differ from it in little."""


def test_there_are_enough_of_both_kinds() -> None:
    assert len(list(CASES)) >= 120
    assert len(HEALTHY) >= 40


def test_every_sign_is_shown_in_both_halves_by_different_families() -> None:
    for half in ("tuning", "scored"):
        cases = [case for case in ILL if case.half == half]
        shown = {sign for case in cases for sign in case.must}
        assert shown == {kind.name for kind in signs.SIGNS}
    halves = {(case.family, case.half) for case in CASES}
    assert len(halves) == len({family for family, _ in halves})


def test_half_of_the_healthy_are_for_tuning() -> None:
    counts = Counter(case.half for case in HEALTHY)
    assert min(counts.values()) >= 20


@pytest.mark.parametrize("name", FIRST)
def test_a_case_has_data_for_its_model(name: str) -> None:
    case = CASES[name]
    keras.utils.set_random_seed(case.seed)
    model, samples = case.build(), case.data()
    assert len(samples.x) == len(samples.y)
    assert len(samples.x_validation) == len(samples.y_validation) >= 30
    predicted = model(samples.x[:2])
    assert len(predicted) == 2
    assert model.compiled
    assert not model.jit_compile


def test_a_case_is_the_same_each_time() -> None:
    case = CASES["swinging/blobs"]
    one, other = ([w.numpy() for w in _built(case).weights] for _ in range(2))
    for a, b in zip(one, other, strict=True):
        np.testing.assert_array_equal(a, b)
    np.testing.assert_array_equal(case.data().x, case.data().x)


def _built(case: Case) -> keras.Model:
    keras.utils.set_random_seed(case.seed)
    return case.build()
