"""The story's numbers, bands and hover boxes against the history."""

import numpy as np

from kgrad.figures import story
from kgrad.figures.story_plot import MOST_FINDINGS
from kgrad.records import Remedy, Setup
from tests.figures.read import (
    healthy,
    history_of,
    names,
    numbers,
    said,
    text,
    trace,
)
from tests.reporters.made import CELL, REMEDY, epoch, finding, snapshot
from tests.signs import runs

LOSS = "loss of each step"


def test_loss_and_metrics_are_those_of_the_history() -> None:
    epochs = [
        epoch(i, 8 * i + 8, loss=1.0, val_loss=1 / (i + 1), accuracy=i / 4,
              val_accuracy=i / 8)
        for i in range(3)
    ]  # fmt: skip
    history = history_of(
        *(snapshot(8 * i + 1, epochs=(epochs[i],)) for i in range(3))
    )
    figure = story(history)
    loss = trace(figure, LOSS)
    np.testing.assert_array_equal(loss.x, history.steps)
    np.testing.assert_array_equal(loss.y, history.loss)
    for name in ("accuracy", "val_accuracy", "val_loss"):
        drawn = trace(figure, name)
        assert list(drawn.x) == [8, 16, 24]
        assert list(drawn.y) == [e.logs[name] for e in epochs]
        assert list(drawn.customdata) == [0, 1, 2]
    assert trace(figure, "accuracy").yaxis == "y2"
    assert trace(figure, "val_loss").yaxis == "y"


def test_what_guessing_reaches_is_a_line() -> None:
    figure = story(history_of(*runs.run()))
    (line,) = figure.layout.shapes
    assert (line.y0, line.y1, line.yref) == (0.25, 0.25, "y2")
    assert "guessing: 0.25" in said(figure)


def test_a_finding_is_a_band_from_its_first_to_its_last_step() -> None:
    history = history_of(
        snapshot(steps=20),
        findings=[
            finding("vanishing", first_step=3, last_step=17),
            finding("exploding", first_step=5, last_step=5),
        ],
    )
    figure = story(history)
    bands = trace(figure, "findings")
    # The cause first, then what follows from it.
    assert list(bands.base) == [4.5, 2.5]
    assert list(bands.x) == [1, 15]
    assert list(figure.layout.yaxis3.ticktext) == [
        "<b>exploding</b><br>lstm/kernel",
        "↳ <b>vanishing</b><br>lstm/kernel",
    ]
    # One step of a million is less than a pixel: its rim is not.
    assert bands.marker.line.width == 2
    assert bands.marker.line.color == bands.marker.color
    assert len(set(bands.marker.color)) == 2


def test_the_hover_box_tells_sign_target_evidence_and_remedy() -> None:
    other = Remedy("smaller_steps", "smaller steps", "SGD(1e-3)", "steps", "")
    figure = story(
        history_of(snapshot(), findings=[finding(remedies=(REMEDY, other))])
    )
    (box,) = trace(figure, "findings").hovertext
    words = " ".join(text(box).split())
    assert words.startswith(f"exploding at {CELL}/kernel Steps 3 to 7.")
    assert "Measured 1230, limit 10." in words
    assert f"The norm of `{CELL}/kernel` was 1234.5 at step 3." in words
    assert "Try gradient clipping" in words
    assert "No step is longer than 1. Does not cure" in words
    assert "Try smaller steps" in words
    # Program text keeps its lines.
    assert "<br>    0.1, global_clipnorm=1.0<br>)" in box


def test_a_spike_of_one_step_in_a_long_run_is_drawn() -> None:
    loss = np.random.default_rng(0).uniform(1, 2, 100_000)
    loss[54_321] = 1e6
    steps = snapshot(steps=100_000, loss=loss)
    drawn = trace(story(history_of(steps)), LOSS)
    assert len(drawn.x) < 4_000
    assert max(drawn.y) == 1e6
    assert drawn.x[np.argmax(drawn.y)] == 54_322


def test_a_loss_that_is_not_finite_is_marked_where_it_is() -> None:
    loss = np.array([2.0, 1.0, np.nan, np.inf, 1.0])
    figure = story(history_of(snapshot(steps=5, loss=loss)))
    broken = trace(figure, "loss is NaN or infinite")
    assert list(broken.x) == [3, 4]
    assert list(broken.text) == ["nan", "inf"]
    assert list(broken.y) == [2, 2]
    line = trace(figure, LOSS)
    np.testing.assert_array_equal(numbers(line.y), [2, 1, np.nan, np.nan, 1])


def test_a_loss_that_is_nan_from_the_start_is_not_one_that_is_not_known() -> (
    None
):
    lost = np.full(4, np.nan)
    unknown = story(history_of(snapshot(steps=4, loss=lost)))
    assert "The loss of the steps is not known." in said(unknown)
    told = snapshot(steps=4, loss=lost, epochs=(epoch(0, 4, loss=np.nan),))
    assert "loss is NaN or infinite" in names(story(history_of(told)))


def test_a_loss_of_many_decades_has_a_logarithmic_axis() -> None:
    wide = snapshot(steps=3, loss=np.array([1e3, 1.0, 1e-2]))
    assert story(history_of(wide)).layout.yaxis.type == "log"
    below = snapshot(steps=3, loss=np.array([1e3, 1.0, -1.0]))
    assert story(history_of(below)).layout.yaxis.type != "log"


def test_what_is_not_there_yet_is_said() -> None:
    assert said(story(history_of(snapshot()))) == [
        "No epoch has ended yet.",
        "No sign was found.",
    ]
    bare = snapshot(epochs=(epoch(0, 8, learning_rate=0.1),))
    assert "No epoch has a metric yet." in said(story(history_of(bare)))


def test_damage_is_told_below_the_title() -> None:
    figure = story(history_of(snapshot(), damage=["f.kgrad: cut <off>"]))
    assert "Damaged: f.kgrad: cut <off>" in healthy(figure)


def test_more_findings_than_there_is_room_for_are_counted() -> None:
    many = [
        finding("exploding", target=f"t{i}", first_step=i) for i in range(1, 60)
    ]
    figure = story(history_of(snapshot(), findings=many))
    assert len(trace(figure, "findings").x) == MOST_FINDINGS
    assert "The most serious 40 of 59 findings" in healthy(figure)


def test_a_run_of_epochs_alone_is_shown() -> None:
    empty = snapshot(steps=0, epochs=(epoch(0, 4, accuracy=0.5),))
    figure = story(history_of(empty))
    assert list(trace(figure, "accuracy").y) == [0.5]


def test_a_metric_of_a_file_is_only_text() -> None:
    epochs = (epoch(0, 8, **{"<b>acc%{x}": 0.5}),)
    figure = story(history_of(snapshot(epochs=epochs, setup=Setup(loss="<i>"))))
    drawn = trace(figure, "&lt;b&gt;acc&#37;{x}")
    assert drawn.hovertemplate.count("%{") == 3
