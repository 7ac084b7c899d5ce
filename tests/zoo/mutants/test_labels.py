"""Whether a mutant is ill is decided by its seeds."""

from __future__ import annotations

import pytest

from zoo.mutants.labels import label, p_value

BASE = [0.9, 0.92, 0.94, 0.96, 0.98]


def test_three_that_are_all_worse_are_ill() -> None:
    assert p_value([0.1, 0.2, 0.3], BASE) == pytest.approx(1 / 56)
    assert label([0.1, 0.2, 0.3], BASE) == "ill"


def test_the_test_is_that_of_all_divisions() -> None:
    # Of two and two, the lower two are as bad in one of six divisions.
    assert p_value([0.1, 0.2], [0.3, 0.4]) == pytest.approx(1 / 6)
    assert p_value([0.1, 0.4], [0.2, 0.3]) == pytest.approx(4 / 6)
    assert p_value([0.3, 0.4], [0.1, 0.2]) == 1.0


def test_what_is_as_good_is_healthy() -> None:
    assert label([0.91, 0.95, 0.97], BASE) == "healthy"
    assert label([0.99, 0.99, 1.0], BASE) == "healthy"
    assert label(BASE[:3], BASE) == "healthy"


def test_a_sure_but_small_loss_is_between() -> None:
    assert label([0.88, 0.89, 0.89], BASE) == "between"


def test_a_large_loss_that_seeds_disagree_about_is_between() -> None:
    assert label([0.2, 0.97, 0.99], BASE) == "between"


def test_equal_skills_prove_nothing() -> None:
    assert p_value([0.5] * 3, [0.5] * 5) == 1.0
