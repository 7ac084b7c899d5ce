"""Searches that train: few and small trials, in processes of their own."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from zoo.cli import main
from zoo.search import space
from zoo.search.run import tried
from zoo.searches.record import PLAIN, Trial, read


def small(units: int) -> Trial:
    changes = {
        "units": units,
        "epochs": 2,
        "train_size": 40,
        "validation_size": 20,
        "length": 10,
        "jit_compile": False,
    }
    return Trial(cell="gru", kind=PLAIN, changes=changes)


def test_a_trial_is_validated_with_every_seed_the_same_each_time() -> None:
    item = ("adding", small(3), (0, 1))
    first, again = (tried(item, lambda _: None) for _ in range(2))
    assert first.metric == again.metric
    assert first.loss == again.loss
    assert len(set(first.metric)) == 2
    # The task's metric is its loss.
    assert first.metric == pytest.approx(first.loss)
    assert all(map(math.isfinite, first.metric))


@pytest.mark.full
def test_the_command_keeps_the_trials_of_an_earlier_search(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def few(task: object, cell: str, draws: int) -> list[Trial]:
        return [small(units) for units in range(2, 2 + draws)]

    monkeypatch.setattr(space, "trials", few)
    into = tmp_path / "found"
    command = ["search", "adding", "--cells", "gru", "--into", str(into)]
    assert main([*command, "--draws", "1"]) == 0
    before = read(into / "adding.json")
    assert main([*command, "--draws", "2"]) == 0
    after = read(into / "adding.json")
    assert before is not None
    assert after is not None
    assert after.trials[:1] == before.trials
    assert len(after.trials) == 2
    assert "units=" in capsys.readouterr().out
