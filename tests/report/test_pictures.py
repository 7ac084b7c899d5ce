"""The curve behind each finding, checked against the numbers of the run."""

import numpy as np
import pytest

from kgrad import signs
from kgrad.records import Finding, Snapshot
from kgrad.report.pictures import Picture, Pictures, sparkline
from kgrad.storage.history import RunHistory
from tests.signs.cases.changes import (
    always,
    nonfinite,
    quiet,
    shrunk,
    spike,
    zigzag,
)
from tests.signs.runs import LEARNING, activities, profiles, run

NAMES = {"net/rnn": "rnn", "net/rnn/kernel": "rnn/kernel"}


def drawn(snapshots: list[Snapshot], sign: str) -> tuple[Finding, Picture]:
    """A finding of the run, and its picture."""
    history = RunHistory(snapshots, signs.diagnose(snapshots))
    (finding,) = (f for f in history.findings if f.sign == sign)
    picture = Pictures(history, NAMES).of(finding)
    assert picture is not None
    return finding, picture


def test_a_spike_of_one_step_stands_out() -> None:
    snapshots = run(spike(0.5))
    _, picture = drawn(snapshots, "exploding")
    norms = RunHistory(snapshots)["gradient_norm"][:, 0]
    assert picture.bars.count("█") == 1
    assert picture.bars == sparkline(norms, 32, logarithmic=True, largest=True)
    assert picture.caption == (
        "gradient norm of rnn/kernel, log, steps 1 to 640: "
        f"{norms.min():.3g} to {norms.max():.3g}"
    )


def test_nan_is_shown_with_what_led_to_it() -> None:
    _, picture = drawn(run(nonfinite(0, loss=True)), "nonfinite")
    assert picture.bars.endswith("███×××") or picture.bars.endswith("×××")
    assert "steps 237 to 308: " in picture.caption


@pytest.mark.parametrize(
    ("sign", "snapshots", "caption"),
    [
        (
            "large_updates",
            run(always(0.3)),
            "update ratio of rnn/kernel, log, steps 1 to 640: 0.3",
        ),
        (
            "small_updates",
            run(always(1e-7)),
            "update ratio of the whole model, log, steps 1 to 640: ",
        ),
        (
            "dead_units",
            run(quiet(0.75, 2, 3)),
            "quiet unit share of net/hidden/kernel, steps 1 to 640: 0 to 0.75",
        ),
        (
            "dead_units",
            run(samples_of=activities("net/hidden", "silent_unit_share", 0.95)),
            "silent unit share of net/hidden, steps 1 to 601: 0.95",
        ),
        (
            "saturation",
            run(samples_of=activities("net/rnn", "saturated_unit_share", 1)),
            "saturated unit share of rnn, steps 1 to 601: 1",
        ),
        (
            "vanishing",
            run(shrunk(1e-6, 2)),
            "gradient norm of net/hidden/kernel, log, steps 1 to 640: ",
        ),
        (
            "vanishing",
            run(samples_of=profiles(lambda s: 0.1 if s < 99 else 0.2)),
            "horizon of rnn, steps 1 to 601: 10 to 20",
        ),
        (
            "oscillation",
            run(metric=zigzag(0.5)),
            "accuracy, steps 64 to 640: 0.35 to 0.85",
        ),
        ("slow_progress", run(), "accuracy, steps 64 to 640: 0.24 to 0.26"),
    ],
)
def test_each_sign_is_shown_by_what_it_is_judged_by(
    sign: str, snapshots: list[Snapshot], caption: str
) -> None:
    _, picture = drawn(snapshots, sign)
    assert picture.caption.startswith(caption)


def test_what_was_not_measured_is_not_drawn() -> None:
    found = Finding("saturation", "net/rnn/kernel", 1, 2, 1.0, 1.0, "It is.")
    assert Pictures(RunHistory(run()), {}).of(found) is None
    gone = Finding("exploding", "no/such", 1, 2, 1.0, 1.0, "It is.")
    assert Pictures(RunHistory(run()), {}).of(gone) is None
    assert Pictures(RunHistory(), {}).curves() == ()


def test_the_curves_of_a_run_are_loss_metric_gradient_update_and_horizon() -> (
    None
):
    more = {"val_accuracy": LEARNING}
    snapshots = run(metric=LEARNING, more=more, samples_of=profiles(0.1))
    curves = Pictures(RunHistory(snapshots), NAMES).curves()
    assert [c.caption.split(",")[0] for c in curves] == [
        "loss",
        "accuracy",
        "val_accuracy",
        "gradient norm of the whole model",
        "update ratio of the whole model",
        "horizon of rnn",
    ]
    loss = RunHistory(snapshots).loss
    assert curves[0].bars == sparkline(loss, 32)
    assert np.isfinite(loss).all()


def test_a_rising_curve_rises() -> None:
    assert sparkline(np.arange(8.0)) == "▁▂▃▄▅▆▇█"


def test_a_constant_is_flat() -> None:
    assert sparkline(np.ones(40), width=5) == "▁▁▁▁▁"


def test_powers_of_ten_are_equal_steps() -> None:
    assert sparkline(10.0 ** np.arange(8), logarithmic=True) == "▁▂▃▄▅▆▇█"


def test_what_is_not_finite_is_marked() -> None:
    values = np.array([0.0, 1.0, np.nan, np.inf])
    assert sparkline(values) == "▁█××"
    assert sparkline(np.full(3, np.nan)) == "×××"
    assert sparkline(np.zeros(2), logarithmic=True) == "××"


def test_with_a_span_the_largest_value_is_the_highest_bar() -> None:
    falling = 10.0 ** -np.arange(0, 10)
    assert sparkline(falling, logarithmic=True, span=7) == "█▇▆▅▄▃▂▁▁▁"
    assert sparkline(1e-30 * falling, logarithmic=True, span=7)[0] == "█"
    assert sparkline(np.ones(3), logarithmic=True, span=7) == "███"
    assert sparkline(np.array([0.9, 1.0]), logarithmic=True, span=7) == "██"


def test_a_single_bad_step_is_seen_where_the_largest_is_shown() -> None:
    values = np.ones(40)
    values[17] = 1000
    assert sparkline(values, width=4) == "▁▁▁▁"
    assert sparkline(values, width=4, largest=True) == "▁█▁▁"
    values[17] = np.inf
    assert sparkline(values, width=4, largest=True) == "▁▁▁▁"


def test_a_share_that_does_not_reach_the_limit_is_no_evidence() -> None:
    """The gates of a layer are stuck, and none of its units is."""
    units = run(samples_of=activities("net/rnn", "saturated_unit_share", 0.1))
    history = RunHistory(units)
    found = Finding("saturation", "net/rnn/kernel", 1, 601, 0.9, 0.75, "")
    assert Pictures(history, NAMES).of(found) is None
