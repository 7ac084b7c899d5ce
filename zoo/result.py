"""What a run came to: the number, what it is held against, and the signs."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from zoo.tasks.base import Verdict

FILE = "result.json"


@dataclass(frozen=True, kw_only=True)
class Sign:
    """A finding of the monitor, as far as a table shows it.

    Args:
        sign: Name of the sign, `"exploding"`.
        target: Name of the target, as in `kgrad.Finding`.
        layer: Name of the layer, `""` for the whole model.
        first_step: The first step that shows it.
    """

    sign: str
    target: str
    layer: str
    first_step: int


@dataclass(frozen=True, kw_only=True)
class Result:
    """The outcome of one finished run.

    Args:
        task: Name of the task.
        task_version: Its version.
        model: Cell and variant.
        seed: Seed of the run.
        metric: Name of the metric that decides.
        chance: Its value for guessing.
        solved: Its value from which the task is solved.
        test: Its value on the test data.
        validation: Its value on the validation data, after the last epoch.
        train: Its value on the training data, over the last epoch.
        verdict: `"solved"`, `"learns"` or `"fails"`.
        epochs: Epochs trained.
        steps: Optimizer steps made.
        steps_per_second: Of the median epoch, validation left out.
        seconds: Of training, compiling and validation included.
        findings: What the monitor found, the gravest first.
        longer: Its value on test data of other lengths, by length.
    """

    task: str
    task_version: int
    model: str
    seed: int
    metric: str
    chance: float
    solved: float
    test: float
    validation: float
    train: float
    verdict: Verdict
    epochs: int
    steps: int
    steps_per_second: float
    seconds: float
    findings: tuple[Sign, ...] = ()
    longer: Mapping[int, float] = field(default_factory=dict)

    def to_json(self) -> str:
        """The result as text; a metric that is not a number is null."""
        content = {name: _known(v) for name, v in asdict(self).items()}
        content["longer"] = {k: _known(v) for k, v in self.longer.items()}
        return json.dumps(content, indent=2, allow_nan=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Result:
        """The result that `to_json` wrote.

        Raises:
            ValueError: If the text is no result.
        """
        try:
            content: dict[str, Any] = json.loads(text)
            content["findings"] = tuple(
                Sign(**each) for each in content["findings"]
            )
            for name in ("test", "validation", "train"):
                if content[name] is None:
                    content[name] = math.nan
            content["longer"] = {
                int(length): math.nan if value is None else value
                for length, value in content["longer"].items()
            }
            return cls(**content)
        except (
            AttributeError,
            TypeError,
            KeyError,
            json.JSONDecodeError,
        ) as error:
            raise ValueError(
                f"`text` must be what `Result.to_json` wrote: {error}. "
                f"Received: text={text[:200]!r}"
            ) from error

    def write(self, folder: str | os.PathLike[str]) -> None:
        """Writes `result.json` into a run folder."""
        (Path(folder) / FILE).write_text(self.to_json(), encoding="utf-8")


def _known(value: Any) -> Any:
    """JSON has no word for what is not a number."""
    unknown = isinstance(value, float) and not math.isfinite(value)
    return None if unknown else value
