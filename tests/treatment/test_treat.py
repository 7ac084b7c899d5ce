"""The whole experiment on models that train in a moment."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

import kgrad
from kgrad.treatment import Treatments
from tests.reporters.made import Events
from tests.small import BATCH, data, dense

FOLDERS = ["0-untreated", "1-smaller-learning-rate", "2-gradient-clipping"]


def sick(rate: float = 1e30) -> keras.Model:
    """Its first update throws it out of the range of float32."""
    model = keras.Sequential([layers.Input((3,)), layers.Dense(2)])
    model.compile(keras.optimizers.SGD(rate), "mse")
    return model


def fit(model: keras.Model, callbacks: list[Any]) -> None:
    x, y = data()
    model.fit(x, y, BATCH, epochs=2, verbose=0, callbacks=callbacks)


def treat(place: Path, **arguments: Any) -> Treatments:
    given = {"build": sick, "fit": fit, "verbose": 0} | arguments
    return kgrad.treat(log_dir=given.pop("log_dir", place), **given)


def test_each_remedy_is_a_run_beside_the_untreated_one(tmp_path: Path) -> None:
    treatments = treat(tmp_path, chance={"loss": 1.0})
    assert [run.log_dir.name for run in treatments] == FOLDERS
    untreated, slower, clipped = treatments
    assert untreated.signs[0] == "nonfinite"
    assert untreated.remedy is None
    assert not untreated.gone
    assert treatments.metric == "loss"
    for run in treatments:
        history = kgrad.RunHistory.load(run.log_dir)
        assert history.setup.hparams == {"remedy": run.name}
        assert run.steps == len(history.steps) == 10
        assert run.findings == tuple(history.findings)
        assert run.after == history.epochs[-1].logs["loss"] or np.isnan(
            run.after
        )
        assert run.seconds > 0
        assert Events(run.log_dir).tags
    setup = kgrad.RunHistory.load(clipped.log_dir).setup
    assert setup.optimizer_arguments["global_clipnorm"] == 1.0
    setup = kgrad.RunHistory.load(slower.log_dir).setup
    assert setup.optimizer_arguments["learning_rate"] == 1.0
    names = {remedy.name for remedy in treatments.manual}
    assert names == {"clean data"}


def test_signs_that_are_gone_are_told(tmp_path: Path) -> None:
    def mild() -> keras.Model:
        return sick(rate=3.0)  # A thousandth of it trains.

    def long(model: keras.Model, callbacks: list[Any]) -> None:
        x, y = data(200)
        model.fit(x, y, BATCH, epochs=4, verbose=0, callbacks=callbacks)

    treatments = treat(tmp_path, build=mild, fit=long)
    slower = next(r for r in treatments if r.name == "smaller learning rate")
    assert "nonfinite" in treatments.untreated.signs
    assert "nonfinite" in slower.gone
    assert not set(slower.gone) & set(slower.signs)
    assert set(slower.gone) <= set(treatments.untreated.signs)
    assert treatments.best.gain > 0.5
    assert treatments.best.before == treatments.untreated.after or np.isnan(
        treatments.best.before
    )


def test_the_best_run_and_no_other_has_its_trained_model(
    tmp_path: Path,
) -> None:
    x, y = data(200)

    def long(model: keras.Model, callbacks: list[Any]) -> None:
        model.fit(x, y, BATCH, verbose=0, callbacks=callbacks)

    treatments = treat(tmp_path, build=lambda: sick(3.0), fit=long)
    best = treatments.best
    assert best is not treatments.untreated
    assert [run for run in treatments if run.model is not None] == [best]
    assert best.model is not None
    rate = float(best.model.optimizer.learning_rate.numpy())
    setup = kgrad.RunHistory.load(best.log_dir).setup
    assert rate == pytest.approx(setup.optimizer_arguments["learning_rate"])
    error = np.mean((np.asarray(best.model.predict(x, verbose=0)) - y) ** 2)
    assert error < best.after
    best.model.fit(x, y, BATCH, verbose=0)


def test_every_run_begins_alike(tmp_path: Path) -> None:
    seen = []

    def look(model: keras.Model, callbacks: list[Any]) -> None:
        drawn = (random.random(), np.random.random())
        seen.append((model.get_weights(), model.name, drawn))
        fit(model, callbacks)

    names = keras.Sequential().name
    treat(tmp_path, fit=look, seed=5)
    assert len(seen) == 3
    for kernel_and_bias, name, drawn in seen[1:]:
        for now, first in zip(kernel_and_bias, seen[0][0], strict=True):
            np.testing.assert_array_equal(now, first)
        assert name == seen[0][1] == "sequential"
        assert drawn == seen[0][2]
    # Names are counted on from where they were before.
    number = int(names.rpartition("_")[2]) if "_" in names else 0
    assert keras.Sequential().name == f"sequential_{number + 1}"


def test_a_healthy_model_is_trained_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    treatments = treat(tmp_path, build=dense, verbose=1)
    assert len(treatments) == 1
    assert treatments.best is treatments.untreated
    assert "Nothing was found" in capsys.readouterr().out


def test_so_many_remedies_are_tried_at_most(tmp_path: Path) -> None:
    assert len(treat(tmp_path, remedies=1)) == 2


def test_progress_is_shown_unless_verbose_is_0(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    treat(tmp_path / "a")
    assert capsys.readouterr() == ("", "")
    treatments = treat(tmp_path / "b", verbose=1, remedies=1)
    out = capsys.readouterr().out
    assert "training untreated" in out
    assert "nonfinite" in out
    assert "1 more to come" in out
    assert "training smaller learning rate" in out
    assert "2-gradient" not in out
    assert out.endswith(f"{treatments}\n")


def test_a_training_that_crashes_is_told_and_the_others_go_on(
    tmp_path: Path,
) -> None:
    def crash(model: keras.Model, callbacks: list[Any]) -> None:
        fit(model, callbacks)
        if model.optimizer.global_clipnorm:
            raise RuntimeError("out of memory\nand more")

    treatments = treat(tmp_path, fit=crash)
    assert [run.log_dir.name for run in treatments] == FOLDERS
    _, slower, clipped = treatments
    assert clipped.error == "RuntimeError: out of memory\nand more"
    assert clipped.reason == "RuntimeError: out of memory"
    assert clipped.steps == 10
    assert not clipped.gone
    assert not slower.error
    assert slower.steps == 10


def test_a_remedy_that_does_not_fit_is_told(tmp_path: Path) -> None:
    class Fixed(keras.Sequential):
        def compile(self, rate: float) -> None:
            super().compile(keras.optimizers.SGD(rate), "mse")

    def build() -> keras.Model:
        model = Fixed([layers.Input((3,)), layers.Dense(2)])
        model.compile(1e30)
        return model

    treatments = treat(tmp_path, build=build)
    for run in treatments[1:]:
        assert "NotApplicableError: `Fixed` has a `compile`" in run.error
        assert run.remedy is not None
        assert np.isnan(run.after)
    assert treatments.best is treatments.untreated


def test_what_is_wrong_with_the_model_as_it_is_is_raised(
    tmp_path: Path,
) -> None:
    def crash(model: keras.Model, callbacks: list[Any]) -> None:
        raise RuntimeError("no data")

    with pytest.raises(RuntimeError, match="no data"):
        treat(tmp_path, fit=crash)


@pytest.mark.full
def test_the_later_run_counts_in_a_folder_that_is_there(
    tmp_path: Path,
) -> None:
    treat(tmp_path)
    again = treat(tmp_path, build=lambda: sick(1e31))
    assert sorted(path.name for path in tmp_path.iterdir()) == FOLDERS
    setup = kgrad.RunHistory.load(again.untreated.log_dir).setup
    assert setup.optimizer_arguments["learning_rate"] == 1e31
    assert len(kgrad.RunHistory.load(again.untreated.log_dir).steps) == 10


@pytest.mark.full
def test_early_stopping_is_tried_and_the_best_epoch_counts(
    tmp_path: Path,
) -> None:
    def build() -> keras.Model:
        wide = [layers.Dense(64, "relu") for _ in range(2)]
        model = keras.Sequential([layers.Input((3,)), *wide, layers.Dense(1)])
        model.compile(keras.optimizers.Adam(0.02), "mse", metrics=["mae"])
        return model

    def few(model: keras.Model, callbacks: list[Any]) -> None:
        x, y = np.random.default_rng(0).normal(size=(2, 90, 3))
        model.fit(
            x[:30],
            y[:30, :1],
            batch_size=10,
            epochs=40,
            validation_data=(x[30:], y[30:, :1]),
            verbose=0,
            callbacks=callbacks,
        )

    treatments = treat(
        tmp_path, build=build, fit=few, chance={"mae": 0.8}, remedies=2
    )
    assert "overfitting" in treatments.untreated.signs
    stopped = next(run for run in treatments if run.name == "early stopping")
    assert stopped.steps < treatments.untreated.steps
    epochs = kgrad.RunHistory.load(stopped.log_dir).epochs
    best = min(epochs, key=lambda epoch: epoch.logs["val_loss"])
    assert best.epoch + 6 == len(epochs)
    assert stopped.after == best.logs["val_mae"]
    assert stopped.after < treatments.untreated.after


def test_the_metric_can_be_chosen(tmp_path: Path) -> None:
    def build() -> keras.Model:
        model = sick()
        model.compile(keras.optimizers.SGD(1e30), "mse", metrics=["mae", "mse"])
        return model

    assert treat(tmp_path, build=build, metric="mae").metric == "mae"
    with pytest.raises(
        ValueError, match=r"`metric` must be among .*'mae'.*metric='accuracy'"
    ):
        treat(tmp_path, build=build, metric="accuracy")


def untrained(model: keras.Model, callbacks: list[Any]) -> None:
    """Forgets the callbacks."""
    fit(model, [])


@pytest.mark.parametrize(
    ("kind", "arguments", "message"),
    [
        (
            TypeError,
            {"build": sick()},
            "`build` must be a function that returns",
        ),
        (TypeError, {"build": dict}, "compiled `keras.Model`. Received: .*{}"),
        (TypeError, {"build": keras.Sequential}, "must return a compiled"),
        (TypeError, {"fit": None}, "`fit` must be callable. Received: fit=N"),
        (ValueError, {"fit": untrained}, "no step was measured. Received: fit"),
        (
            TypeError,
            {"log_dir": 3},
            "`log_dir` must be the path of a run folder",
        ),
        (TypeError, {"metric": 3}, "`metric` must be a string or None"),
        (ValueError, {"remedies": 0}, "`remedies` must be at least 1"),
        (TypeError, {"remedies": 1.5}, "`remedies` must be an integer"),
        (ValueError, {"lag": 0}, "`lag` must be at least 1"),
        (TypeError, {"chance": 0.25}, "`chance` must map names"),
    ],
)
def test_what_makes_no_sense_is_refused(
    tmp_path: Path, kind: type, arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(kind, match=message):
        treat(tmp_path, **arguments)
