"""Several runs: maps on one scale of colors, and rows that sort."""

import json

import numpy as np

from kgrad.figures import compare, runs_table
from kgrad.figures.compare_plot import MOST_RUNS
from kgrad.records import Setup
from kgrad.report.profiles import first_of_memory
from kgrad.storage.history import RunHistory
from tests.figures.read import healthy, history_of, numbers, said
from tests.reporters.made import epoch, finding, profile, sample, snapshot


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
            numbers(drawn.z), np.log10(norm).T, rtol=1e-6, atol=1e-6
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
        np.log10(lstm.time_profiles("lstm", "c").norm[0]),
        rtol=1e-6,
        atol=1e-6,
    )


def test_more_runs_than_there_is_room_for_are_counted() -> None:
    figure = compare({f"run {i}": run() for i in range(30)})
    assert len(maps(figure)) == MOST_RUNS
    assert "The first 24 of 30 runs are shown." in healthy(figure)
    assert said(compare({})) == ["No run was chosen."]


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
