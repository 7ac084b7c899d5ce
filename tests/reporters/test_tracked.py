"""Which run of a tracker is told what, without the packages themselves."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from kgrad.reporters.mlflow import MlflowReporter, _name
from kgrad.reporters.tracked import TrackedReporter
from kgrad.reporters.wandb import WandbReporter
from tests.reporters.made import finding, snapshot


class Tracked(TrackedReporter):
    """Remembers what a tracker would be told."""

    def __init__(self) -> None:
        super().__init__(report=False)
        self.concluded: list[str] = []

    def find(self) -> None: ...

    def log(self, step: int, values: Mapping[str, float]) -> None: ...

    def alert(self, title: str, text: str) -> None: ...

    def conclude(self, signs: Sequence[str], text: str) -> None:
        self.concluded.append(", ".join(signs))

    def keep(self, page: Path) -> None: ...


def test_a_run_is_concluded_once_and_anew_after_more_steps() -> None:
    reporter = Tracked()
    reporter.begin("")
    for first in (1, 9):
        reporter.write(snapshot(first), [finding()])
        reporter.close([finding()])
        reporter.close([finding()])  # `monitor.close()` after `fit`.
    assert reporter.concluded == ["exploding", "exploding"]


def test_of_a_run_without_steps_nothing_is_concluded() -> None:
    reporter = Tracked()
    reporter.begin("")
    reporter.close([])
    assert reporter.concluded == []


class Run:
    """A run of W&B that is asked for metrics alone."""

    def __init__(self) -> None:
        self.axes: list[str] = []
        self.logged: list[int] = []

    def define_metric(self, name: str, **arguments: Any) -> None:
        self.axes.append(name)

    def log(self, values: Mapping[str, float]) -> None:
        self.logged.append(int(values["kgrad/step"]))


def test_each_fit_goes_to_the_run_of_wandb_that_is_active(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    runs = [Run(), Run()]
    wandb: Any = SimpleNamespace(run=None)
    monkeypatch.setitem(sys.modules, "wandb", wandb)
    reporter = WandbReporter()
    for i, run in enumerate(runs):
        wandb.run = run
        reporter.fit_begins(1)
        if not i:
            reporter.begin("")
        reporter.write(snapshot(8 * i + 1), [])
    assert [run.logged for run in runs] == [[8], [16]]
    assert all(run.axes == ["kgrad/step", "kgrad/*"] for run in runs)


def test_each_fit_goes_to_the_run_of_mlflow_that_is_active(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    active: list[str] = []
    logged: list[str] = []

    def active_run() -> Any:
        run = SimpleNamespace(run_id=active[-1] if active else "")
        return SimpleNamespace(info=run) if active else None

    mlflow: Any = SimpleNamespace(
        active_run=active_run,
        entities=SimpleNamespace(Metric=lambda *_: None),
        MlflowClient=lambda: SimpleNamespace(
            log_batch=lambda run, metrics: logged.append(run)
        ),
    )
    monkeypatch.setitem(sys.modules, "mlflow", mlflow)
    active.append("parent")
    reporter = MlflowReporter()
    active.append("child")
    reporter.fit_begins(1)
    reporter.begin("")
    reporter.write(snapshot(), [])
    active.pop()
    reporter.fit_begins(1)
    reporter.write(snapshot(9), [])
    active.pop()
    reporter.fit_begins(1)
    reporter.write(snapshot(17), [])
    assert logged == ["child", "parent", "parent"]


def test_mlflow_takes_any_name() -> None:
    assert _name("kgrad/gradient_norm/a[b]+c") == "kgrad/gradient_norm/a_b__c"
    name = _name("kgrad/gradient_norm/" + 30 * "long_name/" + "kernel")
    assert len(name) == 250
    assert name.startswith("kgrad/gradient_norm/long_name/")
    assert name.endswith("long_name/kernel")
