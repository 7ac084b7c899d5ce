"""What a search chose, and how the zoo's recipes follow from it."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from zoo.layers.cells import CELLS
from zoo.layers.variants import VARIANTS
from zoo.recipe import Recipe
from zoo.search import space
from zoo.searches.record import (
    FREE,
    PLAIN,
    Search,
    Trial,
    read,
    searched,
    shipped,
    write,
)
from zoo.tasks import TASKS


def trial(
    kind: str, metric: float, loss: float = 1.0, cell: str = "gru"
) -> Trial:
    return Trial(
        cell=cell,
        kind=kind,
        changes={"units": int(1000 * metric) + int(loss)},
        metric=(metric, metric),
        loss=(loss, loss),
    )


def search(*trials: Trial, higher_is_better: bool = True) -> Search:
    return Search(
        task="adding",
        task_version=1,
        higher_is_better=higher_is_better,
        trials=trials,
    )


def test_the_best_mean_on_validation_is_chosen() -> None:
    plain, better, free = (
        trial(PLAIN, 0.5),
        trial(PLAIN, 0.7),
        trial(FREE, 0.6),
    )
    found = search(plain, better, free, trial(PLAIN, 0.9, cell="lstm"))
    assert found.chosen("gru", PLAIN) == better
    # A plain recipe may be the best of all.
    assert found.chosen("gru", FREE) == better
    assert search(plain, free).chosen("gru", FREE) == free
    assert found.chosen("simple_rnn", PLAIN) is None


def test_a_smaller_error_is_better_and_the_loss_decides_between_equals() -> (
    None
):
    small, large = trial(PLAIN, 0.1), trial(PLAIN, 0.3)
    assert search(large, small, higher_is_better=False).chosen(
        "gru", PLAIN
    ) == (small)
    worse, better = trial(PLAIN, 1.0, loss=2.0), trial(PLAIN, 1.0, loss=1.0)
    assert search(worse, better).chosen("gru", PLAIN) == better


def test_what_diverged_is_never_chosen() -> None:
    for better in (True, False):
        lost, good = (
            Trial(cell="gru", kind=PLAIN, changes={}, metric=(x,), loss=(x,))
            for x in (math.nan, 0.5)
        )
        for trials in ((lost, good), (good, lost)):
            found = search(*trials, higher_is_better=better)
            assert found.chosen("gru", PLAIN) is good


def test_it_is_written_and_read_again(tmp_path: Path) -> None:
    given = search(trial(PLAIN, 0.5), trial(FREE, 0.25))
    write(tmp_path / "deep" / "adding.json", given)
    assert read(tmp_path / "deep" / "adding.json") == given
    assert read(tmp_path / "none.json") is None
    (tmp_path / "bad.json").write_text("{}")
    with pytest.raises(ValueError, match="Search"):
        read(tmp_path / "bad.json")


def test_the_recipes_of_the_zoo_are_those_that_its_searches_chose() -> None:
    assert searched()
    for name in searched():
        found = shipped(name)
        assert found is not None
        assert (found.task, found.task_version) == (name, TASKS[name].version)
        assert VARIANTS["best"].is_for(name)
        for cell in CELLS.names:
            best = Recipe.of(name, cell=cell, variant="best")
            free, plain = (found.chosen(cell, k) for k in (FREE, PLAIN))
            assert free is not None
            assert plain is not None
            for field, value in free.changes.items():
                assert getattr(best, field) == value
            for variant in ("base", "clipnorm", "relu"):
                recipe = Recipe.of(name, cell=cell, variant=variant)
                rate = plain.changes["learning_rate"]
                assert recipe.learning_rate == rate


def test_trials_are_repeatable_valid_and_never_see_the_future() -> None:
    for task in TASKS:
        if task.name == "imdb" or not task.offline:
            continue
        first, again = (list(space.trials(task, "lstm", 12)) for _ in range(2))
        assert first == again
        kinds = [each.kind for each in first]
        assert kinds == [PLAIN] * len(space.LEARNING_RATES) + [FREE] * 12
        for each in first:
            recipe = space.recipe(task.name, each, seed=1)
            assert recipe.validation_size > 0
            assert recipe.stop_when_solved == 0
            assert not (task.every_step and recipe.bidirectional)
            if task.carved:
                both = recipe.train_size + recipe.validation_size
                assert both == task.available["train"]
