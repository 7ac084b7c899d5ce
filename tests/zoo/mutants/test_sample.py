"""A hundred programs that limits may be tuned on, trained once each."""

from __future__ import annotations

from pathlib import Path

import pytest

from zoo.cli import main
from zoo.mutants.labels import label
from zoo.mutants.mutant import MUTANTS
from zoo.mutants.reading import OURS, verdicts
from zoo.mutants.scoring import score
from zoo.mutants.training import known, seeds_of

KNOWN = known()
SAMPLE = [m for m in MUTANTS if m.half == "tuning" and m.name in KNOWN][:100]


def test_what_is_known_says_which_are_ill() -> None:
    assert len(KNOWN) >= 120
    for name, skills in KNOWN.items():
        assert len(skills) == seeds_of(MUTANTS[name])
        assert all(0 <= skill <= 1 for skill in skills)
    labels = [
        label(KNOWN[m.name], KNOWN[f"{m.base}/base"])
        for m in MUTANTS
        if m.operator and m.name in KNOWN
    ]
    assert labels.count("ill") >= 35
    assert labels.count("healthy") >= 20


@pytest.mark.full
@pytest.mark.slow
@pytest.mark.xdist_group("mutants")
@pytest.mark.filterwarnings("ignore:__array__ implementation")
def test_healthy_programs_are_left_alone_and_ill_ones_mostly_found(
    tmp_path: Path,
) -> None:
    names = [mutant.name for mutant in SAMPLE]
    options = ["--once", "--runs", str(tmp_path), "--processes", "2"]
    assert main(["mutants", "run", *names, *options]) == 0
    found, unclear = verdicts(SAMPLE, tmp_path)
    assert not unclear
    ours = score(found[OURS])
    assert ours.alarms.of >= 25
    # One of them may be at the edge with other rounding.
    assert ours.alarms.count <= 1
    assert ours.detected.value >= 0.75
    for tool, every in found.items():
        assert score(every).balanced <= ours.balanced, tool
