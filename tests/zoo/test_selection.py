from __future__ import annotations

from pathlib import Path

import pytest

from zoo.layers.cells import CELLS
from zoo.layers.variants import VARIANTS
from zoo.recipe import Recipe
from zoo.selection import filtered, matching, names, offline_names, recipes
from zoo.tasks import TASKS


def test_a_pattern_stands_for_all_that_it_matches() -> None:
    assert matching(["adding/*"]) == [
        f"adding/{cell}-{variant}"
        for cell in CELLS.names
        for variant in VARIANTS.names
        if variant != "best"
    ]
    lstms = [f"{task}/lstm-base" for task in TASKS.names]
    assert matching(["*/lstm-base"]) == lstms
    assert matching(["*/lstm-base", "adding/lstm-b*"])[:2] == [
        "adding/lstm-base",
        "adding/lstm-batchnorm",
    ]
    assert matching(["*"]) == names()


def test_a_variant_stands_only_beside_the_tasks_that_it_is_for() -> None:
    lstms = matching(["*/lstm-recurrent_batchnorm"])
    assert [name.split("/")[0] for name in lstms] == [
        "adding",
        "temporal_order",
        "sequential_digits",
        "permuted_digits",
        "mnist_pixels",
    ]
    assert "dyck/lstm-recurrent_batchnorm" not in matching(["dyck/*"])
    with pytest.raises(ValueError, match="`task` must be one that variant"):
        recipes(["dyck/lstm-recurrent_batchnorm"])


def test_a_pattern_means_three_seeds_and_a_name_one() -> None:
    seeds = [r.seed for r in recipes(["adding/gru-b[a]se"])]
    assert seeds == [0, 1, 2]
    assert [r.seed for r in recipes(["adding/gru-base"])] == [0]
    both = recipes(["adding/gru-base", "adding/lstm-base"], [4, 7])
    assert [(r.cell, r.seed) for r in both] == [
        ("gru", 4),
        ("gru", 7),
        ("lstm", 4),
        ("lstm", 7),
    ]


def test_every_run_is_there_once() -> None:
    chosen = recipes(["adding/gru-*", "adding/gru-base", "*/gru-base"])
    folders = [recipe.folder for recipe in chosen]
    assert len(folders) == len(set(folders))
    assert folders.count("adding/gru-base") == 1


def test_a_file_has_a_seed_unless_others_are_asked_for(tmp_path: Path) -> None:
    given = Recipe.of("adding", cell="gru", units=3, seed=5)
    given.write(tmp_path)
    file = str(tmp_path / "recipe.json")
    assert recipes([file]) == [given]
    seeds = [(r.units, r.seed) for r in recipes([file], [0, 1])]
    assert seeds == [(3, 0), (3, 1)]


def test_two_recipes_of_one_model_are_refused(tmp_path: Path) -> None:
    Recipe.of("adding", cell="gru", units=3, seed=5).write(tmp_path)
    file = str(tmp_path / "recipe.json")
    with pytest.raises(ValueError, match="second recipe for a model"):
        recipes([file, "adding/gru-base"])


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("addign/*", "`PATTERN` must match .* Tasks: .'adding'"),
        ("*/ltsm-*", "Cells: .'simple_rnn', 'lstm', 'gru'"),
        ("adding/*-bse", "Variants: .'base'"),
        ("adding", "`NAME` must be TASK/CELL-VARIANT"),
        ("addign/gru-base", "`task` must be one of"),
        ("", "`NAME` must be TASK/CELL-VARIANT"),
    ],
)
def test_a_bad_one_is_answered_with_what_there_is(
    pattern: str, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        recipes(["adding/*", pattern])


def test_all_leaves_out_what_must_be_downloaded() -> None:
    offline = offline_names()
    assert "adding/lstm-base" in offline
    assert {name.split("/")[0] for name in names()} - {
        name.split("/")[0] for name in offline
    } == {"imdb", "mnist_pixels", "mnist_rows"}


def test_a_task_or_a_pattern_chooses_among_names() -> None:
    every = ["adding/lstm-base", "adding/gru-base", "reber/lstm-base"]
    chosen = filtered
    assert chosen(every, []) == every
    assert chosen(every, ["adding"]) == every[:2]
    assert chosen(every, ["*/lstm-*"]) == [every[0], every[2]]
    assert chosen(every, ["reber", "adding/lstm-base"]) == [every[0], every[2]]


def test_a_wrong_task_is_answered_with_the_nearest() -> None:
    with pytest.raises(ValueError, match=r"'ading'. Did you mean 'adding'\?"):
        filtered(["adding/lstm-base"], ["ading"])
