"""What units did, as the figure has it and as the history has it."""

import numpy as np
import pytest

from kgrad.figures import activity
from kgrad.records import Activity, Sample
from tests.figures.read import history_of, numbers
from tests.reporters.made import ACTIVITY, sample, snapshot
from tests.signs import runs


def drawn(figure: object, title: str) -> dict[str, object]:
    """The lines of the plot with this title, by name."""
    (axis,) = (
        key.removeprefix("yaxis")
        for key, value in figure.layout.to_plotly_json().items()
        if key.startswith("yaxis")
        and value.get("title", {}).get("text", "").startswith(title)
    )
    return {
        t.name: t
        for t in figure.data
        if t.yaxis == f"y{axis}" and t.hoverinfo != "skip"
    }


def seen(step: int, **values: float) -> Sample:
    return Sample(step, (), (Activity("sequential/lstm", values),))


def test_shares_are_those_of_the_samples() -> None:
    history = history_of(snapshot(steps=60, samples=(sample(1), sample(51))))
    figure = activity(history)
    for title, name in (
        ("silent", "silent_unit_share"),
        ("saturated<br>units", "saturated_unit_share"),
        ("outputs", "output_mean"),
    ):
        (line,) = drawn(figure, title).values()
        assert line.name == "lstm"
        assert list(line.x) == [1, 51]
        assert list(line.y) == [ACTIVITY.values[name]] * 2
    (gate,) = drawn(figure, "saturated<br>gates").values()
    assert gate.name == "lstm, gate f"
    assert list(gate.y) == [0.375] * 2


def test_the_band_is_a_spread_above_and_below_the_mean() -> None:
    samples = (
        seen(1, output_mean=0.5, output_spread=0.25),
        seen(51, output_mean=1.0, output_spread=np.nan),
        seen(101, output_mean=1.0, output_spread=2.0),
    )
    figure = activity(history_of(snapshot(steps=101, samples=samples)))
    (band,) = (t for t in figure.data if t.fill == "toself")
    assert list(band.x) == [1, 101, 101, 1]
    assert list(band.y) == [0.75, 3.0, -1.0, 0.25]


def test_each_layer_is_in_the_legend_once() -> None:
    figure = activity(history_of(snapshot(steps=2, samples=(sample(1),))))
    shown = [t.name for t in figure.data if t.showlegend]
    assert shown == ["lstm", "lstm, gate f"]


def test_dead_units_are_those_of_the_worst_variable_of_a_layer() -> None:
    def dead(data: runs.Data) -> None:
        data["quiet_unit_share"][100:, runs.KERNEL["hidden"]] = 0.25
        data["quiet_unit_share"][300:, runs.KERNEL["hidden"] + 1] = 0.5

    figure = activity(history_of(*runs.run(dead)))
    (line,) = drawn(figure, "dead").values()
    assert line.name == "hidden"
    expected = np.repeat([0, 0.25, 0.5], [100, 200, 340])
    np.testing.assert_array_equal(line.y, expected)


def test_without_dead_units_there_is_no_plot_of_them() -> None:
    figure = activity(history_of(snapshot(steps=2, samples=(sample(1),))))
    with pytest.raises(ValueError, match="not enough values"):
        drawn(figure, "dead")


def test_what_is_not_finite_is_marked() -> None:
    samples = [
        seen(step, output_mean=value)
        for step, value in ((1, 1.0), (51, np.inf), (101, np.nan))
    ]
    figure = activity(history_of(snapshot(steps=101, samples=samples)))
    lines = drawn(figure, "outputs")
    assert list(lines["lstm: NaN or infinite"].x) == [51, 101]
    np.testing.assert_array_equal(numbers(lines["lstm"].y), [1, np.nan, np.nan])


def test_a_number_that_the_figure_does_not_know_is_passed_over() -> None:
    samples = (seen(1, something_new=1.0, output_mean=0.0),)
    figure = activity(history_of(snapshot(steps=2, samples=samples)))
    assert len(figure.data) == 1
