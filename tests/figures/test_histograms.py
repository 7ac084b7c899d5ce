"""Ridges of histograms, against their counts."""

import numpy as np
import pytest

from kgrad.figures import histograms
from kgrad.figures.histogram_plot import RIDGES
from kgrad.figures.tensors import tensors_of
from kgrad.figures.views import draw_all
from kgrad.records import Histogram
from kgrad.records.histograms import BINS, EDGES, MIDDLE
from kgrad.storage.history import RunHistory
from tests.figures.read import (
    healthy,
    history_of,
    markup_of_others,
    said,
    text,
)
from tests.figures.test_text import HOSTILE
from tests.reporters.made import CELL, sample, snapshot

KERNEL = f"gradient {CELL}/kernel"


def spread(width: float, name: str = f"{CELL}/kernel") -> Histogram:
    values = np.random.default_rng(0).normal(0, width, 1000)
    return Histogram("gradient", name, np.histogram(values, EDGES)[0] * 1.0)


def looked_at(*steps: int, **changes: object) -> RunHistory:
    found = [
        sample(
            step,
            histograms=(
                Histogram("activation", "sequential/lstm", np.ones(BINS)),
                spread(10.0 ** -(step // 50)),
                Histogram("weight", f"{CELL}/kernel", np.ones(BINS)),
            ),
        )
        for step in steps
    ]
    return history_of(snapshot(steps=max(steps), samples=found, **changes))


def ridges(figure: object) -> list[object]:
    return [t for t in figure.data if t.hoverinfo != "skip"]


def test_a_ridge_is_as_high_as_the_share_of_the_entries() -> None:
    figure = histograms(looked_at(1, 51, 101))
    assert [r.name for r in ridges(figure)] == ["step 1", "step 51", "step 101"]
    assert figure.layout.title.text == "Histogram: gradient of lstm/kernel"
    tallest = max(spread(10.0**-i).counts.max() for i in range(3))
    for i, ridge in enumerate(ridges(figure)):
        counts = spread(10.0**-i).counts
        height = i - np.array(ridge.y, float)
        shown = height[height > 0] / height.max()
        wanted = counts[counts > 0] / counts.max()
        np.testing.assert_allclose(shown, wanted, atol=1e-9)
        # One scale for all.
        assert height.max() == pytest.approx(1.6 * counts.max() / tallest)
    assert list(figure.layout.yaxis.ticktext) == ["1", "51", "101"]


def test_hovering_tells_from_where_to_where_and_how_many() -> None:
    (ridge,) = ridges(histograms(looked_at(1)))
    told = {row[0]: row[1] for row in ridge.customdata}
    one = 1 + 12 * 4
    for sign, where in ((1, "1 to 1.78"), (-1, "−1 to −1.78")):
        share = spread(1.0).counts[MIDDLE + sign * one] / 1000
        assert told[where] == f"{share:.2%}"
    everything = histograms(looked_at(1), "weight " + f"{CELL}/kernel")
    told = [row[0] for row in ridges(everything)[0].customdata]
    assert told[0] == "−1e+06 and beyond"
    assert told[MIDDLE] == "0, or closer than 1e-12"
    assert told[-1] == "1e+06 and beyond"


def test_marks_are_powers_of_ten_at_the_edges() -> None:
    axis = histograms(looked_at(1), f"weight {CELL}/kernel").layout.xaxis
    marks = dict(zip(axis.ticktext, axis.tickvals, strict=True))
    assert marks["0"] == 0
    for label, place in marks.items():
        if label == "0":
            continue
        sign = -1 if label.startswith("−") else 1
        power = int(label.lstrip("−")[len("10<sup>") : -len("</sup>")])
        # Between two bins lies their edge.
        edge = EDGES[int(MIDDLE + place + 0.5)]
        assert edge == pytest.approx(sign * 10.0**power)
    assert 6 < len(marks) < 20


def test_bins_around_0_that_are_empty_are_left_out() -> None:
    figure = histograms(looked_at(1))
    (ridge,) = ridges(figure)
    used = np.flatnonzero(spread(1.0).counts) - MIDDLE
    gap = np.abs(used).min() - 3
    assert len(ridge.x) == used.max() - used.min() + 1 + 2 * (2 - gap)
    np.testing.assert_array_equal(np.diff(ridge.x), 1)
    nearest = 10 ** (-12 + gap / 4)
    assert f"closer to 0 than {nearest:.0e}" in healthy(figure)
    marks = figure.layout.xaxis.ticktext
    assert "0" in marks
    assert "10<sup>-11</sup>" not in marks


def test_of_many_samples_the_first_and_the_last_are_shown() -> None:
    figure = histograms(looked_at(*range(1, 1001, 10)))
    shown = ridges(figure)
    assert len(shown) == RIDGES
    assert (shown[0].name, shown[-1].name) == ("step 1", "step 991")


def test_gradients_come_first_and_each_is_drawn() -> None:
    history = looked_at(1)
    assert tensors_of(history) == {
        KERNEL: "gradient of lstm/kernel",
        f"weight {CELL}/kernel": "weight of lstm/kernel",
        "activation sequential/lstm": "activation of lstm",
    }
    titles = [str(figure.layout.title.text) for figure in draw_all(history)]
    assert [t for t in titles if t.startswith("Histogram: ")] == [
        f"Histogram: {name}" for name in tensors_of(history).values()
    ]
    assert "Healthy: hills" in healthy(histograms(history))


def test_without_histograms_it_is_said_how_to_have_some() -> None:
    (sentence,) = said(histograms(history_of(snapshot(samples=(sample(),)))))
    assert "histograms=True" in sentence
    with pytest.raises(KeyError, match="`tensor` must be one of"):
        histograms(looked_at(1), "gradient of nothing")


def test_nan_and_tensors_without_entries_are_told() -> None:
    lost = Histogram("gradient", "a", np.zeros(BINS), nan=7)
    figure = histograms(
        history_of(snapshot(samples=(sample(histograms=(lost,)),)))
    )
    (ridge,) = ridges(figure)
    assert "7 are NaN" in ridge.hovertemplate
    assert "left out" in healthy(figure)


def test_hostile_names_are_text() -> None:
    found = tuple(spread(1.0, name) for name in HOSTILE)
    history = history_of(snapshot(samples=(sample(histograms=found),)))
    for name in HOSTILE:
        figure = histograms(history, f"gradient {name}")
        assert not markup_of_others(figure)
        assert "Histogram: gradient of" in text(figure.layout.title.text)
