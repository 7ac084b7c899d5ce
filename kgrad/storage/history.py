"""Every measured step of a run, in memory or loaded from disk."""

from __future__ import annotations

import importlib
import os
import warnings
from collections.abc import Iterable
from difflib import get_close_matches
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from kgrad.diagnosis import Diagnoses, diagnoses
from kgrad.records import (
    ActionRecord,
    Array,
    Epoch,
    Finding,
    Measure,
    Origin,
    Sample,
    Setup,
    Snapshot,
    Steps,
    Target,
    TimeProfiles,
    combine_windows,
    concatenated,
    with_ratios,
)
from kgrad.signs import ranked
from kgrad.signs.layer_order import LayerOrder
from kgrad.storage.loading import load_folder
from kgrad.storage.places import runs_in

if TYPE_CHECKING:
    import pandas as pd


class RunHistory:
    """What was measured in a run: every step, every target.

    Args:
        snapshots: The windows of the run, in the order of their steps.
        findings: What the signs reported about them; loaded, the gravest
            first and notes last.
        damage: What could not be read, one sentence each.
        places: Where to load each run from that the folder holds; the last of
            them is this one.

    Example:
        >>> history = RunHistory.load("runs/1")  # doctest: +SKIP
        >>> history["gradient_norm"].shape    # doctest: +SKIP
        (10000, 8)
        >>> history["gradient_norm", "lstm/kernel"].shape  # doctest: +SKIP
        (10000,)
    """

    def __init__(
        self,
        snapshots: Iterable[Snapshot] = (),
        findings: Iterable[Finding] = (),
        damage: Iterable[str] = (),
        places: Iterable[str] = (),
    ) -> None:
        self.snapshots = tuple(snapshots)
        self.findings = tuple(findings)
        self.damage = tuple(damage)
        self.places = tuple(places)

    @classmethod
    def load(cls, folder: str | os.PathLike[str]) -> RunHistory:
        """Reads a run folder, even of a run that was killed or still runs.

        A folder that was written to several times holds one run: where two
        files hold the same step, the later file wins. A run that is hidden by
        a later one is loaded by the name of its last file: `places` has it.

        Args:
            folder: The `log_dir` given to `GradientMonitor`, or a file in it,
                for the run as it was when that file was the last.

        Raises:
            FileNotFoundError: If the folder holds no run.
        """
        others = runs_in(folder)
        if others:
            warnings.warn(
                f"kgrad: {os.fspath(folder)} also holds other runs, to be "
                f"loaded from {', '.join(p.name for p in others)} in it",
                RuntimeWarning,
                stacklevel=2,
            )
        snapshots, findings, damage, places = load_folder(folder)
        return cls(
            snapshots,
            # A file has them in the order in which they came.
            ranked(findings, clinic={}),
            damage,
            [*map(os.fspath, others), *places],
        )

    @property
    def targets(self) -> tuple[str, ...]:
        """Names of the targets, the columns of every statistic."""
        return _names(self.target_records)

    @cached_property
    def target_records(self) -> tuple[Target, ...]:
        """The targets themselves; `"global"` is the last."""
        by_name: dict[str, Target] = {}
        for targets in {
            id(s.targets): s.targets for s in self.snapshots
        }.values():
            for target in targets:
                by_name[target.name] = target
        whole = [t for t in by_name.values() if not t.layer]
        return tuple(t for t in by_name.values() if t.layer) + tuple(whole)

    @property
    def measures(self) -> tuple[Measure, ...]:
        """What was ever measured; `kgrad.records.with_ratios` has the rest."""
        kinds = {id(s.measures): s.measures for s in self.snapshots}.values()
        return tuple({m.name: m for kind in kinds for m in kind}.values())

    @property
    def setup(self) -> Setup:
        """What was trained, as of the last window."""
        return self.snapshots[-1].setup if self.snapshots else Setup()

    @cached_property
    def steps(self) -> Steps:
        """`(steps,)`: the optimizer steps, 1-based, increasing."""
        return concatenated([s.steps for s in self.snapshots], np.int64)

    @cached_property
    def loss(self) -> Array:
        """`(steps,)`: the loss of each step, NaN where it is unknown."""
        return concatenated([s.loss for s in self.snapshots], np.float64)

    @cached_property
    def learning_rate(self) -> Array:
        """`(steps,)`: the learning rate of each step."""
        return concatenated(
            [s.learning_rate for s in self.snapshots], np.float64
        )

    @cached_property
    def skipped(self) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """`(steps,)`: True where the update was not applied."""
        return concatenated([s.skipped for s in self.snapshots], np.bool_)

    @cached_property
    def epochs(self) -> tuple[Epoch, ...]:
        """The finished epochs and their metrics."""
        return tuple(e for s in self.snapshots for e in s.epochs)

    @cached_property
    def samples(self) -> tuple[Sample, ...]:
        """The steps that were looked at more closely."""
        return tuple(x for s in self.snapshots for x in s.samples)

    @cached_property
    def actions(self) -> tuple[ActionRecord, ...]:
        """What actions did, in the order in which it is known."""
        return tuple(a for s in self.snapshots for a in s.actions)

    @cached_property
    def origins(self) -> tuple[Origin, ...]:
        """Where steps stopped being finite, or labels had no class."""
        return tuple(o for s in self.snapshots for o in s.origins)

    @cached_property
    def diagnoses(self) -> Diagnoses:
        """The findings, grouped by cause, the gravest first."""
        return diagnoses(self.findings, LayerOrder(self.snapshots))

    def time_profiles(self, layer: str, state: str = "h") -> TimeProfiles:
        """The gradient through time of a recurrent layer, sample by sample.

        Args:
            layer: Its path, or the last part of it.
            state: `"h"`, or `"c"` of an LSTM.

        Returns:
            `norm`, `(samples, T)` float64, of shorter sequences NaN before
            their start; `steps`, `(samples,)`, the optimizer steps; and the
            `profiles` themselves.

        Raises:
            KeyError: If there is no such layer or state, or several layers
                have this name.
        """
        every = [p for sample in self.samples for p in sample.profiles]
        named = {p.layer for p in every if p.layer.endswith(f"/{layer}")}
        if len(named) > 1 and layer not in {p.layer for p in every}:
            raise KeyError(
                "`layer` must be the path of one recurrent layer, among "
                f"{sorted(named)}. Received: layer={layer!r}"
            )
        named = {layer} if any(p.layer == layer for p in every) else named
        found = [p for p in every if p.layer in named and state == p.state]
        if not found:
            names = sorted({(p.layer, p.state) for p in every})
            raise KeyError(
                "`layer` and `state` must be a recurrent layer and one of "
                f"its states, among {names}. "
                f"Received: layer={layer!r}, state={state!r}"
            )
        return TimeProfiles.of(found)

    def __getitem__(self, key: str | tuple[str, str]) -> Array:
        """A statistic as `(steps, targets)`, float64, or of one target alone.

        Where a target was not trained, or it was not measured, it is NaN.

        Args:
            key: A measure's name, or `"update_ratio"`; or that and the name
                of a target, for `(steps,)`.

        Raises:
            KeyError: If it was not measured, or there is no such target.
        """
        if isinstance(key, tuple):
            statistic, target = key
            return self[statistic][:, self._column(target)]
        return self._values(key)

    def _column(self, target: str) -> int:
        if target in self.targets:
            return self.targets.index(target)
        nearest = get_close_matches(target, self.targets, n=3, cutoff=0.4)
        raise KeyError(
            "`target` must be one of `history.targets`"
            + (f"; nearest are {nearest}" if nearest else "")
            + f". Received: target={target!r}"
        )

    def _values(self, statistic: str) -> Array:
        column = {name: i for i, name in enumerate(self.targets)}
        result = np.full((len(self.steps), len(column)), np.nan)
        row = 0
        for targets, values in combine_windows(statistic, self.snapshots):
            rows = result[row : row + len(values)]
            if _names(targets) == self.targets:
                rows[:] = values
            else:
                rows[:, [column[name] for name in _names(targets)]] = values
            row += len(values)
        return result

    def to_pandas(self, statistic: str | None = None) -> pd.DataFrame:
        """The history as a table.

        Args:
            statistic: If given, one column per target; otherwise all
                statistics, with columns `(statistic, target)`.

        Returns:
            A `pandas.DataFrame` indexed by step.

        Raises:
            ImportError: If pandas is not installed.
            KeyError: If the statistic was not measured.
        """
        try:
            import pandas
        except ImportError as error:
            raise ImportError(
                "`to_pandas` requires pandas: `pip install kgrad[pandas]`."
            ) from error
        if statistic is not None:
            return pandas.DataFrame(
                self[statistic],
                index=pandas.Index(self.steps, name="step"),
                columns=list(self.targets),
            )
        names = [measure.name for measure in with_ratios(self.measures)]
        return pandas.concat(
            {name: self.to_pandas(name) for name in names}, axis=1
        )

    def __repr__(self) -> str:
        return (
            f"<RunHistory: {len(self.steps)} steps, "
            f"{len(self.targets)} targets, "
            f"{len(self.findings)} findings>"
        )

    def _repr_html_(self) -> str:
        # Imported by name: it lies above, and only a notebook asks for it.
        page = importlib.import_module("kgrad.report.html")
        return str(page.history_html(self))


def _names(targets: Iterable[Target]) -> tuple[str, ...]:
    return tuple(target.name for target in targets)
