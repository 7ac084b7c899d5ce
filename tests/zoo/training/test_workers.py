"""Two workers train as one process would; only the chief writes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import kgrad
from tests.step import cluster, modes
from zoo import schema
from zoo.cli import main
from zoo.runs.result import Result
from zoo.training import workers

SETTINGS = {
    "train_size": 40,
    "validation_size": 20,
    "test_size": 20,
    "batch_size": 20,
    "epochs": 2,
    "units": 4,
    "length": 12,
}
NAME = "temporal_order/simple_rnn-base"


pytestmark = pytest.mark.xdist_group("workers")


TOGETHER = (("fit", "tape_loop"), ("guarded", "asking", "restored", "scaled"))
"""What is trained in the same processes."""

Trained = Callable[[str], dict[str, Any]]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """From a way to train to what came of it, and of those with it."""

    @cache
    def of(names: tuple[str, ...]) -> dict[str, Any]:
        return results(names, tmp_path_factory)

    return lambda how: of(next(names for names in TOGETHER if how in names))


def results(
    names: tuple[str, ...], folders: pytest.TempPathFactory
) -> dict[str, Any]:
    """By worker, and of one process alone, what they found and wrote."""
    together, alone = folders.mktemp("together"), folders.mktemp("alone")
    module = "tests.zoo.training.on_workers"
    cluster.run(["-m", module, str(together), *names])
    subprocess.run(
        [sys.executable, "-m", module, str(alone), *names],
        check=True,
        timeout=cluster.SECONDS,
    )
    found: dict[str, Any] = {"folder": together}
    for name, file in (
        ("chief", together / "0.npz"),
        ("worker", together / "1.npz"),
        ("alone", alone / "0.npz"),
    ):
        with np.load(file) as content:
            found[name] = dict(content)
    return found


@pytest.mark.full
@pytest.mark.parametrize("how", ["fit", "tape_loop"])
def test_two_workers_are_measured_as_one_process(
    how: str, trained: Trained
) -> None:
    found = trained(how)
    chief, worker, alone = (found[k] for k in ("chief", "worker", "alone"))
    plain = [k for k in chief if k.startswith(f"{how} plain")]
    assert len(plain) >= 5
    for name in plain:
        watched = chief[name.replace("plain", "watched")]
        np.testing.assert_array_equal(chief[name], watched)
        np.testing.assert_array_equal(worker[name], chief[name])
    numbers = [k for k in alone if k.startswith(f"{how} ") and k not in plain]
    numbers = [k for k in numbers if "watched" not in k and "find" not in k]
    if how != "fit":
        # A loop of several workers is not sampled.
        numbers = [k for k in numbers if not k.endswith("profiles")]
    assert len(numbers) >= 8
    for name in numbers:
        np.testing.assert_allclose(
            chief[name], alone[name], rtol=1e-5, atol=1e-9, err_msg=name
        )
    assert len(chief[f"{how} loss"]) == modes.STEPS


@pytest.mark.full
def test_only_the_chief_writes_and_all_find_the_same(
    trained: Trained,
) -> None:
    found = trained("fit")
    folder = found["folder"]
    history = kgrad.RunHistory.load(folder / "0" / "fit")
    assert list(history.steps) == list(range(1, modes.STEPS + 1))
    assert not (folder / "1").exists()
    for how in ("fit", "tape_loop"):
        key = f"{how} findings"
        assert list(found["worker"][key]) == list(found["chief"][key])


@pytest.mark.full
@pytest.mark.parametrize("how", TOGETHER[1])
def test_all_workers_act_alike_and_as_one_process(
    how: str, trained: Trained
) -> None:
    found = trained(how)
    chief, worker, alone = (found[k] for k in ("chief", "worker", "alone"))
    states = [k for k in chief if k.startswith(f"{how} state")]
    assert len(states) >= 10
    for name in states:
        np.testing.assert_array_equal(worker[name], chief[name])
        if how != "asking":  # One process reads by the clock, too.
            np.testing.assert_allclose(
                chief[name], alone[name], rtol=1e-5, atol=1e-6
            )
    assert str(worker[f"{how} stopped"]) == str(chief[f"{how} stopped"])
    acts = chief[f"{how} acts"].tolist()
    kinds = [act.split(maxsplit=1)[0] for act in acts]
    if how == "asking":
        assert "Stopped the training at step 8" in acts[0]
        assert kinds == ["Stopped"]
        return
    assert acts == alone[f"{how} acts"].tolist()
    expected = {
        "guarded": {"Skipped", "Clipped", "Restored", "Accepted", "Gave"},
        "restored": {"Restored", "Gave", "Stopped"},
        "scaled": set(),
    }
    assert set(kinds) == expected[how]


@pytest.mark.full
def test_what_only_one_worker_says_is_not_what_all_say(
    trained: Trained,
) -> None:
    found = trained("asking")
    for who in ("chief", "worker"):
        assert found[who]["all say so"].tolist() == [True, False, False]
    assert found["alone"]["all say so"].tolist() == [True, True, False]


@pytest.mark.full
@pytest.mark.slow
def test_the_zoo_trains_under_tf_config_as_it_does_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sets = [f"{name}={value}" for name, value in SETTINGS.items()]
    command = [
        "train",
        NAME,
        *(w for s in sets for w in ("--set", s)),
        "--runs",
    ]
    printed = cluster.run(["-m", "zoo", *command, str(tmp_path / "together")])
    assert all(f"{NAME} begins" in text for text in printed)
    main([*command, str(tmp_path / "alone")])
    capsys.readouterr()
    histories, results = [], []
    for place in ("alone", "together"):
        folder = tmp_path / place / NAME
        histories.append(kgrad.RunHistory.load(folder))
        text = (folder / "result.json").read_text(encoding="utf-8")
        results.append(schema.read(Result, text))
    alone, together = histories
    np.testing.assert_allclose(together.loss, alone.loss, rtol=1e-4)
    np.testing.assert_allclose(
        together["gradient_norm"], alone["gradient_norm"], rtol=1e-3
    )
    assert results[1].test == pytest.approx(results[0].test, abs=0.051)
    assert results[1].horizon == results[0].horizon


def test_a_model_of_one_process_is_left_as_it_is() -> None:
    model = modes.recurrent()
    model.compile("sgd", "mse")
    before = dict(vars(model))
    with workers.fitting(model):
        assert vars(model) == before


def test_without_tf_config_there_is_no_cluster() -> None:
    assert "TF_CONFIG" not in os.environ
    assert not workers.several_asked_for()
    assert workers.strategy().num_replicas_in_sync == 1


@pytest.mark.parametrize("more", [["--all"], [NAME, "--seeds", "1", "2"]])
def test_a_grid_is_refused_where_several_would_train_it(
    more: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("TF_CONFIG", '{"cluster": {"worker": ["a:1", "b:1"]}}')
    with pytest.raises(SystemExit):
        main(["train", *more])
    assert "must name one model" in capsys.readouterr().err
