from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest

from tests.zoo.made import SLOW, VANISHING, run, summary
from zoo.recipe import Recipe
from zoo.runs import run_folder
from zoo.runs.result import Result
from zoo.runs.summary import Summary, of_runs

ORDER = "temporal_order/gru-base"
NAN = math.nan


def put(runs: Path, recipe: Recipe, result: Result | None) -> None:
    with run_folder.begin(runs, recipe) as folder:
        if result is not None:
            result.write(folder)


@pytest.mark.parametrize(
    ("name", "values", "seed"),
    [
        (ORDER, [0.5, 0.9, 0.7], 2),
        ("adding/gru-base", [0.5, 0.9, 0.7], 2),
        # Of two in the middle the worse one.
        (ORDER, [0.2, 0.4, 0.6, 0.8], 1),
        ("adding/gru-base", [0.2, 0.4, 0.6, 0.8], 2),
        # What is not a number is the worst.
        (ORDER, [NAN, 0.9, 0.3], 2),
        ("adding/gru-base", [NAN, NAN, 0.3], 0),
        (ORDER, [0.5], 0),
        (ORDER, [0.5, 0.5, 0.5], 1),
    ],
)
def test_the_median_seed_is_shipped(
    name: str, values: list[float], seed: int
) -> None:
    made = summary(name, values)
    assert made.median.seed == seed
    assert made.recipe.seed == seed
    assert made.median is made.results[seed]


def test_mean_spread_and_number_solved_are_over_all_seeds() -> None:
    made = summary(ORDER, [0.96, 0.98, 0.7])
    assert made.mean == pytest.approx(0.88)
    # Sample standard deviation, by hand.
    assert made.spread == pytest.approx(0.15620499)
    assert made.solved == 2
    assert made.verdict == "solved"


def test_one_seed_has_no_spread_and_one_nan_spoils_the_mean() -> None:
    assert math.isnan(summary(ORDER, [0.5]).spread)
    spoilt = summary(ORDER, [0.5, NAN, 0.7])
    assert math.isnan(spoilt.mean)
    assert math.isnan(spoilt.spread)
    assert spoilt.median.test == 0.5


def test_a_failure_is_explained_by_more_than_that_it_is_slow() -> None:
    name = "adding/lstm-base"
    made = summary(name, [0.17] * 3, findings=(SLOW, VANISHING))
    assert made.verdict == "fails"
    assert made.main_finding == VANISHING
    assert summary(name, [0.17], findings=(SLOW,)).main_finding == SLOW
    assert summary(name, [0.17]).main_finding is None
    assert summary(name, [0.001], findings=(VANISHING,)).main_finding is None


def test_runs_that_differ_in_more_than_the_seed_are_refused() -> None:
    one, other = run(ORDER, 0.5), run(ORDER, 0.6, 1)
    recipe = replace(other[0], learning_rate=0.5)
    with pytest.raises(ValueError, match=r"differ in .'learning_rate'"):
        Summary.of([one, (recipe, other[1])])
    versions = replace(other[0], versions={"keras": "1.0"})
    assert len(Summary.of([one, (versions, other[1])]).results) == 2


def test_results_that_are_not_of_the_recipe_are_refused() -> None:
    recipe, result = run(ORDER, 0.5)
    for results in (
        (),
        (result, result),
        (replace(result, model="lstm-base"),),
        (replace(result, task_version=7),),
    ):
        with pytest.raises(ValueError, match="`results` must be of"):
            Summary(recipe=recipe, results=results)
    with pytest.raises(ValueError, match="that of the median seed"):
        Summary(recipe=replace(recipe, seed=3), results=(result,))
    with pytest.raises(ValueError, match="must not be empty"):
        Summary.of([])


def test_a_folder_of_runs_is_summed_up_in_the_order_of_the_zoo(
    tmp_path: Path,
) -> None:
    put(tmp_path, *run(ORDER, 0.7, 1))
    put(tmp_path, *run(ORDER, 0.9, 0))
    put(tmp_path, *run("adding/lstm-relu", 0.1))
    put(tmp_path, *run("adding/simple_rnn-base", 0.1))
    put(tmp_path, run(ORDER, 0.1, 2)[0], None)
    (tmp_path / "adding" / "notes").mkdir()
    found = of_runs(tmp_path)
    assert [(made.name, made.values) for made in found] == [
        ("adding/simple_rnn-base", [0.1]),
        ("adding/lstm-relu", [0.1]),
        (ORDER, [0.9, 0.7]),
    ]


def test_a_folder_without_a_finished_run_is_refused(tmp_path: Path) -> None:
    put(tmp_path, run(ORDER, 0.1)[0], None)
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(FileNotFoundError, match="holds finished runs"):
            of_runs(folder)
