"""One target at a time is what all targets side by side are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from kgrad.records import with_ratios
from kgrad.storage.by_target import ByTarget
from kgrad.storage.history import RunHistory
from tests.reporters import made


def test_columns_are_those_of_the_history() -> None:
    whole = [made.snapshot(1), made.snapshot(9, steps=3)]
    whole[0].values[2, 1] = np.nan, np.inf, 0, 0, 0
    few = replace(
        made.snapshot(12),
        targets=(made.TARGETS[4], replace(made.TARGETS[-1], parts=(0,))),
        measures=made.MEASURES[:2],
    )
    few = replace(few, values=few.values[:, 4:, :2])
    history = RunHistory([*whole, few])
    numbers = ByTarget(history.snapshots)
    for measure in with_ratios(made.MEASURES):
        for target in history.targets:
            expected = np.concatenate(
                [
                    RunHistory([s])[measure.name, target]
                    if target in {t.name for t in s.targets}
                    and measure.name
                    in {m.name for m in with_ratios(s.measures)}
                    else np.full(len(s.steps), np.nan)
                    for s in history.snapshots
                ]
            )
            np.testing.assert_allclose(
                numbers.column(measure.name, target), expected, rtol=1e-12
            )
    assert np.isnan(numbers.column("gradient_norm", "nobody")).all()
    assert len(ByTarget([]).column("gradient_norm", "global")) == 0
