"""A preset: a trained model on disk, with every number known about it.

A folder with two files: `preset.json`, and the weights of the median seed,
without the optimizer's state.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zoo import schema
from zoo.recipe import Recipe
from zoo.runs.result import Result
from zoo.runs.run_folder import WEIGHTS
from zoo.runs.summary import Summary, of_runs

FILE = "preset.json"

FORMAT = 1
"""Increased whenever `preset.json` changes its meaning."""

PRESETS = Path(__file__).parents[1] / "presets"
"""Those that come with the package."""


@dataclass(frozen=True, kw_only=True)
class Preset:
    """What `preset.json` says.

    Args:
        summary: Recipe, and the result of every seed.
        digest: SHA-256 of the file of weights, in hexadecimal.
    """

    summary: Summary
    digest: str

    def to_json(self) -> str:
        """The preset as text.

        It includes what follows from the results, for other readers;
        `from_json` derives it again.
        """
        summary = self.summary
        median, finding = summary.median, summary.main_finding
        content = {
            "format": FORMAT,
            "name": summary.name,
            "verdict": summary.verdict,
            "sign": finding.sign if finding else None,
            "metric": median.metric,
            "chance": median.chance,
            "threshold": median.solved,
            "mean": summary.mean,
            "spread": summary.spread,
            "seeds": len(summary.results),
            "solved": summary.solved,
            "shipped_seed": median.seed,
            "horizon": median.horizon,
            "seconds": median.seconds,
            "weights_sha256": self.digest,
            "recipe": summary.recipe,
            "results": summary.results,
        }
        return schema.to_json(content, indent=1)

    @classmethod
    def from_json(cls, text: str) -> Preset:
        """The preset that `to_json` wrote.

        Raises:
            ValueError: If the text is not a preset, or has another format
                or of another version of its task.
        """
        try:
            content = schema.parse(text)
            written = content["format"]
            if written != FORMAT:
                raise ValueError(
                    f"its format must be {FORMAT}; it was written by another "
                    f"version of kgrad, with format {written!r}"
                )
            summary = Summary(
                recipe=schema.load(Recipe, content["recipe"]),
                results=schema.load(tuple[Result, ...], content["results"]),
            )
            return cls(summary=summary, digest=_digest_of(content))
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(
                f"`text` must be a preset that this version can read: {error}. "
                f"Received: text={text[:80]!r}..."
            ) from error


def read(folder: str | os.PathLike[str]) -> Preset:
    """Reads the `preset.json` of a folder.

    Args:
        folder: A preset.

    Raises:
        FileNotFoundError: If it holds none.
        ValueError: If this version cannot read it.
    """
    path = Path(folder) / FILE
    try:
        return Preset.from_json(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


def write(summary: Summary, weights: Path, folder: Path) -> Preset:
    """Makes a preset, or replaces it.

    Args:
        summary: Recipe and results of the model.
        weights: The file of the median seed's weights.
        folder: Where it goes, not the folder of `weights`; created if
            needed.
    """
    preset = Preset(summary=summary, digest=digest(weights))
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(weights, folder / WEIGHTS)
    (folder / FILE).write_text(preset.to_json(), encoding="utf-8")
    return preset


def pack(
    runs: str | os.PathLike[str],
    presets: str | os.PathLike[str] = PRESETS,
    names: Sequence[str] | None = None,
) -> list[Preset]:
    """Makes a preset of every trained recipe.

    Args:
        runs: The folder of all runs; unfinished ones are ignored.
        presets: Where the presets go, each into `TASK/CELL-VARIANT`.
        names: Only those; by default all.

    Raises:
        FileNotFoundError: If there is no finished run, or its weights are
            missing.
        ValueError: If runs of one name have different recipes, or a name
            was not trained.
    """
    summaries = {summary.name: summary for summary in of_runs(runs)}
    chosen = list(summaries) if names is None else list(names)
    for name in chosen:
        if name not in summaries:
            raise ValueError(
                f"`names` must be among {list(summaries)}, which were "
                f"trained. Received: names={chosen}"
            )
    return [
        write(
            summaries[name],
            Path(runs) / summaries[name].recipe.folder / WEIGHTS,
            Path(presets) / name,
        )
        for name in chosen
    ]


def available(presets: str | os.PathLike[str] = PRESETS) -> list[str]:
    """Names of the presets of a folder, sorted."""
    return sorted(
        path.parent.relative_to(presets).as_posix()
        for path in Path(presets).glob(f"*/*/{FILE}")
    )


def digest(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _digest_of(content: Any) -> str:
    digest = content["weights_sha256"]
    if not (isinstance(digest, str) and _DIGEST.fullmatch(digest)):
        raise ValueError("`weights_sha256` must be 64 hexadecimal digits")
    return digest


_DIGEST = re.compile("[0-9a-f]{64}")
