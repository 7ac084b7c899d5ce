"""What is bad is found in the step and in the place that it was put into."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from zoo.clinic.injections import (
    BATCH,
    CLASSES,
    FEATURES,
    LENGTH,
    PLACES,
    draw,
    expected,
    found,
)

drawn = cache(lambda: draw(24))


@pytest.mark.slow
@pytest.mark.parametrize(
    "number",
    [
        *(0, 5, 20),
        *(
            pytest.param(i, marks=pytest.mark.full)
            for i in (2, 3, 7, 10, 17, 23)
        ),
    ],
)
def test_step_and_first_target_are_exact(number: int, tmp_path: Path) -> None:
    injection = drawn()[number]
    assert found(injection, tmp_path) == expected(injection)


def test_injections_are_drawn_from_everything() -> None:
    many = drawn()
    assert {one.place for one in many} == set(PLACES)
    assert {one.is_label for one in many} == {True, False}
    assert {one.steps_per_execution for one in many} == {1, 2}
    assert {one.cell for one in many} == {"simple_rnn", "lstm", "gru"}
    counts = Counter((one.jit_compile, one.mixed) for one in many)
    assert counts == {(False, False): 12, (True, False): 6, (True, True): 6}
    # NaN is not equal to itself, but looks it.
    assert repr(draw(3, seed=1)) == repr(draw(3, seed=1))
    assert repr(draw(3, seed=1)) != repr(draw(3, seed=2))


def test_a_label_without_a_class_is_an_entry_of_the_targets() -> None:
    one = next(one for one in draw(50) if one.is_label)
    assert one.value in (-1, CLASSES, CLASSES + 7)
    assert 0 <= one.entry < BATCH
    assert expected(one) == (one.step, f"target[{one.entry}]")


def test_an_input_is_told_by_sample_step_and_feature() -> None:
    one = next(one for one in draw(50) if one.place == "input")
    step, where = expected(one)
    sample, time, feature = json.loads(where.removeprefix("input"))
    assert step == one.step
    assert one.entry == (sample * LENGTH + time) * FEATURES + feature
    assert sample < BATCH
