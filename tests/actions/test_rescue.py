"""A sample of `tests.actions.rescue`, and what its table says."""

from __future__ import annotations

import csv

import pytest

from tests.actions import rescue

MODEL = "temporal_order/lstm"


def rows() -> list[dict[str, str]]:
    with open(rescue.FILE, newline="") as file:
        return list(csv.DictReader(file))


def test_every_run_of_the_table_was_saved_by_actions_and_lost_without() -> None:
    hit = [row for row in rows() if row["step"] != "0"]
    assert len(hit) == 20 * len(rescue.ACTIONS)
    for row in hit:
        assert (row["saved"] == "True") == (row["action"] != "none"), row


@pytest.mark.full
@pytest.mark.parametrize("action", ["skip", "restore"])
def test_a_sample_of_it(action: str) -> None:
    (level,) = {float(r["limit"]) for r in rows() if r["model"] == MODEL}
    case = rescue.train(MODEL, action, seed=0, step=300)
    assert rescue.judged(case, level).saved
