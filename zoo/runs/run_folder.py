"""The folder of one run: it holds that run and nothing else."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from filelock import FileLock, Timeout

from zoo import schema
from zoo.recipe import FILE, Recipe
from zoo.runs import result as result_file
from zoo.runs.result import Result

WEIGHTS = "model.weights.h5"

LOCK_SECONDS = 30.0
"""How long to wait for a process that still trains in the same folder.

When a grid is killed, its other processes notice that within a second.
"""


@contextmanager
def begin(runs: str | os.PathLike[str], recipe: Recipe) -> Iterator[Path]:
    """Makes the folder of a run and writes the recipe into it.

    An earlier run of the same name is removed, so that two runs never mix.
    A lock file next to the folder keeps other processes from training in it.
    If this is interrupted at any point, `begin` can use the folder again.

    Args:
        runs: The folder of all runs.
        recipe: What is to be run.

    Yields:
        The folder; it is locked until the context ends.

    Raises:
        FileExistsError: If there is something else in its place.
        BlockingIOError: If another process trains in it.
    """
    folder = Path(runs) / recipe.folder
    ours = (folder / FILE).is_file() and not folder.is_symlink()
    if not ours and folder.exists() and not _is_empty(folder):
        raise FileExistsError(
            "The folder of a run must be new, empty, or that of an earlier "
            f"run, with a `{FILE}`. Received: {folder}"
        )
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder.with_name(f".{folder.name}.lock"))
    try:
        locked = lock.acquire(LOCK_SECONDS)
    except Timeout as error:
        raise BlockingIOError(
            "The folder of a run must not be in use by another process that "
            f"trains in it. Received: {folder}"
        ) from error
    with locked:
        _clear(folder)
        (folder / FILE).write_text(recipe.to_json(), encoding="utf-8")
        yield folder


def finished(runs: str | os.PathLike[str], recipe: Recipe) -> Result | None:
    """The result of a recipe that was trained to its end, or None.

    Args:
        runs: The folder of all runs.
        recipe: The run must have had the same recipe, apart from the
            versions, which are only known once it is trained.
    """
    try:
        trained, result = read(Path(runs) / recipe.folder)
    except (OSError, ValueError):
        return None
    same = replace(trained, versions=recipe.versions) == recipe
    return result if same else None


def read(folder: str | os.PathLike[str]) -> tuple[Recipe, Result]:
    """Recipe and result of a finished run.

    Args:
        folder: The run folder.

    Raises:
        FileNotFoundError: If it holds no finished run.
        ValueError: If this version cannot read the recipe or the result.
    """
    folder = Path(folder)
    texts = (folder / FILE, folder / result_file.FILE)
    if not all(path.is_file() for path in texts):
        raise FileNotFoundError(
            f"`folder` must hold a finished run, with `{FILE}` and "
            f"`{result_file.FILE}`. Received: folder={os.fspath(folder)!r}"
        )
    recipe, result = (path.read_text(encoding="utf-8") for path in texts)
    try:
        return Recipe.from_json(recipe), schema.read(Result, result)
    except ValueError as error:
        raise ValueError(
            f"`folder` must hold a run that this version can read: {error} "
            f"Received: folder={os.fspath(folder)!r}"
        ) from error


def _is_empty(folder: Path) -> bool:
    return folder.is_dir() and not any(folder.iterdir())


def _clear(folder: Path) -> None:
    """Removes an earlier run: its result first, its recipe never."""
    (folder / result_file.FILE).unlink(missing_ok=True)
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path.name != FILE:
            path.unlink()
