"""NaN is found in the step and in the variable that it was put into."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from zoo.clinic.injections import PLACES, draw, expected, found

eight = cache(lambda: draw(8))


@pytest.mark.slow
@pytest.mark.parametrize("number", range(8))
def test_step_and_first_target_are_exact(number: int, tmp_path: Path) -> None:
    injection = eight()[number]
    assert found(injection, tmp_path) == expected(injection)


def test_injections_are_drawn_from_everything() -> None:
    drawn = draw(24)
    assert {one.place for one in drawn} == set(PLACES)
    assert {one.cell for one in drawn} == {"simple_rnn", "lstm", "gru"}
    counts = Counter((one.jit_compile, one.mixed) for one in drawn)
    assert counts == {(False, False): 12, (True, False): 6, (True, True): 6}
    # NaN is not equal to itself, but looks it.
    assert repr(draw(3, seed=1)) == repr(draw(3, seed=1))
    assert repr(draw(3, seed=1)) != repr(draw(3, seed=2))
