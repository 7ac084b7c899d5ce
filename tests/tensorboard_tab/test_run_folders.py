"""Which runs there are, and what is none of the tab's business."""

import os
from pathlib import Path

import pytest

from kgrad.tensorboard_tab.run_folders import RunFolders
from tests.tensorboard_tab.runs import write


def test_runs_are_named_by_their_path(tmp_path: Path) -> None:
    write(tmp_path)
    write(tmp_path / "b" / "c")
    write(tmp_path / "a")
    (tmp_path / "empty").mkdir()
    files = RunFolders(tmp_path).files()
    assert list(files) == [".", "a", "b/c"]
    assert files["b/c"] == (tmp_path / "b" / "c" / "gradients-0000.kgrad",)


def test_the_files_of_a_run_are_in_their_order(tmp_path: Path) -> None:
    for _ in range(3):
        write(tmp_path / "run")
    (paths,) = RunFolders(tmp_path).files().values()
    assert [path.name[-7] for path in paths] == ["0", "1", "2"]


def test_links_are_not_followed(tmp_path: Path) -> None:
    write(tmp_path / "outside")
    root = tmp_path / "root"
    write(root / "run")
    (root / "folder").symlink_to(tmp_path / "outside")
    (root / "file").mkdir()
    (root / "file" / "gradients-0000.kgrad").symlink_to(
        tmp_path / "outside" / "gradients-0000.kgrad"
    )
    (root / "pipe").mkdir()
    os.mkfifo(root / "pipe" / "gradients-0000.kgrad")
    assert list(RunFolders(root).files()) == ["run"]


def test_a_folder_that_is_not_there_holds_no_run(tmp_path: Path) -> None:
    assert RunFolders(tmp_path / "no").files() == {}


def test_any_name_of_a_folder_can_be_sent(tmp_path: Path) -> None:
    folder = os.fsencode(tmp_path) + b"/\xff<b>"
    os.mkdir(folder)
    write(Path(os.fsdecode(folder)))
    assert list(RunFolders(tmp_path).files()) == ["�<b>"]


def test_what_was_found_is_looked_for_again_after_a_while(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr(
        "kgrad.tensorboard_tab.run_folders.time.monotonic", lambda: now[0]
    )
    folders = RunFolders(tmp_path, keep=2.0)
    assert not folders.files()
    write(tmp_path / "run")
    now[0] += 1.9
    assert not folders.files()
    now[0] += 0.2
    assert list(folders.files()) == ["run"]
