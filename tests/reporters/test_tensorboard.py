"""What TensorBoard reads back, against the records that it was told."""

import re
from pathlib import Path

import markdown
import numpy as np
import pytest
from tensorboard.plugins.custom_scalar.layout_pb2 import Layout
from tensorboard.plugins.hparams import metadata as hparams
from tensorboard.plugins.hparams.api_pb2 import STATUS_FAILURE, STATUS_SUCCESS

from kgrad.records import ActionRecord, Setup, Snapshot
from kgrad.reporters.tensorboard.reporter import TensorBoardReporter
from tests.reporters.made import (
    CELL,
    TARGETS,
    Events,
    epoch,
    finding,
    sample,
    snapshot,
)

LABELS = {
    **{f"{CELL}/kernel[{gate}]": f"lstm/kernel[{gate}]" for gate in "ifco"},
    f"{CELL}/kernel": "lstm/kernel",
    "sequential/dense/kernel": "dense/kernel",
    "global": "global",
}


def told(folder: Path, *snapshots: Snapshot, detailed: bool = True) -> Events:
    reporter = TensorBoardReporter(folder, detailed=detailed)
    for window in snapshots:
        reporter.write(window, ())
    reporter.close(())
    return Events(folder)


@pytest.mark.parametrize("statistic", ["gradient_norm", "update_ratio"])
def test_mean_and_max_of_each_window_are_those_of_its_steps(
    tmp_path: Path, statistic: str
) -> None:
    windows = [snapshot(1), snapshot(9, steps=5)]
    events = told(tmp_path, *windows)
    for column, target in enumerate(TARGETS):
        for suffix, rule in (("", np.mean), ("_max", np.max)):
            read = events.scalars(f"{statistic}{suffix}/{LABELS[target.name]}")
            expected = [float(rule(w[statistic][:, column])) for w in windows]
            assert read == {
                8: pytest.approx(expected[0], rel=1e-6),
                13: pytest.approx(expected[1], rel=1e-6),
            }


def test_only_the_whole_model_has_maxima_unless_details_are_asked_for(
    tmp_path: Path,
) -> None:
    every = told(tmp_path / "all", snapshot()).of("scalars")
    few = told(tmp_path / "few", snapshot(), detailed=False).of("scalars")
    assert set(few) < set(every)
    assert not [tag for tag in few if "[" in tag]
    assert sorted(tag for tag in few if "_max/" in tag) == [
        "gradient_norm_max/global",
        "nonfinite_count_max/global",
        "update_ratio_max/global",
    ]
    assert {"gradient_norm/lstm/kernel", "update_ratio/global"} <= set(few)


def test_loss_and_metrics_come_first_by_name(tmp_path: Path) -> None:
    skip = ActionRecord("skip", 3, "A step was skipped.")
    events = told(
        tmp_path,
        snapshot(epochs=(epoch(0, 8),), samples=(sample(),), actions=(skip,)),
    )
    groups = {tag.partition("/")[0] for tag in events.of("scalars")}
    assert sorted(groups)[:2] == ["batch", "epoch"]
    assert {"findings", "time", "units", "updates"} < groups


def test_loss_and_learning_rate_are_told_by_window(tmp_path: Path) -> None:
    window = snapshot()
    events = told(tmp_path, window)
    read = events.scalars("batch/loss")
    assert read == {8: pytest.approx(window.loss.mean())}
    read = events.scalars("batch/loss_max")
    assert read == {8: pytest.approx(window.loss.max())}
    assert events.scalars("batch/learning_rate")[8] == pytest.approx(0.1)


def test_metrics_are_told_at_the_last_step_of_their_epoch(
    tmp_path: Path,
) -> None:
    events = told(
        tmp_path,
        snapshot(1, epochs=(epoch(0, 8, loss=0.5, val_loss=0.7),)),
        snapshot(9, epochs=(epoch(1, 16, loss=0.4, val_loss=0.9),)),
    )
    assert events.scalars("epoch/val_loss") == {
        8: pytest.approx(0.7),
        16: pytest.approx(0.9),
    }
    assert events.scalars("epoch/loss")[16] == pytest.approx(0.4)


def test_a_metric_that_turns_back_shows_as_oscillation(tmp_path: Path) -> None:
    values = [0.5, 0.7, 0.4]
    windows = [
        snapshot(1 + 8 * i, epochs=(epoch(i, 8 * i + 8, accuracy=value),))
        for i, value in enumerate(values)
    ]
    read = told(tmp_path, *windows).scalars("epoch/oscillation")
    assert list(read) == [8, 16, 24]
    assert read[24] == pytest.approx(0.2)
    assert read[8] == read[16] == 0


def test_an_epoch_without_steps_is_told(tmp_path: Path) -> None:
    events = told(
        tmp_path, snapshot(), snapshot(9, steps=0, epochs=(epoch(0, 8),))
    )
    assert list(events.scalars("epoch/loss")) == [8]
    assert list(events.scalars("batch/loss")) == [8]


def test_every_curve_is_described(tmp_path: Path) -> None:
    events = told(tmp_path, snapshot(epochs=(epoch(0, 8),)))
    curves = events.of("scalars")
    assert len(curves) > 20
    for tag in curves:
        assert len(events.description(tag)) > 10, tag
    text = events.description("gradient_norm_max/lstm/kernel[f]")
    assert text.startswith("Norm of the gradient.")
    assert f"`{CELL}/kernel[f]`" in text


def test_not_a_number_and_infinity_are_told_as_such(tmp_path: Path) -> None:
    norms = np.ones((8, 5))
    norms[3, 4] = np.nan
    norms[5, 0] = np.inf
    events = told(tmp_path, snapshot(gradient_norm=norms))
    assert np.isnan(events.scalars("gradient_norm/dense/kernel")[8])
    assert np.isinf(events.scalars("gradient_norm_max/lstm/kernel[i]")[8])
    assert events.scalars("gradient_norm/lstm/kernel[f]")[8] == 1


def test_a_loss_that_becomes_nan_is_told_and_an_unknown_one_is_not(
    tmp_path: Path,
) -> None:
    unknown = np.full(8, np.nan)
    events = told(tmp_path / "lost", snapshot(), snapshot(9, loss=unknown))
    assert np.isnan(events.scalars("batch/loss")[16])
    events = told(tmp_path / "unknown", snapshot(loss=unknown))
    assert "batch/loss" not in events.tags


def test_skipped_steps_are_counted_and_left_out_of_means(
    tmp_path: Path,
) -> None:
    norms = np.ones((8, 5))
    norms[0] = np.inf
    counts = np.zeros((8, 5))
    counts[0, 4] = 3
    skipped = np.arange(8) == 0
    events = told(
        tmp_path,
        snapshot(
            gradient_norm=norms,
            nonfinite_count=counts,
            skipped=skipped,
            setup=Setup(loss_scaling=True),
        ),
    )
    assert events.scalars("gradient_norm/dense/kernel") == {8: 1}
    assert events.scalars("nonfinite_count_max/dense/kernel") == {8: 3}
    assert events.scalars("batch/skipped_steps") == {8: 1}


def test_a_window_of_skipped_steps_has_no_norm(tmp_path: Path) -> None:
    skipped = np.ones(8, bool)
    events = told(tmp_path, snapshot(), snapshot(9, skipped=skipped))
    assert list(events.scalars("gradient_norm/global")) == [8]


def test_the_ratio_to_weights_of_zero_is_left_out(tmp_path: Path) -> None:
    weights, updates = np.ones((8, 5)), np.full((8, 5), 0.5)
    weights[0, 4] = 0
    events = told(tmp_path, snapshot(weight_norm=weights, update_norm=updates))
    assert events.scalars("update_ratio/dense/kernel") == {8: 0.5}


def test_a_count_is_told_of_a_target_once_it_is_not_zero(
    tmp_path: Path,
) -> None:
    bad = np.zeros((8, 5))
    bad[2, 4] = 7
    events = told(
        tmp_path, snapshot(1), snapshot(9, nonfinite_count=bad), snapshot(17)
    )
    read = events.scalars("nonfinite_count_max/dense/kernel")
    assert read == {16: 7, 24: 0}
    read = events.scalars("nonfinite_count_max/global")
    assert read == {8: 0, 16: 7, 24: 0}
    assert "nonfinite_count/lstm/kernel[f]" not in events.tags


def test_clipping_is_told_where_there_is_any(tmp_path: Path) -> None:
    tag = "gradient_norm_clipped/dense/kernel"
    clipping = Setup("SGD", {"clipnorm": 1.0})
    assert tag not in told(tmp_path / "no", snapshot()).tags
    assert tag in told(tmp_path / "yes", snapshot(setup=clipping)).tags


def test_the_layout_refers_to_curves_that_exist_and_to_most_of_them(
    tmp_path: Path,
) -> None:
    bad = np.zeros((8, 5))
    bad[2, 4] = 7
    events = told(
        tmp_path,
        snapshot(epochs=(epoch(0, 8),)),
        snapshot(9, nonfinite_count=bad, epochs=(epoch(1, 16),)),
    )
    layout = Layout.FromString(events.bytes("custom_scalars__config__"))
    titles = [category.title for category in layout.category]
    assert titles == ["training", "whole model", "lstm", "dense"]
    curves = set(events.of("scalars"))
    shown = set()
    for category in layout.category:
        assert category.chart
        for chart in category.chart:
            assert chart.multiline.tag, chart.title
            for pattern in chart.multiline.tag:
                matches = {c for c in curves if re.match(pattern, c)}
                assert len(matches) == 1, pattern
                shown |= matches
    rest = curves - shown
    assert all(tag.startswith("findings/") for tag in rest), rest


def test_mean_and_max_of_a_layer_share_a_chart(tmp_path: Path) -> None:
    events = told(tmp_path, snapshot())
    layout = Layout.FromString(events.bytes("custom_scalars__config__"))
    (dense,) = (c for c in layout.category if c.title == "dense")
    assert list(dense.chart[0].multiline.tag) == [
        "^gradient_norm/dense/kernel$",
        "^gradient_norm_max/dense/kernel$",
    ]


def rendered(text: str) -> str:
    """As TensorBoard's text tab does it."""
    return markdown.markdown(text, extensions=["tables", "fenced_code"])


def test_a_finding_is_a_text_with_evidence_and_code(tmp_path: Path) -> None:
    reporter = TensorBoardReporter(tmp_path)
    reporter.write(snapshot(), [finding()])
    reporter.close([finding(last_step=900)])
    events = Events(tmp_path)
    assert events.of("text") == ["diagnoses"]
    first, last = (rendered(text) for text in events.texts("diagnoses"))
    assert "<h2>Exploding at lstm/kernel since step 3.</h2>" in last
    assert "exploding</strong> at lstm/kernel, steps 3 to 900:" in last
    assert "was 1234.5 at step 3. (Measured 1230, limit 10.)" in last
    assert "<strong>gradient clipping</strong> against exploding" in last
    assert ">optimizer=keras.optimizers.SGD(\n    0.1, global" in last
    assert "Does not cure: vanishing gradients." in last
    assert "steps 3 to 7:" in first


def test_a_finding_that_goes_on_is_not_written_again(tmp_path: Path) -> None:
    reporter = TensorBoardReporter(tmp_path)
    for window in range(50):
        last = 8 * window + 8
        reporter.write(snapshot(last - 7), [finding(last_step=last)])
    reporter.write(
        snapshot(401), [finding(last_step=408), finding("vanishing")]
    )
    reporter.close([finding(last_step=408), finding("vanishing")])
    events = Events(tmp_path)
    assert len(events.texts("diagnoses")) == 2
    assert events.scalars("findings/all") == {8: 1, 408: 2}


def test_a_finding_that_is_gone_is_said_to_be(tmp_path: Path) -> None:
    reporter = TensorBoardReporter(tmp_path)
    reporter.write(snapshot(), [finding("oscillation")])
    reporter.write(snapshot(9), [])
    reporter.close([])
    events = Events(tmp_path)
    assert len(events.texts("diagnoses")) == 2
    assert events.texts("diagnoses")[-1] == "No longer found."
    assert events.scalars("findings/oscillation") == {8: 1, 16: 0}
    assert events.scalars("findings/all") == {8: 1, 16: 0}


def test_hostile_names_are_text(tmp_path: Path) -> None:
    name = "<script>alert(1)</script>/*a*|`b`[c](d)/kernel"
    reporter = TensorBoardReporter(tmp_path)
    reporter.write(
        snapshot(), [finding(target=name, explanation=f"In `{name}`.")]
    )
    reporter.close([])
    html = rendered(Events(tmp_path).texts("diagnoses")[0])
    assert "<script>" not in html
    assert "<em>" not in html
    assert "<a " not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;/*a*|b[c](d)/kernel" in html


def test_a_run_is_a_row_of_the_hparams_tab(tmp_path: Path) -> None:
    setup = Setup(
        "Adam", {"learning_rate": 0.01}, hparams={"cell": "GRU", "seed": 3}
    )
    events = told(
        tmp_path,
        snapshot(setup=setup, epochs=(epoch(0, 8, loss=1, val_accuracy=0.5),)),
    )
    start = hparams.parse_session_start_info_plugin_data(
        events.content(hparams.SESSION_START_INFO_TAG)
    )
    values = dict(start.hparams)
    assert values["cell"].string_value == "GRU"
    assert values["seed"].number_value == 3
    assert values["optimizer"].string_value == "Adam"
    assert values["learning_rate"].number_value == 0.01
    end = hparams.parse_session_end_info_plugin_data(
        events.content(hparams.SESSION_END_INFO_TAG)
    )
    assert end.status == STATUS_SUCCESS
    assert end.end_time_secs >= start.start_time_secs > 0
    experiment = hparams.parse_experiment_plugin_data(
        events.content(hparams.EXPERIMENT_TAG)
    )
    metrics = [info.name.tag for info in experiment.metric_infos]
    assert metrics == ["epoch/val_accuracy", "findings/all", "epoch/loss"]
    assert set(metrics) <= set(events.of("scalars"))


ADAM = {"amsgrad": False, "beta_1": 0.9, "learning_rate": 0.01}
CLIPPING = {"clipnorm", "global_clipnorm", "clipvalue"}


@pytest.mark.parametrize(
    ("given", "compared", "shown"),
    [
        ({"cell": "GRU", "seed": 3}, [], {"cell", "seed"}),
        ({"cell": "GRU", "seed": 3}, ["cell"], {"cell"}),
        ({"cell": "GRU"}, ["variant"], {"cell"}),
        ({}, [], {"optimizer", "learning_rate", *CLIPPING}),
    ],
)
def test_constants_are_no_columns_of_the_hparams_tab(
    given: dict[str, float | str],
    compared: list[str],
    shown: set[str],
    tmp_path: Path,
) -> None:
    reporter = TensorBoardReporter(tmp_path, compared=compared)
    reporter.write(snapshot(setup=Setup("Adam", ADAM, hparams=given)), ())
    reporter.close(())
    infos = hparams.parse_experiment_plugin_data(
        Events(tmp_path).content(hparams.EXPERIMENT_TAG)
    ).hparam_infos
    # As TensorBoard does: five, those that may differ first.
    first = sorted(infos, key=lambda info: not info.differs)[:5]
    assert {info.name for info in first} == shown


@pytest.mark.parametrize("compared", ["cell", [1]])
def test_what_runs_are_compared_by_must_be_names(compared: object) -> None:
    with pytest.raises(TypeError, match=r"`compared` must be a list of names"):
        TensorBoardReporter(compared=compared)  # type: ignore[arg-type]


def test_a_run_that_an_exception_ended_has_failed(tmp_path: Path) -> None:
    reporter = TensorBoardReporter(tmp_path)
    reporter.write(snapshot(), [])
    try:
        raise RuntimeError
    except RuntimeError:
        reporter.close([])
    end = hparams.parse_session_end_info_plugin_data(
        Events(tmp_path).content(hparams.SESSION_END_INFO_TAG)
    )
    assert end.status == STATUS_FAILURE


def test_each_window_can_be_read_before_the_run_ends(tmp_path: Path) -> None:
    reporter = TensorBoardReporter(tmp_path)
    for first in (1, 9):
        reporter.write(snapshot(first), ())
        read = Events(tmp_path).scalars("gradient_norm/global")
        assert max(read) == first + 7


def test_a_second_fit_goes_on_in_the_same_folder(tmp_path: Path) -> None:
    reporter = TensorBoardReporter(tmp_path)
    for first in (1, 9):
        reporter.write(snapshot(first), ())
        reporter.close(())
    reporter.close(())
    assert list(Events(tmp_path).scalars("batch/loss")) == [8, 16]


def test_a_long_run_stays_small(tmp_path: Path) -> None:
    reporter = TensorBoardReporter(tmp_path)
    reporter.write(snapshot(), ())
    (path,) = tmp_path.glob("events*")
    before = path.stat().st_size
    for window in range(1, 101):
        reporter.write(snapshot(8 * window + 1), [finding()])
    per_target = (path.stat().st_size - before) / 100 / len(TARGETS)
    assert per_target < 200


def test_nothing_is_written_of_a_run_without_a_window(tmp_path: Path) -> None:
    TensorBoardReporter(tmp_path / "run").close([])
    assert not (tmp_path / "run").exists()
