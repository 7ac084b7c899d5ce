"""A long run, shorter: nothing of it grows with its length."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.benchmarks.million_steps import MEASURED, MEASURES, run

pytestmark = [pytest.mark.benchmark, pytest.mark.slow]


def test_a_long_run_takes_no_more_at_its_end(tmp_path: Path) -> None:
    measured = run(tmp_path / "run", 60_000)
    first, last = measured.seconds
    assert last < 2 * first
    assert measured.grown < 20 << 20
    numbers = len(MEASURED) * len(MEASURES)
    assert measured.history / measured.steps < 5 * numbers
    assert measured.events / measured.steps < numbers
    assert measured.report < 2
