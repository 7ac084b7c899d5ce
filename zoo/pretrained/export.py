"""A preset as a folder that can be uploaded, and loaded without kgrad."""

from __future__ import annotations

import os
from pathlib import Path

from zoo.pretrained import preset as preset_file
from zoo.pretrained.card import card
from zoo.pretrained.loading import described, find, load
from zoo.recipe import FILE as RECIPE_FILE
from zoo.runs import run_folder
from zoo.runs.run_folder import WEIGHTS
from zoo.runs.summary import Summary


def export(
    name: str | os.PathLike[str], folder: str | os.PathLike[str]
) -> Path:
    """Writes a preset, or a run of your own, into a new folder.

    It holds `README.md`, the card; `preset.json` and `recipe.json`; and
    `config.json`, `metadata.json` and `model.weights.h5`, the model as Keras
    saves it in a folder. Once uploaded with `huggingface_hub.upload_folder`,
    `keras.saving.load_model("hf://USER/NAME")` loads it, and after a
    download so does `zoo.load(FOLDER)`.

    Args:
        name: As in `zoo.load`.
        folder: Where to write it; must not exist, or be empty.

    Returns:
        The folder.

    Raises:
        FileExistsError: If the folder is not empty, or is a file.
        FileNotFoundError, ValueError: As in `zoo.load`.
    """
    source = find(name)
    target = Path(folder)
    if target.exists() and (target.is_file() or any(target.iterdir())):
        raise FileExistsError(
            "`folder` must be new or empty. "
            f"Received: folder={os.fspath(folder)!r}"
        )
    preset = described(source)
    summary = (
        preset.summary if preset else Summary.of([run_folder.read(source)])
    )
    model = load(source)  # Before anything is written.
    from zoo.model import stacked

    bare = stacked(summary.recipe)
    bare.set_weights(model.get_weights())
    target.mkdir(parents=True, exist_ok=True)
    bare.save(target, zipped=False)
    # It is empty, lost in an upload, and missing if the path is relative.
    if (target / "assets").is_dir():
        (target / "assets").rmdir()
    written = preset_file.write(summary, source / WEIGHTS, target)
    (target / RECIPE_FILE).write_text(
        summary.recipe.to_json(), encoding="utf-8"
    )
    (target / "README.md").write_text(card(written), encoding="utf-8")
    return target
