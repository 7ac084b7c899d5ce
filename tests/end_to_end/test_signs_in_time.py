"""Models whose gradient explodes or vanishes on its way through time."""

from __future__ import annotations

import tempfile
from pathlib import Path

import keras
import numpy as np
import pytest

import kgrad
import zoo
from kgrad.records import Layer
from kgrad.remedies import recurrent_batchnorm
from zoo.recipe import Recipe
from zoo.training.train import train

# Keras 3.15 converts a variable in a way that NumPy 2 deprecates.
pytestmark = pytest.mark.filterwarnings(
    "ignore:__array__ implementation:DeprecationWarning"
)


def test_a_recurrence_that_stretches_explodes_in_time_before_the_loss_is_nan(
    tmp_path: Path,
) -> None:
    """Recurrent weights twice as long as those that keep a state's norm."""
    keras.utils.set_random_seed(0)
    stretching = keras.initializers.Orthogonal(gain=2.0)
    model = keras.Sequential(
        [
            keras.layers.Input((50, 2)),
            keras.layers.SimpleRNN(
                32,
                activation="relu",
                recurrent_initializer=stretching,
                name="cell",
            ),
            keras.layers.Dense(1),
        ]
    )
    model.compile(keras.optimizers.SGD(0.01), "mse")
    x, y = zoo.task("adding").data("train", 320, length=50)
    monitor = kgrad.GradientMonitor(tmp_path, reporters=[])
    model.fit(x, y, batch_size=32, verbose=0, callbacks=[monitor])

    history = monitor.history
    (lost, *_) = history.steps[~np.isfinite(history.loss)]
    (finding,) = [f for f in monitor.findings if f.sign == "exploding"]
    assert finding.first_step == 1 < lost
    assert finding.target.endswith("simple_rnn_cell/recurrent_kernel")
    assert "way back through 50 steps of `cell`" in finding.explanation
    assert finding.value > 1e6
    assert finding.remedies
    (diagnosis,) = monitor.diagnoses
    assert diagnosis.cause == finding
    assert "nonfinite" in {f.sign for f in diagnosis.because}
    assert f"from step {lost} on" in diagnosis.sentence
    assert "-fold on its way back through 50 steps" in diagnosis.sentence


@pytest.mark.full
@pytest.mark.parametrize("name", ["LSTM", "GRU"])
def test_recurrent_batch_normalization_reaches_back_from_the_first_step(
    name: str,
) -> None:
    """What the remedy promises, with the code that it gives."""
    steps, units = 50, 24
    x, y = zoo.task("adding").data("train", 50, length=steps)
    remedy = recurrent_batchnorm(Layer("rnn", name, "tanh", units))
    first, layer = remedy.code.splitlines()
    assert first == "import zoo"
    made = {
        "plain": lambda: getattr(keras.layers, name)(units),
        "normalized": lambda: eval(layer, {"zoo": zoo, "x": x}),
    }
    horizons = {}
    for kind, make in made.items():
        # Before the layer is made: that is when it draws its seeds.
        keras.utils.set_random_seed(0)
        model = keras.Sequential(
            [keras.layers.Input((steps, 2)), make(), keras.layers.Dense(1)]
        )
        model.compile("adam", "mse")
        with tempfile.TemporaryDirectory() as folder:
            monitor = kgrad.GradientMonitor(folder, reporters=[])
            model.fit(x, y, batch_size=50, verbose=0, callbacks=[monitor])
            (sample,) = monitor.history.samples
        horizons[kind] = sample.profiles[0].horizon
    # Of other seeds: LSTM from 10 to 49, GRU from 8 to something from 16 to 38.
    assert horizons["plain"] < 0.4 * steps
    assert horizons["normalized"] > 2 * horizons["plain"]


@pytest.mark.full
@pytest.mark.slow
def test_the_horizon_of_a_gated_cell_grows_as_it_learns_to_add(
    tmp_path: Path,
) -> None:
    history = added(tmp_path, "gru")
    horizons = [p.horizon for p in history.time_profiles("gru").profiles]
    assert horizons[0] < 15
    assert horizons[-1] > 50
    assert history.findings == ()


@pytest.mark.slow
def test_the_gradient_of_a_simple_rnn_vanishes_and_it_learns_nothing(
    tmp_path: Path,
) -> None:
    history = added(tmp_path, "simple_rnn")
    horizons = [p.horizon for p in history.time_profiles("simple_rnn").profiles]
    assert horizons[0] > 50
    assert max(horizons[1:]) < 30
    vanishing, slow = history.findings
    assert (vanishing.sign, slow.sign) == ("vanishing", "slow_progress")
    assert vanishing.target.endswith("simple_rnn_cell/recurrent_kernel")
    assert "of 60 steps back in `simple_rnn`" in vanishing.explanation
    assert "the task needs 59" in vanishing.explanation


def added(folder: Path, cell: str) -> kgrad.RunHistory:
    """Trains a cell on adding, two numbers among 60."""
    changes = {"length": 60, "units": 32, "epochs": 6}
    train(Recipe.of("adding", cell=cell, **changes), folder)
    return kgrad.RunHistory.load(folder / "adding" / f"{cell}-base")
