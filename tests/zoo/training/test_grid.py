from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Generator, Sequence
from dataclasses import replace
from pathlib import Path

from tensorboard.plugins.hparams import metadata as hparams

from tests.reporters.made import Events
from tests.zoo.made import RESULT, tiny
from zoo import schema
from zoo.recipe import Recipe
from zoo.runs.result import Result
from zoo.runs.run_folder import begin
from zoo.training.grid import Began, Crashed, Event, Finished, Moved, train_all
from zoo.training.processes import Processes


def kinds(events: list[Event], recipe: Recipe) -> list[type]:
    return [type(event) for event in events if event.recipe == recipe]


def test_a_run_that_crashes_does_not_stop_the_others(tmp_path: Path) -> None:
    recipes = [tiny(seed=seed, epochs=1) for seed in range(4)]
    killed, blocked, *healthy = recipes
    (tmp_path / blocked.folder).mkdir(parents=True)
    (tmp_path / blocked.folder / "thesis.tex").touch()
    events = []
    for event in train_all(recipes, str(tmp_path), Processes(2)):
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
        assert schema.read(Result, text) == finished.result
        columns = hparams.parse_experiment_plugin_data(
            Events(tmp_path / recipe.folder).content(hparams.EXPERIMENT_TAG)
        ).hparam_infos
        assert [column.name for column in columns] == ["seed"]
        began, *moved, last = kinds(events, recipe)
        assert (began, set(moved), last) == (Began, {Moved}, Finished)


def test_leaving_early_ends_the_processes(tmp_path: Path) -> None:
    events = train_all([tiny()] * 3, str(tmp_path), Processes(2))
    next(events)
    assert multiprocessing.active_children()
    events.close()
    assert not multiprocessing.active_children()


def test_a_finished_run_is_kept_and_one_of_another_recipe_is_not(
    tmp_path: Path,
) -> None:
    done, changed = tiny(epochs=1), tiny(seed=1, epochs=1)
    trained: list[Recipe] = []

    def executor(
        recipes: Sequence[Recipe], runs: str, compared: Sequence[str]
    ) -> Generator[Event, None, None]:
        for recipe in recipes:
            trained.append(recipe)
            with begin(runs, recipe) as folder:
                result = replace(RESULT, seed=recipe.seed)
                result.write(folder)
            yield Finished(recipe, result)

    def train(*recipes: Recipe, resume: bool = True) -> list[Event]:
        trained.clear()
        return list(train_all(recipes, str(tmp_path), executor, resume=resume))

    train(done, changed)
    assert trained == [done, changed]
    changed = replace(changed, epochs=2)
    new = tiny(seed=2, epochs=1)
    events = train(done, changed, new)
    assert trained == [changed, new]
    assert events[0] == Finished(done, RESULT, kept=True)
    train(done, resume=False)
    assert trained == [done]
