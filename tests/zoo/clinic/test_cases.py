"""The cases are what the clinic needs, and can be built."""

from __future__ import annotations

from collections import Counter

import keras
import numpy as np
import pytest

from kgrad import signs
from kgrad.signs.base import DATA
from zoo.clinic.case import Case
from zoo.clinic.cases import CASES

DATA_SIGNS = {*DATA, "behavior", "plan"}
ILL = [case for case in CASES if case.is_sick]
HEALTHY = [case for case in CASES if not case.is_sick]
FIRST = {
    case.family: case.name
    for case in reversed(list(CASES))
    if not case.family.startswith("mended_")
}.values()
"""The first case of each family: the others differ from it in little."""

OF_DATA = [case for case in ILL if case.must.keys() <= DATA_SIGNS]


def test_there_are_enough_of_both_kinds() -> None:
    assert len(list(CASES)) >= 300
    assert len(HEALTHY) >= 130
    assert len(OF_DATA) >= 80


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


@pytest.mark.filterwarnings("ignore:You are using a softmax over axis -1")
@pytest.mark.parametrize("name", FIRST)
def test_a_case_has_data_for_its_model(name: str) -> None:
    case = CASES[name]
    keras.utils.set_random_seed(case.seed)
    model, samples = case.build(), case.data()
    for y in keras.tree.flatten(samples.y):
        assert len(samples.x) == len(y)
    for y in keras.tree.flatten(samples.y_validation):
        assert len(samples.x_validation) == len(y) >= 30
    batch = samples.x[: case.batch_size]
    # Without XLA, what is out of range is an error on a CPU.
    predict = model.predict_on_batch if model.jit_compile else model
    for y_pred in keras.tree.flatten(predict(batch)):
        assert len(y_pred) == len(batch)
    assert model.compiled
    assert not model.jit_compile or case.must.keys() & DATA_SIGNS


def test_what_is_wrong_with_data_outputs_or_plan_can_be_mended() -> None:
    halves = Counter(case.half for case in OF_DATA)
    assert min(halves.values()) >= 35
    for case in OF_DATA:
        assert case.mended, case.name
        assert len(case.must) == 1, case.name


def test_a_mended_case_is_the_same_but_for_its_cause() -> None:
    ill, healthy = (
        CASES["split_of_sorted/conv"],
        CASES["mended_split_of_sorted/conv"],
    )
    assert (healthy.half, healthy.must, healthy.may) == (ill.half, {}, set())
    assert healthy.fit_with == ill.fit_with
    sorted_, shuffled = ill.data(), healthy.data()
    assert (np.diff(sorted_.y) >= 0).all()
    assert not (np.diff(shuffled.y) >= 0).all()
    order = np.argsort(shuffled.y, kind="stable")
    np.testing.assert_array_equal(sorted_.x, shuffled.x[order])
    # An ill case whose mended version is of no interest has none.
    assert "mended_labels_from_one/conv" not in CASES.names


def test_a_case_is_the_same_each_time() -> None:
    case = CASES["swinging/blobs"]
    one, other = ([w.numpy() for w in _built(case).weights] for _ in range(2))
    for a, b in zip(one, other, strict=True):
        np.testing.assert_array_equal(a, b)
    np.testing.assert_array_equal(case.data().x, case.data().x)


def _built(case: Case) -> keras.Model:
    keras.utils.set_random_seed(case.seed)
    return case.build()
