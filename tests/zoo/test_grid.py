from __future__ import annotations

import multiprocessing
import os
import signal
from pathlib import Path

from tests.zoo.test_train import tiny
from zoo.grid import Began, Crashed, Event, Finished, Moved, train_all
from zoo.recipe import Recipe
from zoo.result import Result


def kinds(events: list[Event], recipe: Recipe) -> list[type]:
    return [type(event) for event in events if event.recipe == recipe]


def test_a_run_that_crashes_does_not_stop_the_others(tmp_path: Path) -> None:
    recipes = [tiny(seed=seed, epochs=1) for seed in range(4)]
    killed, blocked, *healthy = recipes
    (tmp_path / blocked.folder).mkdir(parents=True)
    (tmp_path / blocked.folder / "thesis.tex").touch()
    events = []
    for event in train_all(recipes, str(tmp_path), processes=2):
        events.append(event)
        if event == Began(killed):
            (worker,) = multiprocessing.active_children()
            assert worker.pid is not None
            os.kill(worker.pid, signal.SIGKILL)
    assert not multiprocessing.active_children()

    ended = {
        event.recipe.seed: event
        for event in events
        if isinstance(event, Crashed | Finished)
    }
    assert ended[0] == Crashed(killed, "its process ended with code -9")
    refused = ended[1]
    assert isinstance(refused, Crashed)
    assert refused.reason.startswith("FileExistsError: ")
    assert "Traceback" in refused.details
    for recipe in healthy:
        finished = ended[recipe.seed]
        assert isinstance(finished, Finished)
        assert finished.warnings == ()
        text = (tmp_path / recipe.folder / "result.json").read_text()
        assert Result.from_json(text) == finished.result
        began, *moved, last = kinds(events, recipe)
        assert (began, set(moved), last) == (Began, {Moved}, Finished)


def test_leaving_early_ends_the_processes(tmp_path: Path) -> None:
    events = train_all([tiny()] * 3, str(tmp_path), processes=2)
    next(events)
    assert multiprocessing.active_children()
    events.close()
    assert not multiprocessing.active_children()
