"""The heat map of parameters: its numbers, order, gaps and colors."""

from dataclasses import replace

import numpy as np
import pytest

from kgrad.figures import parameters
from kgrad.records import Setup
from tests.figures.read import healthy, history_of, names, numbers, trace
from tests.reporters.made import TARGETS, snapshot
from tests.signs import runs

CLIPS = Setup("SGD", {"learning_rate": 0.1, "clipnorm": 1.0})

ORDER = [
    "global",
    "lstm/kernel",
    "lstm/kernel[i]",
    "lstm/kernel[f]",
    "lstm/kernel[c]",
    "lstm/kernel[o]",
    "dense/kernel",
]
COLUMNS = [6, 5, 0, 1, 2, 3, 4]


def test_layers_follow_each_other_and_gates_their_variable() -> None:
    figure = parameters(history_of(snapshot()))
    assert list(trace(figure, "gradient norm").y) == ORDER
    assert figure.layout.yaxis.autorange == "reversed"
    # A line between layers: below the whole model, below the LSTM.
    assert [line.y0 for line in figure.layout.shapes] == [0.5, 5.5]


@pytest.mark.parametrize("statistic", ["weight_norm", "update_ratio"])
def test_colors_are_log10_of_the_history(statistic: str) -> None:
    history = history_of(snapshot(), snapshot(9))
    figure = parameters(history, statistic)
    drawn = trace(figure, statistic.replace("_", " "))
    np.testing.assert_array_equal(drawn.x, history.steps)
    np.testing.assert_allclose(
        10 ** numbers(drawn.z), history[statistic].T[COLUMNS], rtol=1e-6
    )
    assert "step %{x}<br>" in drawn.hovertemplate


def test_a_share_is_linear_from_0_to_1() -> None:
    def quiet(data: runs.Data) -> None:
        data["quiet_unit_share"][:, 2] = 0.5

    history = history_of(*runs.run(quiet))
    figure = parameters(history, "quiet_unit_share")
    drawn = trace(figure, "quiet unit share")
    row = list(drawn.y).index("hidden/kernel")
    np.testing.assert_array_equal(numbers(drawn.z)[row], 0.5)
    axis = figure.layout.coloraxis
    assert (axis.cmin, axis.cmax) == (0, 1)
    assert axis.colorbar.tickprefix is None
    assert names(figure) == {"quiet unit share"}


def test_a_spike_of_one_step_in_a_long_run_is_drawn() -> None:
    norm = np.random.default_rng(0).uniform(1, 2, (100_000, 5))
    norm[54_321, 4] = 1e6
    history = history_of(snapshot(steps=100_000, gradient_norm=norm))
    drawn = trace(parameters(history), "gradient norm")
    z = numbers(drawn.z)
    assert z.shape == (7, 1_000)
    row, column = np.unravel_index(z[1:].argmax(), z[1:].shape)
    assert drawn.y[1 + row] == "dense/kernel"
    assert z[1 + row, column] == pytest.approx(6)
    assert drawn.x[column] <= 54_322 < drawn.x[column + 1]
    assert "and the 99 after it, the largest" in drawn.hovertemplate


def test_one_explosion_leaves_the_rest_its_colors() -> None:
    norm = np.random.default_rng(0).uniform(1, 100, (2_000, 5))
    norm[1_000, 4] = 1e30
    history = history_of(snapshot(steps=2_000, gradient_norm=norm))
    axis = parameters(history).layout.coloraxis
    assert 0 <= axis.cmin < 0.5
    assert 2.5 < axis.cmax < 4


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_is_not_finite_has_its_own_color(bad: float) -> None:
    norm = np.ones((8, 5))
    norm[3, 4] = bad
    figure = parameters(history_of(snapshot(gradient_norm=norm)))
    broken = numbers(trace(figure, "NaN or infinite").z)
    dense, whole = ORDER.index("dense/kernel"), 0
    assert np.argwhere(broken == 1).tolist() == [[whole, 3], [dense, 3]]
    assert np.isnan(numbers(trace(figure, "gradient norm").z)[dense, 3])
    assert figure.layout.showlegend


def test_exactly_zero_has_its_own_color() -> None:
    norm = np.ones((8, 5))
    norm[2, 4] = 0
    figure = parameters(history_of(snapshot(gradient_norm=norm)))
    zero = numbers(trace(figure, "exactly 0").z)
    assert np.argwhere(zero == 1).tolist() == [[6, 2]]


def test_a_target_that_is_not_trained_leaves_a_gap() -> None:
    second = snapshot(9)
    others = tuple(
        replace(t, name=f"other/{t.name}", layer="other") if t.layer else t
        for t in TARGETS
    )
    history = history_of(snapshot(), replace(second, targets=others))
    figure = parameters(history)
    assert names(figure) == {"gradient norm"}
    drawn = trace(figure, "gradient norm")
    z = numbers(drawn.z)
    assert np.isfinite(z[0]).all()
    for label, row in zip(drawn.y[1:], z[1:], strict=True):
        gap = slice(0, 8) if "other" in label else slice(8, 16)
        assert np.isnan(row[gap]).all()
        assert np.isfinite(row).sum() == 8


def test_a_ratio_to_weights_of_zero_leaves_a_gap() -> None:
    weight = np.ones((8, 5))
    weight[0, 4] = 0
    figure = parameters(
        history_of(snapshot(weight_norm=weight)), "update_ratio"
    )
    assert names(figure) == {"update ratio"}
    z = numbers(trace(figure, "update ratio").z)
    assert np.argwhere(np.isnan(z)).tolist() == [[6, 0]]


def test_clipping_is_shown_before_after_and_how_often() -> None:
    norm = np.ones((400, 5))
    clipped = norm.copy()
    norm[200:300], clipped[200:300] = 10, 0.5
    history = history_of(
        snapshot(
            steps=400,
            gradient_norm=norm,
            clipped_gradient_norm=clipped,
            setup=CLIPS,
        )
    )
    figure = parameters(history)
    for name, statistic in (
        ("whole gradient before clipping", "gradient_norm"),
        ("whole gradient after clipping", "clipped_gradient_norm"),
    ):
        drawn = trace(figure, name)
        np.testing.assert_array_equal(drawn.y, history[statistic][:, -1])
    share = trace(figure, "share of steps that were clipped")
    assert list(share.width) == [4] * 100
    np.testing.assert_array_equal(
        share.y, np.repeat([0.0, 1.0, 0.0], [50, 25, 25])
    )
    assert share.customdata[50] == 201
    assert share.x[50] == 202.5


def test_without_clipping_there_is_nothing_of_it_but_a_word() -> None:
    figure = parameters(history_of(snapshot()))
    assert names(figure) == {"gradient norm"}
    assert "The optimizer does not clip." in healthy(figure)
    other = parameters(history_of(snapshot(setup=CLIPS)), "weight_norm")
    assert names(other) == {"weight norm"}


def test_the_line_below_the_title_is_that_of_the_measure() -> None:
    history = history_of(snapshot())
    assert "Norm of the weights." in healthy(parameters(history, "weight_norm"))
    assert "Healthy: around a thousandth" in healthy(
        parameters(history, "update_ratio")
    )


def test_an_unknown_statistic_is_refused() -> None:
    with pytest.raises(KeyError, match="Received: statistic='gradient'"):
        parameters(history_of(snapshot()), "gradient")
