from __future__ import annotations

import dataclasses
import json
import math
import platform
from pathlib import Path
from typing import Any

import pytest

from zoo import recipe as recipe_module
from zoo.recipe import Recipe, cpu
from zoo.selection import names, recipe_of


def recipe(**changes: Any) -> Recipe:
    return Recipe.of("adding", cell="gru", **changes)


def test_every_model_has_a_recipe_that_survives_json() -> None:
    for name in names():
        given = recipe_of(name)
        assert Recipe.from_json(given.to_json()) == given
        assert given.folder == name


def test_a_variant_that_is_for_some_tasks_is_refused_for_others() -> None:
    with pytest.raises(ValueError, match=r"`task` must be .*'adding'.*'dyck'"):
        Recipe.of("dyck", cell="lstm", variant="recurrent_batchnorm")


def test_json_has_every_field_and_the_versions() -> None:
    content = json.loads(recipe(clipnorm=0.5, seed=7).to_json())
    assert set(content) == {f.name for f in dataclasses.fields(Recipe)}
    assert content["clipnorm"] == 0.5
    assert content["seed"] == 7
    names = {"python", "kgrad", "keras", "tensorflow", "numpy", "cpu"}
    assert set(content["versions"]) == names
    assert all(content["versions"].values())


def test_changes_come_after_what_task_cell_and_variant_say() -> None:
    plain = Recipe.of("temporal_order", cell="simple_rnn", variant="clipnorm")
    assert (plain.optimizer, plain.learning_rate) == ("sgd", 0.1)
    assert plain.clipnorm == 1.0
    changed = Recipe.of(
        "temporal_order",
        cell="simple_rnn",
        variant="clipnorm",
        clipnorm=0.5,
        optimizer="adam",
        length=100,
    )
    assert changed.clipnorm == 0.5
    assert changed.optimizer == "adam"
    assert changed.length == 100


def test_a_run_of_another_seed_has_a_folder_of_its_own() -> None:
    assert recipe(seed=2).folder == "adding/gru-base-seed2"


def test_it_is_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        recipe().units = 3  # type: ignore[misc]


@pytest.mark.parametrize(
    "changes",
    [
        {"units": 0},
        {"epochs": 0},
        {"batch_size": 0},
        {"seed": -1},
        {"stop_when_solved": -1},
        {"learning_rate": 0.0},
        {"learning_rate": math.nan},
        {"learning_rate": math.inf},
        {"clipnorm": -1.0},
        {"optimizer": "sdg"},
        {"length": 1},
        {"train_size": 0},
        {"test_size": 0},
        {"task_version": 99},
        {"variant": "clipnrom"},
        {"validation_size": 0},
        {"layers": 0},
        {"layers": 9},
        {"pooling": "max"},
        {"frame": 3},
        {"noise": -0.1},
        {"dropout": 1.0},
    ],
)
def test_it_refuses_values_out_of_range(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="Received: ") as error:
        recipe(**changes)
    assert "must be" in str(error.value)


def test_what_is_answered_at_every_step_has_no_pooling_and_no_frames() -> None:
    for changes in ({"pooling": "mean"}, {"frame": 2}):
        with pytest.raises(ValueError, match="Received: "):
            Recipe.of("parity", cell="gru", **changes)
    assert Recipe.of("gun_point", cell="gru", frame=5, pooling="mean")


def test_carved_validation_data_are_not_trained_on() -> None:
    given = Recipe.of("gun_point", cell="gru")
    assert (given.train_size, given.validation_size) == (50, 0)
    assert given.changed(train_size=38, validation_size=12)
    with pytest.raises(ValueError, match="`validation_size` must leave"):
        given.changed(train_size=39, validation_size=12)


@pytest.mark.parametrize(
    "changes",
    [
        {"units": 1.5},
        {"units": True},
        {"learning_rate": "fast"},
        {"learning_rate": True},
        {"jit_compile": 1},
        {"clipnorm": "1"},
        {"optimizer": None},
        {"versions": "3.11"},
        {"unit": 3},
    ],
)
def test_it_refuses_values_of_the_wrong_type(changes: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match="Received: "):
        recipe(**changes)


@pytest.mark.parametrize(
    ("task", "cell", "allowed"),
    [("addign", "gru", "temporal_order"), ("adding", "grru", "simple_rnn")],
)
def test_it_names_what_there_is(task: str, cell: str, allowed: str) -> None:
    with pytest.raises(ValueError, match=allowed):
        Recipe.of(task, cell=cell)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", "null", '{"task": "adding"}', "{"]
)
def test_it_refuses_text_that_is_no_recipe(text: str) -> None:
    with pytest.raises(ValueError, match="`text` must be"):
        Recipe.from_json(text)


def test_it_refuses_a_recipe_with_a_field_of_another_version() -> None:
    content = json.loads(recipe().to_json()) | {"warmup": 3}
    with pytest.raises(ValueError, match="`text` must be"):
        Recipe.from_json(json.dumps(content))


def test_the_kind_of_processor_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "cpuinfo"
    monkeypatch.setattr(recipe_module, "_CPU_INFO", file)
    assert cpu() in (platform.processor(), platform.machine())
    file.write_text("processor\t: 0\nBogoMIPS\t: 50\n")
    assert cpu() == platform.machine()
    file.write_text(
        "processor\t: 0\nvendor_id\t: GenuineIntel\ncpu family\t: 6\n"
        "model\t\t: 143\nmodel name\t: Xeon: gold\n\nprocessor\t: 1\n"
    )
    assert cpu() == "GenuineIntel 6 143"
