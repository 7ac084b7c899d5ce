"""The steps of one window, and the epochs that ended in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from kgrad.records.actions import ActionRecord
from kgrad.records.arrays import Array, Steps
from kgrad.records.combine import combine, measured_of, ratio
from kgrad.records.data import Origin
from kgrad.records.samples import Sample
from kgrad.records.setup import Setup
from kgrad.records.targets import RATIOS, Measure, Target

_TOGETHER = 64
"""Windows that are combined at a time: so many stay in the cache."""


@dataclass(frozen=True)
class Epoch:
    """The metrics of one finished epoch.

    Args:
        epoch: 0-based, as in Keras.
        step: The last optimizer step of the epoch.
        logs: Metric values as in `on_epoch_end`, `val_` prefix included.
        samples: Number of samples behind a metric's value, where known.
    """

    epoch: int
    step: int
    logs: Mapping[str, float]
    samples: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Snapshot:
    """Every step of one window, for every target and statistic.

    Args:
        steps: `(steps,)`, 1-based optimizer steps, increasing.
        targets: All targets: the measured ones, then what they add up to
            (variables made of gates, and `"global"` last).
        measures: What the last axis of `values` means.
        values: `(steps, measured targets, measures)`, float32, as measured.
        loss: `(steps,)`, NaN where the optimizer was not told the loss.
        has_loss: `(steps,)`, whether it was told: a NaN is the loss itself
            then. None if that is not known.
        learning_rate: `(steps,)`.
        skipped: `(steps,)`, True where the update was not applied: an
            overflow under dynamic loss scaling, or the action `Skip`.
        seconds: Wall-clock time of the copy to the host, in seconds since
            the epoch of `time.time`.
        epochs: The epochs that ended in this window.
        samples: The steps of this window that were looked at more closely.
        setup: What is being trained.
        actions: What actions did.
        origins: Where steps stopped being finite, those of a window's first
            few such steps.
    """

    steps: Steps
    targets: tuple[Target, ...]
    measures: tuple[Measure, ...]
    values: npt.NDArray[np.float32]
    loss: Array
    learning_rate: Array
    skipped: npt.NDArray[np.bool_]
    seconds: float = 0.0
    epochs: tuple[Epoch, ...] = ()
    samples: tuple[Sample, ...] = ()
    setup: Setup = field(default_factory=Setup)
    actions: tuple[ActionRecord, ...] = ()
    origins: tuple[Origin, ...] = ()
    has_loss: npt.NDArray[np.bool_] | None = None

    def __getitem__(self, statistic: str) -> Array:
        """`(steps, targets)`, float64; a `KeyError` if it was not measured."""
        if statistic in self._combined:
            return self._combined[statistic]
        if statistic in RATIOS:
            above, below = (self[name] for name in measured_of(statistic))
            self._combined[statistic] = ratio(above, below)
        else:
            self._combined[statistic] = combine(
                statistic, self.targets, self.measures, self.values
            )
        return self._combined[statistic]

    @cached_property
    def finite_losses(self) -> list[float]:
        """The losses that are numbers, in the order of their steps."""
        losses: list[float] = self.loss[np.isfinite(self.loss)].tolist()
        return losses

    @cached_property
    def _combined(self) -> dict[str, Array]:
        return {}


def combine_windows(
    statistic: str, snapshots: Iterable[Snapshot]
) -> Iterator[tuple[tuple[Target, ...], Array]]:
    """A statistic of many windows, those with the same columns together.

    A long run has thousands of windows: one by one, calls take the time, and
    all at one go, memory does. Most of what a window holds is of other
    statistics; it is not copied. Empty windows are passed over.

    Yields:
        Targets and `(steps, targets)` of windows one after the other; NaN of
        those in which it was not measured.

    Raises:
        KeyError: If it was measured in none of them.
    """
    names = measured_of(statistic)
    windows = [snapshot for snapshot in snapshots if len(snapshot.steps)]
    kinds = {id(window.measures): window for window in windows}.values()
    if kinds and not any(_columns(window, names) for window in kinds):
        # Without it, and with a word on what there is instead.
        last = windows[-1]
        combine(statistic, last.targets, last.measures, last.values)
    for group in _alike(windows):
        targets, measures = group[0].targets, group[0].measures
        wanted = _columns(group[0], names)
        values = np.concatenate([s.values[:, :, wanted] for s in group])
        if wanted:
            chosen = tuple(measures[i] for i in wanted)
            yield targets, combine(statistic, targets, chosen, values)
        else:
            yield targets, np.full((len(values), len(targets)), np.nan)


def _columns(window: Snapshot, names: Sequence[str]) -> list[int]:
    """Where all of these measures are; none if one is not there."""
    found = [i for i, m in enumerate(window.measures) if m.name in names]
    return found if len(found) == len(names) else []


def _alike(snapshots: Iterable[Snapshot]) -> Iterator[list[Snapshot]]:
    """Some snapshots at a time, one after the other, with the same columns."""
    group: list[Snapshot] = []
    for snapshot in snapshots:
        if group and (
            len(group) == _TOGETHER
            or snapshot.targets is not group[0].targets
            or snapshot.measures is not group[0].measures
        ):
            yield group
            group = []
        group.append(snapshot)
    if group:
        yield group
