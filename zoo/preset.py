"""A preset: a trained model with every number that is known of it, on disk.

A folder with two files: `preset.json`, and the weights of the median seed,
without the optimizer's state.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import re
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from zoo.recipe import Recipe
from zoo.result import Result
from zoo.run_folder import WEIGHTS
from zoo.summary import Summary, of_runs

FILE = "preset.json"

FORMAT = 1
"""Raised when `preset.json` gets another meaning."""

PRESETS = Path(__file__).parent / "presets"
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

        What follows from the results is written too, for readers other than
        this one; `from_json` computes it anew.
        """
        summary = self.summary
        median, sign = summary.median, summary.sign
        content = {
            "format": FORMAT,
            "name": summary.name,
            "verdict": summary.verdict,
            "sign": sign.sign if sign else None,
            "metric": median.metric,
            "chance": median.chance,
            "threshold": median.solved,
            "mean": _number(summary.mean),
            "spread": _number(summary.spread),
            "seeds": len(summary.results),
            "solved": summary.solved,
            "shipped_seed": median.seed,
            "horizon": median.horizon,
            "seconds": median.seconds,
            "weights_sha256": self.digest,
            "recipe": asdict(summary.recipe),
            "results": [result.to_content() for result in summary.results],
        }
        return json.dumps(content, indent=1, allow_nan=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Preset:
        """The preset that `to_json` wrote.

        Raises:
            ValueError: If the text is no preset, or one of another format
                or of another version of the task.
        """
        try:
            content = json.loads(text)
            written = content["format"]
            if written != FORMAT:
                raise ValueError(
                    f"its format must be {FORMAT}; it was written by another "
                    f"version of kgrad, with format {written!r}"
                )
            summary = Summary(
                recipe=Recipe.from_json(json.dumps(content["recipe"])),
                results=tuple(map(Result.from_content, content["results"])),
            )
            return cls(summary=summary, digest=_digest_of(content))
        except (KeyError, TypeError, ValueError, RecursionError) as error:
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
        summary: What is known of the model.
        weights: File of the weights of the median seed.
        folder: Where it goes, not that of `weights`; made if need be.
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
    """Makes a preset of every recipe that was trained.

    Args:
        runs: The folder of all runs; those that are not finished do not
            count.
        presets: Where the presets go, each into `TASK/CELL-VARIANT`.
        names: Only those; by default all.

    Raises:
        FileNotFoundError: If there is no finished run, or its weights are
            gone.
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


def _number(value: float) -> Any:
    return value if math.isfinite(value) else None
