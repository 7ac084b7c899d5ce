"""A hundred mutants that limits may be tuned on, trained once each."""

from __future__ import annotations

from zoo.mutants.mutant import MUTANTS
from zoo.mutants.training import known

TUNING = [mutant for mutant in MUTANTS if mutant.half == "tuning"]
COUNT = 100


def test_what_is_known_is_of_mutants() -> None:
    assert known().keys() <= {*MUTANTS.names}
