"""What is asked for is measured, and nothing else; names are enough."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

import kgrad
from kgrad.reporters import Reporter
from kgrad.session.needs import needed
from kgrad.signs import SIGNS, Exploding, Sign
from kgrad.step.statistics import BUILT_IN
from tests.small import STEPS, dense, fit

MEAN = kgrad.Statistic(
    kgrad.Measure(
        "gradient_unit_mean", "", "Mean of units' maxima.", "mean_by_units"
    ),
    lambda flow: flow.unit_max,
)


class Asks(Reporter):
    needs = frozenset({"gradient_max", "update_ratio"})


class MySign(Sign):
    name = "mine"
    description = "Nothing."
    needs = frozenset({"zero_gradient_share"})

    def update(self, snapshot: kgrad.Snapshot) -> None:
        assert snapshot["zero_gradient_share"].shape[0] == len(snapshot.steps)

    @property
    def findings(self) -> tuple[kgrad.Finding, ...]:
        return ()


def measured(folder: Path, **arguments: object) -> set[str]:
    settings = {"signs": [], "reporters": []} | arguments
    monitor = kgrad.GradientMonitor(folder, **settings)  # type: ignore[arg-type]
    fit(dense(), monitor)
    assert list(monitor.history.steps) == list(range(1, STEPS + 1))
    assert np.isfinite(monitor.history.loss).all()
    return {measure.name for measure in monitor.history.measures}


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        ({}, set()),
        ({"signs": [MySign()]}, {"zero_gradient_share"}),
        (
            {"reporters": [Asks()]},
            {"gradient_max", "update_norm", "weight_norm"},
        ),
        ({"statistics": ["gradient_max"]}, {"gradient_max"}),
        ({"statistics": [MEAN]}, {"gradient_unit_mean"}),
        (
            {"signs": ["vanishing", MySign()]},
            {"gradient_norm", "zero_gradient_share"},
        ),
    ],
)
def test_only_what_is_asked_for_is_measured(
    arguments: dict[str, object], names: set[str], tmp_path: Path
) -> None:
    found = measured(tmp_path, **arguments)
    if "vanishing" in arguments.get("signs", ()):  # type: ignore[operator]
        # A sign by its name brings every rule that goes by it.
        names = names.union(*(k.needs for k in SIGNS if k.name == "vanishing"))
    assert found == names


def test_all_of_them_can_be_asked_for(tmp_path: Path) -> None:
    found = measured(tmp_path, statistics=["all", MEAN])
    assert found == {s.measure.name for s in (*BUILT_IN, MEAN)}


def test_a_statistic_of_ones_own_is_its_definition(tmp_path: Path) -> None:
    monitor = kgrad.GradientMonitor(
        tmp_path, statistics=["gradient_max", MEAN], reporters=[], signs=[]
    )
    fit(dense(), monitor)
    history = kgrad.RunHistory.load(tmp_path)
    mean, largest = history["gradient_unit_mean"], history["gradient_max"]
    assert (mean > 0).all()
    assert (mean <= largest).all()
    assert (mean < largest).any()


class Keeps(Reporter):
    needs = frozenset(s.measure.name for s in BUILT_IN)

    def __init__(self) -> None:
        self.windows: list[kgrad.Snapshot] = []

    def write(
        self, snapshot: kgrad.Snapshot, findings: Sequence[kgrad.Finding]
    ) -> None:
        self.windows.append(snapshot)


@pytest.fixture(scope="module")
def windows(tmp_path_factory: pytest.TempPathFactory) -> list[kgrad.Snapshot]:
    """A training of which everything is measured."""
    keeps = Keeps()
    folder = tmp_path_factory.mktemp("needs")
    fit(
        dense(),
        kgrad.GradientMonitor(folder, reporters=[keeps], window=10),
        epochs=20,
    )
    assert len(keeps.windows) >= 10
    return keeps.windows


@pytest.mark.parametrize("kind", SIGNS, ids=lambda kind: kind.__name__)
def test_every_sign_says_what_it_needs(
    kind: type[Sign], windows: list[kgrad.Snapshot]
) -> None:
    """Alone, without reporters, a sign has only what it asked for."""
    names = needed([kind()], [], [])
    kept = [m.name in names for m in windows[0].measures]
    measures = tuple(m for m in windows[0].measures if m.name in names)
    assert {measure.name for measure in measures} == names
    kgrad.signs.diagnose(
        [
            replace(window, measures=measures, values=window.values[..., kept])
            for window in windows
        ],
        [kind()],
    )


def test_a_name_brings_what_goes_by_it(tmp_path: Path) -> None:
    named = kgrad.GradientMonitor(tmp_path, signs=["exploding"])
    kinds = [type(sign) for sign in named._pipeline._signs]
    assert kinds == [kind for kind in SIGNS if kind.name == "exploding"]
    assert Exploding in kinds
    more = [*kgrad.signs.default(), MySign()]
    assert len(more) == len(SIGNS) + 1


@pytest.mark.parametrize(
    ("arguments", "error", "match"),
    [
        ({"signs": ["explodes"]}, ValueError, r"'exploding'.*'explodes'"),
        ({"signs": "exploding"}, TypeError, "list of names"),
        ({"signs": [3]}, TypeError, "list of names"),
        ({"statistics": ["norm"]}, ValueError, r"'gradient_norm'.*'norm'"),
        ({"statistics": "gradient_norm"}, TypeError, "list of names"),
        ({"statistics": [tf.abs]}, TypeError, "list of names"),
        ({"statistics": [MEAN, MEAN]}, ValueError, "names of their own"),
        ({"statistics": [BUILT_IN[0]]}, ValueError, "names of their own"),
    ],
)
def test_what_cannot_be_chosen_is_refused(
    arguments: dict[str, object],
    error: type[Exception],
    match: str,
    tmp_path: Path,
) -> None:
    with pytest.raises(error, match=match):
        kgrad.GradientMonitor(tmp_path, **arguments)  # type: ignore[arg-type]
