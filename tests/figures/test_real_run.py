"""Figures of a run that was really trained, read back from disk."""

from pathlib import Path

import keras
import numpy as np
import pytest

import kgrad
from kgrad import figures
from tests.figures.read import numbers, trace

pytestmark = pytest.mark.xdist_group("figures")


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> kgrad.RunHistory:
    folder: Path = tmp_path_factory.mktemp("runs") / "1"
    keras.utils.clear_session()
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [
            keras.layers.Input((6, 2)),
            keras.layers.LSTM(3),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile(
        keras.optimizers.SGD(0.5, clipnorm=0.01),
        "binary_crossentropy",
        metrics=["accuracy"],
        jit_compile=False,
    )
    x = np.random.default_rng(0).standard_normal((64, 6, 2))
    y = (x[:, 0, 0] > 0).astype(np.float32)
    monitor = kgrad.GradientMonitor(
        folder, reporters=[], statistics=["all"], time_every=10, lag=5
    )
    model.fit(
        x, y, 2, 2, 0, callbacks=[monitor], validation_data=(x[:16], y[:16])
    )
    return kgrad.RunHistory.load(folder)


def test_the_story_is_that_of_the_run(history: kgrad.RunHistory) -> None:
    figure = figures.story(history)
    loss = trace(figure, "loss of each step")
    assert list(loss.x) == list(range(1, 65))
    np.testing.assert_array_equal(loss.y, history.loss)
    metric = trace(figure, "val_accuracy")
    assert list(metric.x) == [32, 64]
    assert list(metric.y) == [e.logs["val_accuracy"] for e in history.epochs]


def test_parameters_are_those_of_the_run(history: kgrad.RunHistory) -> None:
    figure = figures.parameters(history)
    drawn = trace(figure, "gradient norm")
    assert [mark for mark in drawn.y if "recurrent" in mark] == [
        "lstm/recurrent_kernel",
        *(f"lstm/recurrent_kernel[{gate}]" for gate in "ifco"),
    ]
    assert drawn.y[0] == "global"
    np.testing.assert_allclose(
        10 ** numbers(drawn.z)[0], history["gradient_norm"][:, -1], rtol=1e-6
    )
    share = trace(figure, "share of steps that were clipped")
    assert np.mean(numbers(share.y)) > 0.9


@pytest.mark.parametrize("state", ["h", "c"])
def test_time_is_that_of_the_run(history: kgrad.RunHistory, state: str) -> None:
    norm, steps, profiles = history.time_profiles("lstm", state)
    assert len(steps) >= 5
    drawn = trace(figures.time_map(history, state=state), "gradient norm")
    assert list(drawn.x) == list(steps)
    # What no later step reads, as the last c, has no gradient: the steps are
    # counted back from the one before it, as those of the horizon are.
    unread = int(state == "c")
    assert not norm[:, norm.shape[1] - unread :].any()
    back = norm[:, : norm.shape[1] - unread][:, ::-1].T
    z = numbers(drawn.z)
    np.testing.assert_allclose(10 ** z[: len(back)], back, rtol=1e-5)
    assert np.isnan(z[len(back) :]).all()
    line = trace(figures.horizon(history), f"lstm[{state}]")
    assert list(line.y) == [profile.horizon for profile in profiles]


def test_activity_is_that_of_the_run(history: kgrad.RunHistory) -> None:
    figure = figures.activity(history)
    lines = [t for t in figure.data if t.name == "lstm, gate f"]
    expected = [
        activity.values["gate_f_saturated_share"]
        for sample in history.samples
        for activity in sample.activities
        if "gate_f_saturated_share" in activity.values
    ]
    (line,) = lines
    assert list(line.y) == expected
