"""From a name or a folder to a compiled model with its weights."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoo import preset as preset_file
from zoo import run_folder
from zoo.preset import PRESETS, Preset
from zoo.recipe import FILE as RECIPE_FILE
from zoo.recipe import Recipe
from zoo.run_folder import WEIGHTS
from zoo.selection import split
from zoo.weights import require_plain

if TYPE_CHECKING:
    import keras

PRESET = "preset"
"""The weights that a preset, or a run, comes with."""


def load(
    name: str | os.PathLike[str],
    *,
    weights: str | os.PathLike[str] | None = PRESET,
    **changes: Any,
) -> keras.Model:
    """A model with trained weights, compiled as its recipe says.

    Args:
        name: Name of a preset, `"adding/lstm-clipnorm"`, or a folder of
            yours: a finished run, or a preset that was exported. A string
            that is a name stands for the preset; write `./` before a folder
            that is called like one.
        weights: `"preset"` for those that it comes with; None for untrained
            ones, as its seed gives them; or a `.weights.h5` file.
        changes: Fields of `Recipe` that are to differ: `learning_rate=1e-4`
            to fine-tune.

    Returns:
        A compiled `keras.Model`.

    Raises:
        FileNotFoundError: If there is no such folder or file, or the run is
            not finished.
        TypeError: If a change is no field of a recipe, or of a wrong type.
        ValueError: If there is no preset of that name, it is not one for
            this version of kgrad or of the task, a change is out of range,
            or the weights are damaged or do not fit.
    """
    folder = find(name)
    recipe, expected = _described(folder)
    recipe = recipe.changed(**changes)
    file = None
    if weights is not None:
        own = weights == PRESET
        file = folder / WEIGHTS if own else Path(weights)
        _require_file(file, expected if own else "")
    from zoo.model import compiled

    model = compiled(recipe)
    if file is not None:
        _fill(model, recipe, file)
    return model


def find(
    name: str | os.PathLike[str], presets: str | os.PathLike[str] = PRESETS
) -> Path:
    """The folder that a name stands for.

    Args:
        name: As in `load`.
        presets: Where presets are looked up by name.

    Raises:
        FileNotFoundError: If there is no such folder, and it looks like one.
        ValueError: If there is no such preset.
    """
    if isinstance(name, str) and _is_name(name):
        folder = Path(presets) / name
        if (folder / preset_file.FILE).is_file():
            return folder
        there = preset_file.available(presets)
        raise ValueError(
            f"`name` must be one of the presets that come with kgrad, {there}, "
            "or a folder; `zoo.build` makes the model untrained. "
            f"Received: name={name!r}"
        )
    if Path(name).is_dir():
        return Path(name)
    if isinstance(name, str) and name.count("/") == 1 and name[0] != ".":
        split(name)  # Says which part of it is wrong.
    raise FileNotFoundError(
        "`name` must be that of a preset, such as 'adding/lstm-clipnorm', or "
        f"a folder. Received: name={os.fspath(name)!r}"
    )


def described(folder: Path) -> Preset | None:
    """The preset in a folder, or None if it holds something else.

    Raises:
        ValueError: If it is one that this version cannot read.
    """
    if (folder / preset_file.FILE).is_file():
        return preset_file.read(folder)
    return None


def _is_name(name: str) -> bool:
    try:
        split(name)
    except ValueError:
        return False
    return True


def _described(folder: Path) -> tuple[Recipe, str]:
    """The recipe, and what the digest of the weights must be, if known."""
    preset = described(folder)
    if preset is not None:
        return preset.summary.recipe, preset.digest
    if not (folder / RECIPE_FILE).is_file():
        raise FileNotFoundError(
            f"`name` must be a folder with a `{preset_file.FILE}` (a preset) "
            f"or a `{RECIPE_FILE}` (a run). Received: name={str(folder)!r}"
        )
    recipe, _ = run_folder.read(folder)
    return recipe, ""


def _require_file(file: Path, expected: str) -> None:
    if not file.is_file():
        raise FileNotFoundError(
            f"`weights` must be {PRESET!r}, None or a `.weights.h5` file. "
            f"Received: weights={str(file)!r}, which does not exist"
        )
    if expected and (actual := preset_file.digest(file)) != expected:
        raise ValueError(
            f"`weights` must be those that were trained, with SHA-256 "
            f"{expected}: the file is damaged, or another one. "
            f"Received: {file}, with SHA-256 {actual}"
        )


_FEW = 10_000
"""Numbers that a file may hold besides weights and an optimizer's moments."""


def _fill(model: Any, recipe: Recipe, file: Path) -> None:
    """Loads the file without the optimizer, of which it knows nothing."""
    from zoo.model import stacked

    bare = stacked(recipe)
    try:
        require_plain(file, 4 * bare.count_params() + _FEW)
        bare.load_weights(file)
    except Exception as error:
        # A damaged file makes HDF5 and Keras raise whatever comes.
        raise ValueError(
            f"`weights` must be a `.weights.h5` file for a {recipe.model} "
            f"with {recipe.units} units on task {recipe.task!r}. "
            f"Received: {file}, which is damaged or does not fit: {error}"
        ) from error
    model.set_weights(bare.get_weights())
