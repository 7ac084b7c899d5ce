"""Several runs: maps on one scale of colors, and rows that sort."""

import json
from typing import Any

import numpy as np
import pytest

from kgrad.figures import compare, runs_table
from kgrad.figures.compare_plot import MOST_RUNS
from kgrad.figures.views import COMPARISONS
from kgrad.records import Setup
from kgrad.signs.through_time import first_of_memory
from kgrad.storage.history import RunHistory
from tests.figures.read import (
    healthy,
    history_of,
    names,
    numbers,
    said,
    trace,
)
from tests.reporters.made import (
    CELL,
    MEASURES,
    epoch,
    finding,
    profile,
    sample,
    snapshot,
)


def run(decay: float = 0.1, lag: int | None = 5) -> RunHistory:
    samples = [
        sample(step, profiles=(profile(step, decay),)) for step in (1, 51)
    ]
    return history_of(
        snapshot(steps=60, samples=samples, setup=Setup("SGD", lag=lag))
    )


def maps(figure: object) -> list[object]:
    return [
        t
        for t in figure.data
        if t.type == "heatmap" and t.name == "gradient norm"
    ]


def test_each_run_has_its_map_and_all_share_the_colors() -> None:
    runs = {f"runs/{name}": run(d) for name, d in (("a", 0.1), ("b", 1.0))}
    figure = compare(runs)
    for drawn, history in zip(maps(figure), runs.values(), strict=True):
        norm, steps, _ = history.time_profiles("lstm")
        assert list(drawn.x) == list(steps)
        np.testing.assert_allclose(
            numbers(drawn.z), np.log10(norm[:, ::-1]).T, rtol=1e-6, atol=1e-6
        )
        assert drawn.coloraxis == "coloraxis"
    axis = figure.layout.coloraxis
    assert (axis.cmin, axis.cmax) == (-7, 0)
    # Without the folder that all runs are in.
    assert said(figure) == ["a", "b"]
    legend = [t.name for t in figure.data if t.showlegend]
    assert legend == ["horizon", "what the task needs"]


def test_a_run_that_vanished_leaves_the_others_their_colors() -> None:
    axis = compare({"a": run(0.1), "b": run(20.0)}).layout.coloraxis
    assert (axis.cmin, axis.cmax) == (-10, 0)


def test_a_run_without_profiles_says_so_in_its_place() -> None:
    figure = compare({"a": run(), "dense": history_of(snapshot())})
    assert len(maps(figure)) == 1
    assert said(figure)[2].startswith("no gradient through time")
    note, axis = figure.layout.annotations[2], figure.layout.xaxis2
    assert axis.domain[0] < note.x < axis.domain[1]
    assert not axis.visible
    alone = compare({"dense": RunHistory()})
    assert "no gradient through time of h" in said(alone)


def test_a_state_that_only_some_runs_have() -> None:
    lstm = history_of(snapshot(samples=(sample(1),)))
    figure = compare({"lstm": lstm, "rnn": run()}, "c")
    (drawn,) = maps(figure)
    np.testing.assert_allclose(
        numbers(drawn.z)[:, 0],
        np.log10(lstm.time_profiles("lstm", "c").norm[0, ::-1]),
        rtol=1e-6,
        atol=1e-6,
    )


def test_more_runs_than_there_is_room_for_are_counted() -> None:
    figure = compare({f"run {i}": run() for i in range(30)})
    assert len(maps(figure)) == MOST_RUNS
    assert "The first 24 of 30 runs are shown." in healthy(figure)
    assert said(compare({})) == ["No run was chosen."]


def ill(**changes: Any) -> RunHistory:
    """A run in which vanishing was found, with everything to compare by."""
    return history_of(
        snapshot(
            steps=60,
            samples=(sample(1), sample(51)),
            epochs=(epoch(0, 60, loss=1.0, val_accuracy=0.75),),
            setup=Setup("SGD", lag=5),
            **changes,
        ),
        findings=[finding("vanishing")],
    )


@pytest.mark.parametrize("own_scale", [False, True])
@pytest.mark.parametrize("show", COMPARISONS)
def test_what_a_page_offers_to_compare_by_is_drawn(
    show: str, own_scale: bool
) -> None:
    runs = {"ill": ill(), "dense": history_of(snapshot())}
    figure = compare(runs, show=show, own_scale=own_scale)
    measured = {m.name for m in MEASURES} | {"update_ratio"}
    known = show in measured or show in (
        "time_map",
        "loss",
        "metric",
        "horizon",
        "silent_unit_share",
        "saturated_unit_share",
        "output_spread",
    )
    assert bool(len(figure.data)) == known
    assert healthy(figure) or not known


def test_a_line_of_each_run_tells_what_was_found_in_it() -> None:
    runs = {"a/ill": ill(), "a/well": history_of(snapshot(steps=60))}
    figure = compare(runs, show="gradient_norm")
    assert names(figure) == {"ill: vanishing", "well"}
    warm, cool = (t.line.color for t in figure.data)
    assert (warm, cool) == ("#D55E00", "#0072B2")
    for name, run_name in (("ill: vanishing", "a/ill"), ("well", "a/well")):
        drawn = trace(figure, name)
        history = runs[run_name]
        np.testing.assert_array_equal(drawn.x, history.steps)
        np.testing.assert_array_equal(
            drawn.y, history["gradient_norm", "global"]
        )
    assert "Warm colors: something was found." in healthy(figure)


def test_a_filter_of_layers_takes_the_largest_of_their_variables() -> None:
    history = ill()
    figure = compare({"a": history}, show="gradient_norm", layers="DENSE")
    np.testing.assert_array_equal(
        trace(figure, "a: vanishing").y,
        history["gradient_norm", "sequential/dense/kernel"],
    )
    assert "of DENSE" in figure.layout.title.text
    # Not gates, nor the whole model, which holds them all.
    figure = compare({"a": history}, show="gradient_norm", layers=".")
    columns = ["sequential/dense/kernel", f"{CELL}/kernel"]
    np.testing.assert_array_equal(
        trace(figure, "a: vanishing").y,
        np.max([history["gradient_norm", name] for name in columns], 0),
    )
    nothing = compare({"a": history}, show="gradient_norm", layers="gru")
    assert "The filter is gru" in said(nothing)[0]


def test_the_loss_is_the_median_of_its_steps_and_lost_ones_are_marked() -> None:
    loss = np.arange(1000.0)
    loss[500] = np.nan
    history = history_of(snapshot(steps=1000, loss=loss))
    figure = compare({"a": history}, show="loss")
    drawn = trace(figure, "a")
    assert len(drawn.x) == 250
    assert list(drawn.y[:2]) == [1.5, 5.5]
    assert list(trace(figure, "a: NaN or infinite").x) == [501]


def test_a_horizon_and_an_activity_are_those_of_the_samples() -> None:
    history = ill()
    figure = compare({"a": history}, show="horizon")
    profiles = history.time_profiles("lstm").profiles
    assert list(trace(figure, "a: vanishing").y) == [
        p.horizon for p in profiles
    ]
    figure = compare({"a": history}, show="saturated_unit_share")
    assert list(trace(figure, "a: vanishing").y) == [0.75, 0.75]


def test_metrics_that_differ_have_no_common_name() -> None:
    other = history_of(snapshot(epochs=(epoch(0, 8, loss=0.5),)))
    one = compare({"a": ill()}, show="metric")
    assert one.layout.yaxis.title.text == "val_accuracy"
    two = compare({"a": ill(), "b": other}, show="metric")
    assert two.layout.yaxis.title.text == "metric"


def test_a_scale_of_its_own_for_each_map_is_told_in_its_heading() -> None:
    figure = compare({"a": run(0.1), "b": run(1.0)}, own_scale=True)
    axes = [figure.layout.coloraxis, figure.layout.coloraxis2]
    assert [axis.cmin for axis in axes] != [axes[0].cmin] * 2
    assert [drawn.coloraxis for drawn in maps(figure)] == [
        "coloraxis",
        "coloraxis2",
    ]
    assert said(figure) == ["a: 0.1 to 1", "b: 1e-07 to 1"]


def test_an_ill_run_says_so_above_its_map() -> None:
    figure = compare({"a": ill(), "b": run()})
    assert said(figure) == ["a vanishing", "b"]
    assert figure.layout.annotations[0].font.color == "#D55E00"


def test_what_no_run_has_measured_is_refused() -> None:
    with pytest.raises(KeyError, match="`show` must be one of"):
        compare({"a": ill()}, show="no_such")
    with pytest.raises(ValueError, match="`layers` must be a regular expr"):
        compare({"a": ill()}, layers="(")
    with pytest.raises(ValueError, match="longer than 100 characters"):
        compare({"a": ill()}, layers="a" * 101)


def test_rows_are_plain_and_hold_what_became_of_each_run() -> None:
    hparams = {"task": "copy", "cell": "lstm", "variant": "base", "seed": 0}
    history = history_of(
        snapshot(
            steps=60,
            samples=(sample(51),),
            epochs=(epoch(0, 60, loss=1.0, val_accuracy=0.75),),
            setup=Setup("SGD", hparams=hparams),
        ),
        findings=[finding("vanishing"), finding("exploding")],
    )
    rows = runs_table({"<b>one": history, "two": RunHistory()})
    assert json.loads(json.dumps(rows)) == rows
    assert rows[0] == {
        "run": "<b>one",
        "task": "copy",
        "cell": "lstm",
        "variant": "base",
        "metric": "val_accuracy",
        "value": 0.75,
        "steps": 60,
        "horizon": first_of_memory(history.samples).horizon,
        "signs": ["exploding", "vanishing"],
    }
    assert rows[1] == {
        "run": "two",
        "task": "",
        "cell": "",
        "variant": "",
        "metric": "",
        "value": None,
        "steps": 0,
        "horizon": None,
        "signs": [],
    }


def test_a_row_has_no_number_that_json_does_not_know() -> None:
    lost = sample(profiles=(profile(norm=np.array([1.0, np.nan])),))
    history = history_of(
        snapshot(samples=(lost,), epochs=(epoch(0, 8, loss=np.nan),))
    )
    (row,) = runs_table({"a": history})
    assert (row["value"], row["horizon"]) == (None, None)
