"""The folder of one run: it holds that run and nothing else."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from zoo.recipe import FILE, Recipe


def begin(runs: str | os.PathLike[str], recipe: Recipe) -> Path:
    """Makes the folder of a run and writes the recipe into it.

    An earlier run of the same name is removed, so that two runs never mix.

    Args:
        runs: The folder of all runs.
        recipe: What is to be run.

    Returns:
        The folder.

    Raises:
        FileExistsError: If there is something else in its place.
    """
    folder = Path(runs) / recipe.folder
    if (folder / FILE).is_file() and not folder.is_symlink():
        shutil.rmtree(folder)
    elif folder.exists() and (folder.is_file() or any(folder.iterdir())):
        raise FileExistsError(
            "The folder of a run must be new, empty, or that of an earlier "
            f"run, with a `{FILE}`. Received: {folder}"
        )
    folder.mkdir(parents=True, exist_ok=True)
    recipe.write(folder)
    return folder
