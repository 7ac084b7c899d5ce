"""An action that fails itself is left out; training continues."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kgrad.actions import Action, Skip
from kgrad.records import ActionRecord
from tests.actions.training import STEPS, data, train


class Failing(Action):
    """Fails where it is told to, and counts how often it is called."""

    name = "failing"

    def __init__(self, where: str) -> None:
        self.where = where
        self.calls = 0

    def _called(self, where: str) -> None:
        self.calls += 1
        if where == self.where:
            raise RuntimeError("no more")

    def begin(self, run: Any) -> None:
        self._called("begin")

    def update(self, snapshot: Any, run: Any) -> None:
        self._called("update")

    def act(self, run: Any) -> Iterable[ActionRecord]:
        self._called("act")
        return ()


@pytest.mark.parametrize(
    ("where", "calls"), [("begin", 1), ("update", 2), ("act", 3)]
)
def test_it_is_left_out_with_one_warning(
    where: str, calls: int, tmp_path: Path
) -> None:
    alone = train(tmp_path / "alone", [], data())
    failing = Failing(where)
    message = "The action `failing` failed and is left out.*no more"
    with pytest.warns(RuntimeWarning, match=message) as told:
        got = train(tmp_path / "failing", [failing], data())
    assert len(told) == 1
    assert failing.calls == calls
    for a, b in zip(got.state, alone.state, strict=True):
        np.testing.assert_array_equal(a, b)
    assert len(got.monitor.history.steps) == STEPS


@pytest.mark.filterwarnings("ignore:kgrad. The action `failing`")
def test_the_others_still_act(tmp_path: Path) -> None:
    got = train(tmp_path, [Failing("begin"), Skip()], data([7]))
    (act,) = got.monitor.history.actions
    assert (act.action, act.step) == ("skip", 7)
    assert all(np.isfinite(a).all() for a in got.state)
