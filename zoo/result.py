"""What a run came to: the number, what it is held against, and the signs."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from kgrad.storage import schema as typed
from zoo.files import write_whole
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
        explanation: Sentence with the numbers in it.
    """

    sign: str
    target: str
    layer: str
    first_step: int
    explanation: str = ""


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
        horizon: Time steps back for which the gradient by the state h of
            the recurrent layer counts, as `kgrad.TimeProfile.horizon`, at
            the last step that was looked at; None if none was.
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
    horizon: int | None = None
    findings: tuple[Sign, ...] = ()
    longer: Mapping[int, float] = field(default_factory=dict)

    def to_content(self) -> dict[str, Any]:
        """The result as JSON has it; what is not a number is null."""
        content = {name: _known(v) for name, v in asdict(self).items()}
        content["longer"] = {str(k): _known(v) for k, v in self.longer.items()}
        return content

    def to_json(self) -> str:
        """The result as text; a metric that is not a number is null."""
        return json.dumps(self.to_content(), indent=2, allow_nan=False) + "\n"

    @classmethod
    def from_content(cls, content: Any) -> Result:
        """The result that `to_content` gave.

        Raises:
            ValueError: If the content is no result.
        """
        try:
            values = dict(content)
            for name in _NUMBERS:
                if values[name] is None:
                    values[name] = math.nan
            longer = {
                int(length): math.nan if value is None else float(value)
                for length, value in values.pop("longer", {}).items()
            }
            return replace(typed.read(cls, values), longer=longer)
        except (
            AttributeError,
            KeyError,
            OverflowError,
            TypeError,
            ValueError,
        ) as error:
            raise ValueError(
                "`content` must be what `Result.to_content` gave: "
                f"{error}. Received: content={str(content)[:200]}"
            ) from error

    @classmethod
    def from_json(cls, text: str) -> Result:
        """The result that `to_json` wrote.

        Raises:
            ValueError: If the text is no result.
        """
        try:
            return cls.from_content(json.loads(text))
        except (ValueError, RecursionError) as error:
            raise ValueError(
                f"`text` must be what `Result.to_json` wrote: {error}. "
                f"Received: text={text[:200]!r}"
            ) from error

    def write(self, folder: str | os.PathLike[str]) -> None:
        """Writes `result.json` into a run folder, as a whole or not at all.

        It is there only if the run is finished, even if the process is
        killed in the middle of this.
        """
        write_whole(Path(folder) / FILE, self.to_json())


_NUMBERS = ("test", "validation", "train", "steps_per_second")
"""Fields that are NaN where JSON has null."""


def _known(value: Any) -> Any:
    """JSON has no word for what is not a number."""
    unknown = isinstance(value, float) and not math.isfinite(value)
    return None if unknown else value
