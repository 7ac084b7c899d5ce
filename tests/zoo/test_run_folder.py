from __future__ import annotations

from pathlib import Path

import pytest

from zoo import run_folder
from zoo.recipe import Recipe

RECIPE = Recipe.of("adding", cell="gru")


def test_a_new_folder_holds_the_recipe(tmp_path: Path) -> None:
    folder = run_folder.begin(tmp_path / "runs", RECIPE)
    assert folder == tmp_path / "runs/adding/gru-base"
    assert [path.name for path in folder.iterdir()] == ["recipe.json"]
    text = (folder / "recipe.json").read_text()
    assert Recipe.from_json(text) == RECIPE


def test_an_earlier_run_is_replaced_as_a_whole(tmp_path: Path) -> None:
    folder = run_folder.begin(tmp_path, RECIPE)
    (folder / "gradients-0000.kgrad").write_bytes(b"old")
    (folder / "result.json").write_text("old")
    run_folder.begin(tmp_path, RECIPE)
    assert [path.name for path in folder.iterdir()] == ["recipe.json"]


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / RECIPE.folder).mkdir(parents=True)
    assert run_folder.begin(tmp_path, RECIPE).is_dir()


def test_anything_else_is_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / RECIPE.folder
    folder.mkdir(parents=True)
    (folder / "thesis.tex").write_text("years")
    with pytest.raises(FileExistsError, match="Received: "):
        run_folder.begin(tmp_path, RECIPE)
    assert (folder / "thesis.tex").read_text() == "years"


def test_a_link_to_another_run_is_not_followed(tmp_path: Path) -> None:
    elsewhere = run_folder.begin(tmp_path / "elsewhere", RECIPE)
    folder = tmp_path / "runs" / RECIPE.folder
    folder.parent.mkdir(parents=True)
    folder.symlink_to(elsewhere, target_is_directory=True)
    with pytest.raises(FileExistsError):
        run_folder.begin(tmp_path / "runs", RECIPE)
    assert (elsewhere / "recipe.json").is_file()


def test_a_file_in_its_place_is_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / RECIPE.folder
    folder.parent.mkdir(parents=True)
    folder.write_text("not a folder")
    with pytest.raises(FileExistsError):
        run_folder.begin(tmp_path, RECIPE)
