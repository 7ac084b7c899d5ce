from __future__ import annotations

import multiprocessing
import os
import signal
from pathlib import Path

from tests.zoo.test_train import tiny
from zoo.grid import Began, Crashed, Finished, Moved, train_all
from zoo.result import Result


def test_a_run_that_cannot_begin_does_not_stop_the_others(
    tmp_path: Path,
) -> None:
    recipes = [tiny(seed=seed, epochs=1) for seed in range(3)]
    blocked = tmp_path / recipes[0].folder
    blocked.mkdir(parents=True)
    (blocked / "thesis.tex").touch()
    events = list(train_all(recipes, str(tmp_path), processes=2))
    crashed = [event for event in events if isinstance(event, Crashed)]
    finished = [event for event in events if isinstance(event, Finished)]
    assert [event.recipe for event in crashed] == recipes[:1]
    assert crashed[0].reason.startswith("FileExistsError: ")
    assert "Traceback" in crashed[0].details
    assert len(finished) == 2
    for event in finished:
        text = (tmp_path / event.recipe.folder / "result.json").read_text()
        assert Result.from_json(text) == event.result
        assert event.warnings == ()
    for recipe in recipes[1:]:
        kinds = [type(e) for e in events if e.recipe == recipe]
        assert kinds[0] is Began
        assert kinds[-1] is Finished
        assert set(kinds[1:-1]) == {Moved}
    assert not multiprocessing.active_children()


def test_a_process_that_is_killed_costs_its_run_only(tmp_path: Path) -> None:
    recipes = [tiny(seed=seed, epochs=1) for seed in range(2)]
    ended = []
    for event in train_all(recipes, str(tmp_path), processes=1):
        if event == Began(recipes[0]):
            (worker,) = multiprocessing.active_children()
            assert worker.pid is not None
            os.kill(worker.pid, signal.SIGKILL)
        if isinstance(event, Crashed | Finished):
            ended.append(event)
    first, second = ended
    assert isinstance(first, Crashed)
    assert first.reason == "its process ended with code -9"
    assert isinstance(second, Finished)
    assert second.recipe == recipes[1]


def test_leaving_early_ends_the_processes(tmp_path: Path) -> None:
    events = train_all([tiny()] * 3, str(tmp_path), processes=2)
    next(events)
    assert multiprocessing.active_children()
    events.close()
    assert not multiprocessing.active_children()
