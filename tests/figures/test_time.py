"""Maps, profiles and horizons against the profiles of the history."""

import numpy as np
import pytest

from kgrad.figures import horizon, time_map, time_profiles
from kgrad.records import Sample, Setup, TimeProfile
from kgrad.storage.history import RunHistory
from tests.figures.read import (
    healthy,
    history_of,
    names,
    numbers,
    said,
    trace,
)
from tests.reporters.made import profile, sample, snapshot
from tests.signs import runs

NEEDS = Setup("SGD", {"learning_rate": 0.1}, lag=5)


def trained(*samples: Sample, lag: int | None = None) -> RunHistory:
    steps = max((s.step for s in samples), default=1)
    return history_of(
        snapshot(steps=steps, samples=samples, setup=Setup("SGD", lag=lag))
    )


def learning(lag: int | None = None) -> RunHistory:
    """h falls by half a decade per step, then less and less; c by less."""
    return trained(
        *(
            sample(
                step,
                profiles=(
                    profile(step, decay),
                    profile(step, decay / 2, state="c"),
                ),
            )
            for step, decay in ((1, 1.0), (51, 0.5), (101, 0.1))
        ),
        lag=lag,
    )


@pytest.mark.parametrize("state", ["h", "c"])
def test_the_map_is_log10_of_the_profiles(state: str) -> None:
    history = learning()
    drawn = trace(time_map(history, "lstm", state), "gradient norm")
    norm, steps, _ = history.time_profiles("lstm", state)
    np.testing.assert_array_equal(drawn.x, steps)
    np.testing.assert_array_equal(drawn.y, np.arange(8))
    np.testing.assert_allclose(
        numbers(drawn.z), np.log10(norm[:, ::-1]).T, rtol=1e-6, atol=1e-6
    )


def test_hovering_tells_steps_back_and_the_number_itself() -> None:
    history = learning()
    drawn = trace(time_map(history), "gradient norm")
    assert "%{y} steps back" in drawn.hovertemplate
    assert "%{customdata:.2~e}" in drawn.hovertemplate
    norm = history.time_profiles("lstm").norm
    np.testing.assert_allclose(
        numbers(drawn.customdata), norm[:, ::-1].T, rtol=1e-6
    )


def test_the_horizon_is_drawn_where_it_lies() -> None:
    history = learning(lag=5)
    figure = time_map(history)
    line = trace(figure, "horizon")
    horizons = [p.horizon for p in history.time_profiles("lstm").profiles]
    assert horizons == [2, 4, 7]
    assert list(line.x) == [1, 51, 101]
    assert list(line.y) == horizons
    assert list(line.text) == [f"{h:.0f} steps back" for h in horizons]
    needed = trace(figure, "what the task needs")
    assert list(needed.y) == [5, 5]
    assert list(needed.text) == ["5 steps back"] * 2
    # The last time step is on top.
    assert figure.layout.yaxis.range == (7.5, -0.5)
    assert "Horizon: how many time steps back" in healthy(figure)


def test_without_a_lag_nothing_is_said_of_what_the_task_needs() -> None:
    assert "what the task needs" not in names(time_map(learning()))


def test_of_masked_steps_at_the_end_the_horizon_counts_from_the_last_one() -> (
    None
):
    norm = np.array([1e-9, 1.0, 1.0, 1.0, 0.0, 0.0])
    figure = time_map(trained(sample(profiles=(profile(norm=norm),))))
    assert list(trace(figure, "horizon").y) == [2]
    z = numbers(trace(figure, "gradient norm").z)[:, 0]
    np.testing.assert_allclose(z[:4], [0, 0, 0, -9], atol=1e-6)
    assert np.isnan(z[4:]).all()
    assert "exactly 0" not in names(figure)


def test_a_gradient_that_is_0_before_it_ends_is_drawn_as_such() -> None:
    norm = np.array([0.0, 0.0, 1.0, 0.0, 1.0])
    figure = time_map(trained(sample(profiles=(profile(norm=norm),))))
    zero = numbers(trace(figure, "exactly 0").z)
    assert np.argwhere(zero == 1)[:, 0].tolist() == [1, 3, 4]


def test_a_layer_that_reads_backwards_has_its_horizon_at_the_other_end() -> (
    None
):
    norm = np.array([1.0, 1.0, 1.0, 1e-9, 1e-9, 1e-9])
    one = profile(norm=norm, backwards=True)
    figure = time_map(trained(sample(profiles=(one,)), lag=4))
    assert list(trace(figure, "horizon").y) == [2]
    assert list(trace(figure, "what the task needs").y) == [4, 4]
    z = numbers(trace(figure, "gradient norm").z)[:, 0]
    np.testing.assert_allclose(z, [0, 0, 0, -9, -9, -9], atol=1e-6)
    assert "first time step, which is read last" in (
        figure.layout.yaxis.title.text
    )


def test_shorter_sequences_leave_a_gap_before_their_start() -> None:
    short = profile(51, norm=np.ones(5))
    figure = time_map(trained(sample(1), sample(51, profiles=(short,))))
    z = numbers(trace(figure, "gradient norm").z)
    assert np.isnan(z[5:, 1]).all()
    assert np.isfinite(z[:5, 1]).all()
    assert "NaN or infinite" not in names(figure)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_is_not_finite_has_its_own_color_and_no_horizon(
    bad: float,
) -> None:
    norm = np.array([1.0, bad, 1.0])
    figure = time_map(trained(sample(profiles=(profile(norm=norm),))))
    broken = numbers(trace(figure, "NaN or infinite").z)
    assert np.argwhere(broken == 1).tolist() == [[1, 0]]
    line = trace(figure, "horizon")
    assert np.isnan(numbers(line.y)).all()
    assert list(line.text) == ["not known"]


def test_one_entry_of_a_long_sequence_stands_for_its_stride() -> None:
    one = profile(norm=np.full(500, 1.0), stride=4)
    figure = time_map(trained(sample(profiles=(one,)), lag=1_000))
    drawn = trace(figure, "gradient norm")
    assert drawn.y[1] - drawn.y[0] == 16
    assert list(trace(figure, "horizon").y) == [1_996]
    assert list(trace(figure, "what the task needs").y) == [1_000, 1_000]
    assert figure.layout.yaxis.range == (1_998, -2)


def test_of_many_samples_every_extreme_stays() -> None:
    samples = [
        Sample(step, (TimeProfile("net/rnn", "h", np.ones(512), step),))
        for step in range(1, 10_001, 10)
    ]
    samples[777].profiles[0].norm[333] = 1e6
    samples[778].profiles[0].norm[5] = np.inf
    figure = time_map(trained(*samples))
    drawn = trace(figure, "gradient norm")
    z = numbers(drawn.z)
    assert z.shape == (128, 250)
    row, column = np.unravel_index(np.nanargmax(z), z.shape)
    assert z[row, column] == pytest.approx(6)
    assert drawn.x[column] <= 7_771 < drawn.x[column + 1]
    assert drawn.y[row] <= 511 - 333 < drawn.y[row + 1]
    assert (numbers(trace(figure, "NaN or infinite").z) == 1).sum() == 1


def test_the_first_recurrent_layer_is_the_default() -> None:
    second = profile(layer="sequential/gru", norm=np.ones(4))
    history = trained(sample(profiles=(profile(), second)))
    for figure in (time_map(history), time_profiles(history)):
        assert figure.layout.title.text.endswith(": lstm, state h")
    drawn = trace(time_map(history, "sequential/gru"), "gradient norm")
    assert len(drawn.y) == 4


@pytest.mark.parametrize("draw", [time_map, time_profiles])
@pytest.mark.parametrize(("layer", "state"), [("gru", "h"), (None, "z")])
def test_an_unknown_layer_or_state_is_refused(
    draw: object, layer: str | None, state: str
) -> None:
    with pytest.raises(KeyError, match=r"`layer` and `state` must be .*lstm"):
        draw(learning(), layer, state)


def test_profiles_are_those_of_chosen_steps_with_their_horizons() -> None:
    history = learning(lag=5)
    figure = time_profiles(history)
    norm, steps, profiles = history.time_profiles("lstm")
    for step, row, one in zip(steps, norm, profiles, strict=True):
        drawn = trace(figure, f"step {step}")
        np.testing.assert_array_equal(drawn.x, np.arange(8))
        np.testing.assert_array_equal(drawn.y, row[::-1])
        mark = trace(figure, f"horizon at step {step}")
        assert list(mark.x) == [one.horizon]
        assert list(mark.y) == [row[7 - int(one.horizon)]]
    (line,) = figure.layout.shapes
    assert line.x0 == line.x1 == 5
    # Time goes to the right.
    assert figure.layout.xaxis.range == (7.5, -0.5)
    assert said(figure) == ["the task needs 5 steps back"]
    assert figure.layout.yaxis.type == "log"


def test_of_many_profiles_first_last_and_some_between_are_shown() -> None:
    history = history_of(*runs.run(samples_of=runs.profiles(0.01), steps=1_001))
    figure = time_profiles(history)
    shown = [t.name for t in figure.data if t.showlegend is not False]
    assert shown == [f"step {s:,}" for s in (1, 201, 401, 601, 801, 1_001)]


def test_a_profile_that_is_not_finite_says_so() -> None:
    lost = profile(norm=np.array([0.0, np.nan, 1.0]))
    figure = time_profiles(trained(sample(profiles=(lost,))))
    drawn = trace(figure, "step 1, not finite")
    np.testing.assert_array_equal(numbers(drawn.y), [1, np.nan, np.nan])


def test_horizons_of_all_states_over_training() -> None:
    history = learning(lag=5)
    figure = horizon(history)
    for state in "hc":
        drawn = trace(figure, f"lstm[{state}]")
        profiles = history.time_profiles("lstm", state).profiles
        assert list(drawn.x) == [1, 51, 101]
        assert list(drawn.y) == [p.horizon for p in profiles]
    (line,) = figure.layout.shapes
    assert line.y0 == line.y1 == 5
    assert said(figure) == ["the task needs 5"]
    assert "steps back of 8" in figure.layout.yaxis.title.text


def test_samples_without_a_horizon_are_marked() -> None:
    lost = profile(51, norm=np.array([1.0, np.nan]))
    history = trained(
        sample(1, profiles=(profile(1),)), sample(51, profiles=(lost,))
    )
    figure = horizon(history)
    assert list(trace(figure, "lstm[h]: NaN or infinite").x) == [51]
    assert np.isnan(numbers(trace(figure, "lstm[h]").y)).tolist() == [
        False,
        True,
    ]
    only = horizon(trained(sample(51, profiles=(lost,))))
    assert "No gradient through time was finite." in said(only)


def test_a_loss_at_every_step_shows_no_memory() -> None:
    history = trained(sample(profiles=(profile(fresh=True),)), lag=5)
    for figure in (time_map(history), time_profiles(history)):
        assert "The loss reads every time step" in healthy(figure)
        assert not any("horizon" in name for name in names(figure))
    (sentence,) = said(horizon(history))
    assert "The loss reads every time step" in sentence


def test_a_filter_chooses_the_layers_whose_horizons_are_drawn() -> None:
    second = profile(layer="sequential/gru", norm=np.ones(4))
    history = trained(sample(profiles=(profile(), second)))
    assert names(horizon(history)) == {"lstm[h]", "gru[h]"}
    assert names(horizon(history, layers="GRU")) == {"gru[h]"}
    assert said(horizon(history, layers="x+")) == [
        "No layer's name matches 'x+'."
    ]
