"""On several replicas actions do what they do on one, and do it on all."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from kgrad.actions import Action, Run, Stop
from kgrad.actions.stage import Stage
from kgrad.step import replicas
from tests.step import two_devices

EACH_PUSH = ["restore"]
OTHERS = ["skip", "alone", "scaling", "stop", "eager", "loop"]

pytestmark = pytest.mark.xdist_group("replicas")


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Trains cases, in a process that has two devices; what they left."""
    folder = tmp_path_factory.mktemp("replicas")
    return two_devices.results(
        "tests.actions.on_replicas", folder, EACH_PUSH, OTHERS
    )


def pairs(
    found: dict[str, np.ndarray],
) -> list[tuple[np.ndarray, np.ndarray]]:
    """What two replicas came to, and what it is compared with."""
    several = [k for k in found if k.startswith("several ")]
    assert len(several) >= 8
    return [
        (found[k], found[k.replace("several", "expected")]) for k in several
    ]


def same_numbers(found: dict[str, np.ndarray]) -> None:
    """What is in the history of two replicas, and in that of one."""
    for i in range(4):
        several, alone = found[f"numbers {i}"], found[f"numbers alone {i}"]
        np.testing.assert_allclose(several, alone, rtol=1e-5, atol=1e-6)


@pytest.mark.full
@pytest.mark.parametrize("case", ["skip", "eager", "loop"])
def test_nothing_is_left_of_a_step_that_is_left_out(
    case: str, trained: Any
) -> None:
    found = trained(case)
    for several, expected in pairs(found):
        np.testing.assert_array_equal(several, expected)
    np.testing.assert_array_equal(found["logs"], found["expected logs"])
    assert np.isfinite(found["logs"]).all()
    assert found["steps"].tolist() == [3, 7, 10, 11]
    assert found["counted"].tolist() == [4, 4]


@pytest.mark.full
def test_two_replicas_act_as_one_process_does(trained: Any) -> None:
    found = trained("alone")
    for several, expected in pairs(found):
        np.testing.assert_allclose(several, expected, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(found["logs"], found["expected logs"], rtol=1e-5)
    same_numbers(found)
    acts = found["acts"].tolist()
    assert acts == found["acts alone"].tolist()
    assert [act.split()[0] for act in acts].count("Skipped") == 3
    assert any(
        act.startswith("Accepted a new level at step 11") for act in acts
    )
    assert any(act.startswith("Clipped") for act in acts)


def test_each_replica_gets_back_what_was_its_own(trained: Any) -> None:
    found = trained("restore")
    several, expected = zip(*pairs(found), strict=True)
    for got, then in zip(several, expected, strict=True):
        np.testing.assert_array_equal(got, then)
    # Two copies of each: weights are the same, moving statistics are not.
    same = [
        np.array_equal(a, b)
        for a, b in zip(several[::2], several[1::2], strict=True)
    ]
    assert same.count(False) == 2
    (act,) = found["acts"].tolist()
    assert "Restored the state of step 24 at step 92" in act
    assert [act] == found["acts alone"].tolist()
    np.testing.assert_array_equal(found["rates"], found["rates alone"])
    assert found["rates"][92] == 0.5 * found["rates"][24]
    ends = [k for k in found if k.startswith("end ")]
    assert len(ends) == len(several)
    assert all(np.isfinite(found[k]).all() for k in ends)


@pytest.mark.full
def test_it_stops_where_one_process_stops(trained: Any) -> None:
    found = trained("stop")
    same_numbers(found)
    acts = found["acts"].tolist()
    assert acts == found["acts alone"].tolist()
    assert acts[0].startswith("Clipped ")
    assert "Stopped the training at step 8: `nonfinite` at " in acts[-1]


@pytest.mark.full
def test_an_overflow_in_any_replica_is_one_of_loss_scaling(
    trained: Any,
) -> None:
    found = trained("scaling")
    for several, expected in pairs(found):
        np.testing.assert_array_equal(several, expected)
        assert np.isfinite(several).all()
    assert found["skipped"].tolist() == [5]
    assert found["acts"].tolist() == []
    assert any((found[k] == 2.0**14).all() for k in found if k[:3] == "sev")


class Broken(Action):
    """Raises where it is told to."""

    name = "broken"

    def __init__(self, place: str) -> None:
        self._place = place

    def begin(self, run: Run) -> None:
        self._do("begin")

    def update(self, snapshot: Any, run: Run) -> None:
        self._do("update")

    def act(self, run: Run) -> list[Any]:
        self._do("act")
        return []

    def _do(self, what: str) -> None:
        if what == self._place:
            raise ValueError(f"in {what}")


def test_replicas_that_do_not_take_turns_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    name = "strategy_supports_no_merge_call"
    monkeypatch.setattr(tf.__internal__.distribute, name, lambda: False)
    replicas.require_turns()
    monkeypatch.setattr(tf.__internal__.distribute, name, lambda: True)
    with pytest.raises(NotImplementedError, match="`jit_compile=False`"):
        replicas.require_turns()


@pytest.mark.parametrize("place", ["begin", "update", "act"])
def test_none_of_several_processes_goes_on_without_an_action(
    place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kgrad.step.replicas.processes", lambda strategy: 2)
    stage = Stage([Broken(place), Stop()], ["nonfinite"])
    optimizer = keras.optimizers.SGD()
    guard = stage.guard(None, optimizer)

    def train() -> None:
        stage.begin(None, optimizer, guard, 0)
        # A window is read where nothing may raise: it is told afterwards.
        stage.update([None], [])  # type: ignore[list-item]
        stage.act(4)

    with pytest.raises(RuntimeError, match=f"`broken` failed.*in {place}"):
        train()


@pytest.mark.parametrize("processes", [1, 2])
def test_none_of_several_processes_acts_on_less_than_the_others(
    processes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replicas, "processes", lambda strategy: processes)
    stage = Stage([Stop()], ["nonfinite"])
    optimizer = keras.optimizers.SGD()
    stage.begin(None, optimizer, stage.guard(None, optimizer), 0)
    stage.missed(OSError("gone"))
    if processes == 1:
        assert stage.act(4) == ()
        return
    with pytest.raises(RuntimeError, match=r"cannot be read.*OSError: gone"):
        stage.act(4)
