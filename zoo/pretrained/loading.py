"""From a name or a folder to a compiled model with its weights."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoo.pretrained import preset as preset_file
from zoo.pretrained.preset import PRESETS, Preset
from zoo.recipe import FILE as RECIPE_FILE
from zoo.recipe import Recipe
from zoo.registry import did_you_mean
from zoo.runs import run_folder
from zoo.runs.run_folder import WEIGHTS
from zoo.runs.weights import require_plain
from zoo.selection import split

if TYPE_CHECKING:
    import keras

PRESET = "preset"
"""The weights that belong to a preset or a run."""


def load(
    name: str | os.PathLike[str],
    *,
    weights: str | os.PathLike[str] | None = PRESET,
    **changes: Any,
) -> keras.Model:
    """A model with trained weights, compiled as its recipe says.

    Args:
        name: Name of a preset, `"adding/lstm-clipnorm"`, or a folder: a
            finished run, or an exported preset. A string that is the name
            of a preset means the preset; write `./` before a folder with
            such a name.
        weights: `"preset"` for the trained weights; None for the initial
            ones of its seed; or a `.weights.h5` file.
        changes: Fields of `Recipe` to change: `learning_rate=1e-4` to
            fine-tune.

    Returns:
        A compiled `keras.Model`.

    Raises:
        FileNotFoundError: If there is no such folder or file, or the run is
            not finished.
        TypeError: If a change is not a field of a recipe, or has the wrong
            type.
        ValueError: If there is no preset of that name, it was made for
            another version of kgrad or of the task, a change is out of
            range, or the weights are damaged or do not fit.
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
    """The folder that a name refers to.

    Args:
        name: As in `load`.
        presets: Where presets are looked up by name.

    Raises:
        FileNotFoundError: If it looks like a folder, and there is none.
        ValueError: If there is no such preset.
    """
    if isinstance(name, str) and _is_name(name):
        folder = Path(presets) / name
        if (folder / preset_file.FILE).is_file():
            return folder
        there = preset_file.available(presets)
        raise ValueError(
            f"`name` must be one of the {len(there)} presets that come with "
            "kgrad, which `python -m zoo results` lists, or a folder; "
            "`zoo.build` makes an untrained model. "
            f"Received: name={name!r}{did_you_mean(name, there)}"
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
    """The recipe, and the digest that the weights must have, if known."""
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
"""Numbers that a file may hold besides weights and optimizer moments."""


def _fill(model: Any, recipe: Recipe, file: Path) -> None:
    """Loads the file into a model without an optimizer, as it was saved."""
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
