"""The data, as the figure shows them and as the history has them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from kgrad.figures import data
from kgrad.records import Sample
from kgrad.records.summaries import summarize_batch
from tests.figures.read import (
    healthy,
    history_of,
    numbers,
    said,
    text,
)
from tests.reporters.made import sample, snapshot

RNG = np.random.default_rng(0)


def seen(step: int, *arrays: Any, **names: Sequence[str]) -> Sample:
    return Sample(step, data=summarize_batch(*arrays, **names))


def drawn(*samples: Sample, **options: Any) -> Any:
    steps = max(s.step for s in samples)
    return data(history_of(snapshot(steps=steps, samples=samples)), **options)


def plots(figure: Any) -> list[str]:
    """The titles of the plots, from the top."""
    return [text(axis.title.text) for axis in figure.select_yaxes()]


def traces(figure: Any, title: str) -> list[Any]:
    """What is drawn in the plot with this title."""
    row = plots(figure).index(title) + 1
    return list(figure.select_traces(row=row, col=1))


def line(figure: Any, title: str, name: str) -> Any:
    """What can be hovered over."""
    (found,) = (
        t
        for t in traces(figure, title)
        if t.name == name and t.hoverinfo != "skip"
    )
    return found


CLASSES = np.array([0, 0, 0, 1, 1, 2, 2, 2])


def classifier(step: int, predicted: Any) -> Sample:
    x = np.full((8, 3), step / 10)
    x[0, 0] = -step
    return seen(step, x, CLASSES, np.eye(4)[predicted] * 0.9)


def regression(step: int, scale: float = 1.0) -> Sample:
    y = np.linspace(-2, 2, 8)[:, np.newaxis]
    return seen(step, RNG.normal(size=(8, 3)), y, scale * y)


def test_ranges_are_those_of_the_batches() -> None:
    samples = [classifier(step, CLASSES) for step in (1, 51, 101)]
    figure = drawn(*samples)
    band, bottom, top, spread, mean = traces(figure, "inputs")
    tensors = [s.data.of("input")[0] for s in samples if s.data]
    lows = [t.minimum for t in tensors]
    highs = [t.maximum for t in tensors]
    assert list(mean.x) == [1, 51, 101]
    assert list(mean.y) == [t.mean for t in tensors]
    assert list(bottom.y) == lows == [-1, -51, -101]
    assert list(top.y) == highs
    assert list(band.x) == [1, 51, 101, 101, 51, 1]
    assert list(band.y) == [*highs, *lows[::-1]]
    # One standard deviation, as far as there are entries.
    expected = [min(t.mean + t.std, t.maximum) for t in tensors]
    assert list(spread.y[:3]) == expected
    assert mean.text[0].split("<br>") == [
        "-1 to 0.1",
        f"mean {tensors[0].mean:.3g}, spread {tensors[0].std:.3g}",
        "spread of its 3 features: 0 to 0.364",
        "zeros: 0.0%",
    ]


def test_classes_have_their_share_over_the_steps_and_at_the_last() -> None:
    figure = drawn(
        classifier(1, [3, 3, 3, 3, 3, 3, 1, 0]),
        classifier(51, [0, 0, 0, 0, 0, 1, 1, 2]),
    )
    assert plots(figure) == [
        "inputs",
        "targets",
        "predictions",
        "most frequent class",
        "share of the batch",
    ]
    largest = line(figure, "most frequent class", "predictions")
    assert list(largest.y) == [6 / 8, 5 / 8]
    assert list(largest.text) == [
        "most frequent: class 3, 75.0%",
        "most frequent: class 0, 62.5%",
    ]
    known = line(figure, "most frequent class", "targets")
    assert list(known.y) == [3 / 8, 3 / 8]
    truth = line(figure, "share of the batch", "targets")
    told = line(figure, "share of the batch", "predictions")
    assert list(truth.x) == list(told.x) == ["0", "1", "2", "3"]
    assert list(truth.y) == [3 / 8, 2 / 8, 3 / 8, 0]
    assert list(told.y) == [5 / 8, 2 / 8, 1 / 8, 0]
    assert told.text[0] == "62.5%, 5 of 8"
    titles = [axis.title.text for axis in figure.select_xaxes()]
    assert titles[-2:] == ["training step", "class, step 51"]


def test_the_classes_of_nan_are_not_told() -> None:
    figure = drawn(
        classifier(1, CLASSES),
        seen(51, np.ones((8, 3)), CLASSES, np.full((8, 4), np.nan)),
        seen(101, np.ones((8, 3)), CLASSES, np.full((8, 4), np.nan)),
    )
    largest = line(figure, "most frequent class", "predictions")
    np.testing.assert_array_equal(numbers(largest.y), [3 / 8, np.nan, np.nan])
    titles = [axis.title.text for axis in figure.select_xaxes()]
    assert titles[-1] == "class, step 1"


def test_of_many_classes_the_most_frequent_are_shown() -> None:
    y = np.repeat(np.arange(100), np.where(np.arange(100) % 2, 1, 3))
    figure = drawn(seen(1, np.ones((200, 2)), y, np.eye(100)[y]))
    bars = line(figure, "share of the batch", "targets")
    assert len(bars.x) == 40
    assert {int(c) % 2 for c in bars.x} == {0}
    titles = [axis.title.text for axis in figure.select_xaxes()]
    assert titles[-1] == "class, the 40 most frequent of 100, step 1"


def test_numbers_share_an_axis_and_show_their_spread() -> None:
    samples = [regression(1, 0.001), regression(51, 0.5)]
    figure = drawn(*samples)
    title = "targets, predictions"
    assert plots(figure) == ["inputs", title, "spread between samples"]
    assert [t.legendgroup for t in traces(figure, title)] == (
        5 * ["targets"] + 5 * ["predictions"]
    )
    for name, role in (("targets", "target"), ("predictions", "prediction")):
        shown = line(figure, "spread between samples", name)
        assert list(shown.y) == [
            s.data.of(role)[0].sample_spread for s in samples if s.data
        ]
    # Far apart, they need a logarithm; the ranges go through zero.
    *_, ranges, spread = figure.select_yaxes()
    assert spread.type == "log"
    assert ranges.type is None


def test_a_logarithm_is_for_positive_numbers_whose_mean_grows() -> None:
    y = np.linspace(1e5, 3e5, 8)[:, np.newaxis]
    apart = drawn(seen(1, y, y, y / 1e6), seen(51, y, y, y))
    _, ranges, _ = apart.select_yaxes()
    assert ranges.type == "log"
    shares = RNG.dirichlet(np.full(4, 0.01), 8)
    near = drawn(seen(1, y, CLASSES, shares), seen(51, y, CLASSES, shares))
    assert all(axis.type is None for axis in near.select_yaxes())


def test_what_is_not_finite_is_marked() -> None:
    x = np.ones((8, 3))
    x[2, 1] = np.inf
    figure = drawn(
        seen(1, np.ones((8, 3)), CLASSES),
        seen(51, x, CLASSES),
        seen(101, np.full((8, 3), np.nan), CLASSES),
    )
    marked = line(figure, "inputs", "NaN or infinite")
    assert list(marked.x) == [51, 101]
    assert list(marked.y) == [1, 1]
    assert marked.text[0].endswith("NaN or infinite: 1 of 24")
    mean = line(figure, "inputs", "inputs")
    np.testing.assert_array_equal(numbers(mean.y), [1, 1, np.nan])


def test_each_input_and_output_has_a_plot_by_its_name() -> None:
    inputs = {"image": np.ones((8, 2)), "words": np.ones((8, 5))}
    y = [CLASSES, np.full((8, 1), 3.5)]
    y_pred = [np.eye(3)[CLASSES], np.ones((8, 1))]
    names = ("kind", "price")
    weights = [np.ones(8), np.ones(8)]
    figure = drawn(
        seen(1, inputs, y, y_pred, weights, outputs=names),
        seen(51, inputs, y, y_pred, weights, outputs=names),
    )
    assert plots(figure) == [
        "inputs image",
        "inputs words",
        "sample weights kind",
        "sample weights price",
        "targets kind",
        "predictions kind",
        "most frequent class kind",
        "targets, predictions price",
        "spread between samples price",
        "share of the batch kind",
    ]
    assert {t.name for t in figure.data if t.showlegend} == {
        "inputs",
        "sample weights",
        "targets",
        "predictions",
    }
    many = {f"part_{i}": np.ones((8, 2)) for i in range(9)}
    assert "The first 6 of 9 inputs are shown." in healthy(drawn(seen(1, many)))


def test_plots_share_the_steps_and_classes_have_an_axis_of_their_own() -> None:
    figure = drawn(classifier(1, CLASSES), classifier(51, CLASSES))
    *shared, steps, classes = figure.select_xaxes()
    assert {axis.matches for axis in shared} == {"x4"}
    assert steps.matches is classes.matches is None
    assert [axis.showticklabels for axis in (steps, classes)] == [True, True]
    assert not any(axis.showticklabels for axis in shared)
    domains = [axis.domain for axis in figure.select_yaxes()]
    for (low, _), (_, high) in pairwise(domains):
        assert low > high
    assert domains[0][1] == 1
    assert abs(domains[-1][0]) < 1e-9


def test_one_step_has_bars_and_many_steps_no_marks() -> None:
    (band, *_, mean) = traces(drawn(classifier(1, CLASSES)), "inputs")
    assert list(band.x) == [1, 1]
    assert band.line.width > 5
    many = [classifier(step, CLASSES) for step in range(1, 90)]
    (*_, mean) = traces(drawn(*many), "inputs")
    assert mean.mode == "lines"


def test_a_run_without_data_says_why() -> None:
    before = history_of(snapshot(samples=(sample(1, data=None),)))
    for history in (before, history_of(snapshot())):
        (sentence,) = said(data(history))
        assert sentence.startswith("Nothing is known of the data.")
        assert "monitor.observe(x, y, y_pred)" in sentence
