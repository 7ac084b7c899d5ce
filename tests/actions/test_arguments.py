"""What is refused, before training begins."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import kgrad
from kgrad import signs
from kgrad.actions import AutoClip, Restore, Skip, Stop


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: Stop(""), TypeError, "`signs` must be names.*signs=''"),
        (lambda: Stop(1), TypeError, "`signs` must be names.*signs=1"),
        (lambda: Skip(factor="2"), TypeError, "`factor`.*factor='2'"),
        (lambda: Skip(factor=True), TypeError, "`factor`.*factor=True"),
        (lambda: Skip(factor=1.0), ValueError, "above 1.*factor=1.0"),
        (lambda: Skip(factor=math.nan), ValueError, "above 1.*factor=nan"),
        (lambda: Skip(patience=0), ValueError, "`patience`.*patience=0"),
        (lambda: Skip(patience=2.0), TypeError, "`patience`.*patience=2.0"),
        (lambda: Skip(warmup=0), ValueError, "`warmup`.*warmup=0"),
        (lambda: Skip(memory=-1), ValueError, "`memory`.*memory=-1"),
        (lambda: Restore(2), TypeError, "`signs` must be names.*signs=2"),
        (lambda: Restore(every=0), ValueError, "`every`.*every=0"),
        (lambda: Restore(attempts=0), ValueError, "`attempts`.*attempts=0"),
        (
            lambda: Restore(learning_rate_factor=0),
            ValueError,
            "above 0 and at most 1.*learning_rate_factor=0",
        ),
        (
            lambda: Restore(learning_rate_factor=2),
            ValueError,
            "above 0 and at most 1.*learning_rate_factor=2",
        ),
        (
            lambda: Restore(learning_rate_factor=None),
            TypeError,
            "must be a number.*learning_rate_factor=None",
        ),
        (lambda: AutoClip(0), ValueError, "between 0 and 100.*percentile=0"),
        (lambda: AutoClip(100), ValueError, "between 0.*percentile=100"),
        (lambda: AutoClip("9"), TypeError, "a number.*percentile='9'"),
        (lambda: AutoClip(memory=0), ValueError, "`memory`.*memory=0"),
    ],
)
def test_an_argument_is_refused(
    make: Callable[[], Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        make()


@pytest.mark.parametrize(
    ("actions", "error", "message"),
    [
        ([signs.Nonfinite()], TypeError, "`actions` must be a list"),
        ("stop", TypeError, "`actions` must be a list.*actions='stop'"),
        ([Stop(), Stop()], ValueError, r"one of each.*\['stop', 'stop'\]"),
        ([Stop("nan")], ValueError, "`signs` of `Stop` must.*signs='nan'"),
        ([Restore("x")], ValueError, "`signs` of `Restore`.*signs='x'"),
    ],
)
def test_the_monitor_refuses_actions(
    actions: Any, error: type[Exception], message: str, tmp_path: Path
) -> None:
    with pytest.raises(error, match=message):
        kgrad.GradientMonitor(tmp_path, actions=actions)


def test_a_sign_that_nobody_looks_for_cannot_stop(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="must be among those that are looked"):
        kgrad.GradientMonitor(
            tmp_path, signs=[signs.Exploding()], actions=[Stop()]
        )
