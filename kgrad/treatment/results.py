"""What became of each run of an experiment."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import overload

from rich.console import Console, RenderableType

from kgrad.records import Finding, Remedy
from kgrad.signs.metric import higher_is_better


@dataclass(frozen=True)
class Treatment:
    """One training: of the model as it is, or of a remedy.

    Args:
        name: Name of the remedy, `"untreated"` if there is none.
        remedies: What was done to the model: nothing, one remedy, or the
            same one for several layers.
        folder: The run folder.
        findings: What the signs found, the gravest first.
        gone: The signs of the untreated run that this one does not show;
            none if it failed, whose findings end with the error.
        before: The metric of the untreated run after its last epoch, NaN
            where it is not known.
        after: That of this run.
        gain: How far the run came from guessing, 0, to perfect, 1: median
            of the last three epochs; NaN where chance is not known.
        steps: Number of optimizer steps.
        seconds: How long building and training took.
        error: Why the remedy could not be applied or training crashed, `""`
            if neither happened.
    """

    name: str
    remedies: tuple[Remedy, ...]
    folder: Path
    findings: tuple[Finding, ...] = ()
    gone: tuple[str, ...] = ()
    before: float = math.nan
    after: float = math.nan
    gain: float = math.nan
    steps: int = 0
    seconds: float = 0.0
    error: str = ""

    @property
    def remedy(self) -> Remedy | None:
        """The remedy, the first of several; None if there is none."""
        return self.remedies[0] if self.remedies else None

    @property
    def reason(self) -> str:
        """The first line of the error; Keras' go on for many."""
        return self.error.partition("\n")[0]

    @property
    def signs(self) -> tuple[str, ...]:
        """The signs that were found, each once, the gravest first."""
        return tuple(dict.fromkeys(f.sign for f in self.findings))


@dataclass(frozen=True)
class Treatments(Sequence[Treatment]):
    """The runs of an experiment, side by side; `print` shows a table.

    Args:
        metric: Name of the metric that they are judged by, `""` if no run
            finished an epoch.
        runs: The untreated run, then the others in the order in which they
            were tried.
        by_hand: Remedies that the findings name, too, and that only a
            person can do.
    """

    metric: str
    runs: tuple[Treatment, ...]
    by_hand: tuple[Remedy, ...] = ()

    @property
    def untreated(self) -> Treatment:
        """The run of the model as it is."""
        return self.runs[0]

    @property
    def best(self) -> Treatment:
        """The run with the best metric at its end.

        Of equals the one with the fewest signs, then the first; never one
        with an error. The untreated one if no metric is finite.
        """
        known = [
            run
            for run in self.runs
            if math.isfinite(run.after) and not run.error
        ]
        sign = -1 if higher_is_better(self.metric) else 1
        return min(
            known,
            key=lambda run: (sign * run.after, len(run.signs)),
            default=self.untreated,
        )

    @overload
    def __getitem__(self, index: int) -> Treatment: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[Treatment, ...]: ...

    def __getitem__(
        self, index: int | slice
    ) -> Treatment | tuple[Treatment, ...]:
        return self.runs[index]

    def __len__(self) -> int:
        return len(self.runs)

    def __iter__(self) -> Iterator[Treatment]:
        return iter(self.runs)

    def __str__(self) -> str:
        console = Console(file=io.StringIO(), width=80, color_system=None)
        with console.capture() as captured:
            console.print(self)
        return captured.get().rstrip()

    def __rich__(self) -> RenderableType:
        from kgrad.treatment.table import table

        return table(self)
