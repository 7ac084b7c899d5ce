"""What is bad is found in the step and in the variable that it was put into."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from zoo.clinic.injections import PLACES, draw, expected, found

drawn = cache(lambda: draw(24))


@pytest.mark.slow
@pytest.mark.parametrize(
    "number",
    [
        4,
        *(
            pytest.param(i, marks=pytest.mark.full)
            for i in (1, 3, 5, 6, 8, 16, 19)
        ),
    ],
)
def test_step_and_first_target_are_exact(number: int, tmp_path: Path) -> None:
    injection = drawn()[number]
    assert found(injection, tmp_path) == expected(injection)


def test_injections_are_drawn_from_everything() -> None:
    many = drawn()
    assert {one.place for one in many} == set(PLACES)
    assert {one.steps_per_execution for one in many} == {1, 2}
    assert {one.cell for one in many} == {"simple_rnn", "lstm", "gru"}
    counts = Counter((one.jit_compile, one.mixed) for one in many)
    assert counts == {(False, False): 12, (True, False): 6, (True, True): 6}
    # NaN is not equal to itself, but looks it.
    assert repr(draw(3, seed=1)) == repr(draw(3, seed=1))
    assert repr(draw(3, seed=1)) != repr(draw(3, seed=2))
