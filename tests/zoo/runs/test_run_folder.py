from __future__ import annotations

import multiprocessing
from dataclasses import replace
from pathlib import Path

import pytest

from tests.zoo.made import RESULT
from zoo import schema
from zoo.recipe import Recipe
from zoo.runs import run_folder

RECIPE = Recipe.of("adding", cell="gru")


def begun(runs: Path, recipe: Recipe = RECIPE) -> Path:
    """A folder that was begun, and left."""
    with run_folder.begin(runs, recipe) as folder:
        return folder


def test_a_new_folder_holds_the_recipe(tmp_path: Path) -> None:
    folder = begun(tmp_path / "runs", RECIPE)
    assert folder == tmp_path / "runs/adding/gru-base"
    assert [path.name for path in folder.iterdir()] == ["recipe.json"]
    text = (folder / "recipe.json").read_text()
    assert Recipe.from_json(text) == RECIPE


def test_an_earlier_run_is_replaced_as_a_whole(tmp_path: Path) -> None:
    folder = begun(tmp_path, RECIPE)
    (folder / "gradients-0000.kgrad").write_bytes(b"old")
    (folder / "result.json").write_text("old")
    begun(tmp_path, RECIPE)
    assert [path.name for path in folder.iterdir()] == ["recipe.json"]


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / RECIPE.folder).mkdir(parents=True)
    assert begun(tmp_path, RECIPE).is_dir()


def test_anything_else_is_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / RECIPE.folder
    folder.mkdir(parents=True)
    (folder / "thesis.tex").write_text("years")
    with pytest.raises(FileExistsError, match="Received: "):
        begun(tmp_path, RECIPE)
    assert (folder / "thesis.tex").read_text() == "years"


def test_a_link_to_another_run_is_not_followed(tmp_path: Path) -> None:
    elsewhere = begun(tmp_path / "elsewhere", RECIPE)
    folder = tmp_path / "runs" / RECIPE.folder
    folder.parent.mkdir(parents=True)
    folder.symlink_to(elsewhere, target_is_directory=True)
    with pytest.raises(FileExistsError):
        begun(tmp_path / "runs", RECIPE)
    assert (elsewhere / "recipe.json").is_file()


def test_a_file_in_its_place_is_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / RECIPE.folder
    folder.parent.mkdir(parents=True)
    folder.write_text("not a folder")
    with pytest.raises(FileExistsError):
        begun(tmp_path, RECIPE)


@pytest.mark.parametrize("cut", ["", '{"task": "add'])
def test_a_folder_that_was_cut_short_is_taken_again(
    tmp_path: Path, cut: str
) -> None:
    folder = begun(tmp_path)
    (folder / "recipe.json").write_text(cut)
    (folder / "result.part").write_text(cut)
    assert run_folder.finished(tmp_path, RECIPE) is None
    begun(tmp_path)
    assert [path.name for path in folder.iterdir()] == ["recipe.json"]


def test_an_earlier_result_is_the_first_to_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = begun(tmp_path)
    RESULT.write(folder)
    (folder / "model.weights.h5").touch()
    removed: list[str] = []
    unlink = Path.unlink
    monkeypatch.setattr(
        Path,
        "unlink",
        lambda path, missing_ok=False: (
            removed.append(path.name),
            unlink(path, missing_ok),
        ),
    )
    begun(tmp_path)
    assert removed == ["result.json", "model.weights.h5"]


def hold(runs: Path, ready: object, go: object) -> None:
    with run_folder.begin(runs, RECIPE):
        ready.set()  # type: ignore[attr-defined]
        go.wait()  # type: ignore[attr-defined]


def test_two_processes_never_train_in_one_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = multiprocessing.get_context("spawn")
    ready, go = context.Event(), context.Event()
    other = context.Process(target=hold, args=(tmp_path, ready, go))
    other.start()
    assert ready.wait(60)
    monkeypatch.setattr(run_folder, "LOCK_SECONDS", 0.2)
    with pytest.raises(BlockingIOError, match="must not be in use"):
        begun(tmp_path)
    other.kill()
    other.join()
    # A process that is gone holds nothing.
    assert begun(tmp_path).is_dir()


def test_a_run_is_finished_if_its_recipe_was_the_same(tmp_path: Path) -> None:
    folder = begun(tmp_path, replace(RECIPE, versions={"keras": "1.0"}))
    assert run_folder.finished(tmp_path, RECIPE) is None
    RESULT.write(folder)
    assert run_folder.finished(tmp_path, RECIPE) == RESULT
    changed = replace(RECIPE, learning_rate=0.5)
    assert run_folder.finished(tmp_path, changed) is None


def test_a_result_that_is_cut_short_is_none(tmp_path: Path) -> None:
    folder = begun(tmp_path)
    (folder / "result.json").write_text(schema.to_json(RESULT)[:40])
    assert run_folder.finished(tmp_path, RECIPE) is None
    with pytest.raises(ValueError, match="that this version can read"):
        run_folder.read(folder)
