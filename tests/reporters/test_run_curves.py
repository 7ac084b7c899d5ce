"""What TensorBoard reads back of samples, against the records."""

from pathlib import Path

import numpy as np
import pytest
from tensorboard.plugins.custom_scalar.layout_pb2 import Layout

from kgrad.records import Activity, Sample
from kgrad.records.histograms import EDGES
from kgrad.reporters.tensorboard.reporter import TensorBoardReporter
from tests.reporters.made import (
    ACTIVITY,
    HISTOGRAMS,
    Events,
    profile,
    sample,
    snapshot,
)


def told(folder: Path, *samples: Sample) -> Events:
    """One window, with samples in it."""
    reporter = TensorBoardReporter(folder)
    reporter.write(snapshot(steps=60, samples=samples), ())
    reporter.close(())
    return Events(folder)


def of_samples(events: Events) -> set[str]:
    return {t for t in events.tags if t.startswith(("time/", "units/"))}


@pytest.mark.parametrize("name", ["horizon", "decay", "growth"])
def test_numbers_of_a_profile_are_told_at_its_own_step(
    tmp_path: Path, name: str
) -> None:
    samples = sample(1), sample(51, profiles=(profile(51, decay=-0.1),))
    events = told(tmp_path, *samples)
    (h, c), (later,) = (found.profiles for found in samples)
    assert events.scalars(f"time/{name}/lstm[h]") == {
        1: pytest.approx(getattr(h, name)),
        51: pytest.approx(getattr(later, name)),
    }
    assert events.scalars(f"time/{name}/lstm[c]") == {
        1: pytest.approx(getattr(c, name))
    }


def test_numbers_of_an_activity_are_told_a_gate_in_brackets(
    tmp_path: Path,
) -> None:
    events = told(tmp_path, sample(51))
    values = dict(ACTIVITY.values)
    gate = values.pop("gate_f_saturated_share")
    read = events.scalars("units/gate_saturated_share/lstm[f]")
    assert read == {51: gate}
    for name, value in values.items():
        assert events.scalars(f"units/{name}/lstm") == {51: value}
    assert len(of_samples(events)) == 5 + 6


def test_a_loss_at_every_step_has_no_horizon_and_no_decay(
    tmp_path: Path,
) -> None:
    fresh = profile(fresh=True, norm=np.array([5.0, 2.0, 1.0]))
    events = told(tmp_path, sample(profiles=(fresh,), activities=()))
    assert of_samples(events) == {"time/growth/lstm[h]"}
    assert events.scalars("time/growth/lstm[h]") == {1: 5}
    text = events.description("time/growth/lstm[h]")
    assert "The loss reads every time step" in text


def test_what_is_not_finite_is_told_as_such(tmp_path: Path) -> None:
    lost = profile(norm=np.array([1.0, np.inf, 1.0]))
    events = told(tmp_path, sample(profiles=(lost,)))
    for name in ("horizon", "decay", "growth"):
        assert np.isnan(events.scalars(f"time/{name}/lstm[h]")[1])


def test_each_curve_says_its_unit_and_what_is_healthy(tmp_path: Path) -> None:
    events = told(tmp_path, sample())
    for tag in of_samples(events):
        assert "Healthy: " in events.description(tag), tag
        assert "`sequential/lstm`" in events.description(tag), tag
    assert events.description("time/horizon/lstm[h]").startswith(
        "Number of time steps"
    )
    assert "per time step" in events.description("time/decay/lstm[h]")
    assert "0 to 1" in events.description("units/silent_unit_share/lstm")


def charts(events: Events) -> dict[str, dict[str, list[str]]]:
    """Of each category each chart, and the patterns in it."""
    layout = Layout.FromString(events.bytes("custom_scalars__config__"))
    return {
        category.title: {
            chart.title: list(chart.multiline.tag) for chart in category.chart
        }
        for category in layout.category
    }


def test_time_and_activity_are_groups_of_the_layout(tmp_path: Path) -> None:
    found = charts(told(tmp_path, sample()))
    assert list(found)[:4] == [
        "training",
        "whole model",
        "through time",
        "activity",
    ]
    time, activity = found["through time"], found["activity"]
    assert list(time) == ["horizon", "decay", "growth"]
    assert time["decay"] == ["^time/decay/"]
    assert len(activity) == 5


def test_runs_with_different_layers_share_their_charts(tmp_path: Path) -> None:
    other = profile(layer="sequential/gru")
    one = charts(told(tmp_path / "lstm", sample()))
    two = charts(told(tmp_path / "gru", sample(profiles=(other,))))
    assert one["through time"] == two["through time"]


def test_without_samples_nothing_is_told(tmp_path: Path) -> None:
    events = told(tmp_path)
    assert not of_samples(events)
    assert not {"through time", "activity"} & set(charts(events))


def test_a_sample_without_a_step_in_its_window_is_told(tmp_path: Path) -> None:
    reporter = TensorBoardReporter(tmp_path)
    reporter.write(snapshot(steps=8), ())
    reporter.write(snapshot(9, steps=0, samples=(sample(7),)), ())
    reporter.close(())
    assert list(Events(tmp_path).scalars("time/horizon/lstm[h]")) == [7]


def test_hostile_names_are_told_as_they_are(tmp_path: Path) -> None:
    name = "<script>a(1)</script>/.*|[b]`"
    events = told(
        tmp_path,
        sample(
            profiles=(profile(), profile(layer=name)),
            activities=(ACTIVITY, Activity(name, {"output_mean": 3.0})),
        ),
    )
    assert events.scalars(f"units/output_mean/{name}") == {1: 3}
    assert events.scalars(f"time/horizon/{name}[h]") == {1: 4}


def test_histograms_are_told_bucket_by_bucket(tmp_path: Path) -> None:
    counted = sample(51, histograms=HISTOGRAMS)
    events = told(tmp_path, sample(1), counted)
    assert sorted(events.of("histograms")) == [
        "gradients/lstm/kernel",
        "outputs/lstm",
    ]
    step, table = events.array("gradients/lstm/kernel")
    assert step == 51
    # The empty bin at the low end is left out.
    np.testing.assert_array_equal(table[:, 2], HISTOGRAMS[0].counts[1:])
    np.testing.assert_array_equal(table[1:, 0], table[:-1, 1])
    np.testing.assert_array_equal(table[:-1, 1], EDGES[2:-1])
    assert table[-1, 1] == 10 * EDGES[-2]
    _, (row,) = events.array("outputs/lstm")
    assert list(row) == [*EDGES[70:72], 5]
    assert "layer" in events.description("outputs/lstm")
