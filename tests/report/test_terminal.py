"""Samples as tables on the console."""

import ast
import io
from textwrap import dedent

import numpy as np
import pytest
from rich.console import Console

from kgrad.records import Activity, Sample
from kgrad.report import Report
from kgrad.report.report import ReportedDiagnosis, ReportedFinding
from kgrad.report.terminal import code_block, terminal_report
from kgrad.reporters import ConsoleReporter
from kgrad.storage.history import RunHistory
from tests.reporters.made import ACTIVITY, profile, sample, snapshot


def lines(*samples: Sample, width: int = 80) -> list[str]:
    """The report of a window with these samples."""
    console = Console(file=io.StringIO(), width=width)
    history = RunHistory([snapshot(steps=60, samples=samples)])
    for part in terminal_report(Report.of("runs/1", history), full=True):
        console.print(part)
    text = console.file.getvalue()  # type: ignore[attr-defined]
    return [line.rstrip() for line in text.splitlines()]


def rows(told: list[str], begin: str) -> list[list[str]]:
    """The row that begins so, and the one below it, as words."""
    at = next(i for i, line in enumerate(told) if line.startswith(begin))
    return [line.split() for line in told[at : at + 2]]


def test_a_state_has_its_first_and_its_last_profile() -> None:
    samples = [
        Sample(step, (profile(step, decay),))
        for step, decay in ((1, 1.0), (51, 0.2), (101, 0.4))
    ]
    first, last = rows(lines(*samples), "lstm[h]")
    assert first == ["lstm[h]", "1", "▁▂▃▄▅▆▇█", "2", "of", "8", "1", "1e-07"]
    assert last == ["101", "▅▆▆▆▇▇██", "5", "of", "8", "0.4", "0.00158"]


def test_a_single_sample_is_told_once() -> None:
    told = lines(sample(51))
    h, c = rows(told, "lstm[h]")
    assert h[:2] == ["lstm[h]", "51"]
    assert c[:2] == ["lstm[c]", "51"]
    assert sum(" of 8" in line for line in told) == 2


def test_columns_are_explained_with_what_is_healthy() -> None:
    explained = {
        line.split("  ")[0] for line in lines(sample()) if "healthy" in line
    }
    assert explained == {
        "class",
        "update ratio",
        "non-finite",
        "horizon",
        "decay",
        "ratio",
        "silent",
        "saturated",
        "mean, spread",
        "gates",
    }


def test_a_loss_at_every_step_is_told_not_to_show_memory() -> None:
    told = lines(Sample(1, (profile(fresh=True),)))
    (row, _) = rows(told, "lstm[h]")
    assert row[-3:] == ["-", "-", "-"]
    words = " ".join(" ".join(told).split())
    assert "lstm: the loss reads every time step" in words
    assert "`kgrad.time_gradients(model, x, y, lags=True)`" in words
    memory = " ".join(lines(Sample(1, (profile(),))))
    assert "time_gradients" not in memory


def test_a_layer_that_reads_from_the_end_is_told_to() -> None:
    norm = 10.0 ** -np.arange(8)
    told = lines(Sample(1, (profile(norm=norm, backwards=True),)), width=100)
    (row, _) = rows(told, "lstm[h], reads from the end")
    assert row[-6:] == ["█▇▆▅▄▃▂▁", "2", "of", "8", "1", "1e-07"]


def test_a_profile_that_is_not_finite_is_a_row_of_dashes() -> None:
    norm = np.array([1.0, 1.0, np.nan, np.nan])
    (row, _) = rows(lines(Sample(1, (profile(norm=norm),))), "lstm[h]")
    assert row == ["lstm[h]", "1", "██××", "-", "-", "-"]


def test_the_units_are_those_of_the_last_sample() -> None:
    before = Activity("sequential/lstm", {"silent_unit_share": 1.0})
    told = lines(sample(1, activities=(before,)), sample(51))
    assert "step 51" in " ".join(told)
    at = next(i for i, line in enumerate(told) if line.startswith("activity"))
    (row, _) = rows(told[at:], "lstm")
    assert row == ["lstm", "25%", "75%", "-0.125", "0.5", "f", "38%"]


def test_a_model_without_gates_has_no_column_for_them() -> None:
    dense = Activity("sequential/dense", {"silent_unit_share": 0.5})
    told = lines(Sample(1, (), (dense,)))
    (row, _) = rows(told, "dense  ")
    assert row == ["dense", "50%", "-", "-", "-"]
    assert "gates" not in " ".join(told)
    assert "horizon" not in " ".join(told)


def test_without_samples_nothing_is_told() -> None:
    told = " ".join(lines())
    assert "horizon" not in told
    assert "silent" not in told


@pytest.mark.parametrize("width", [60, 80, 200])
def test_long_names_and_hostile_ones_stay_within_the_console(
    width: int,
) -> None:
    name = 12 * "a_long_layer_name_" + "/[bold red]rnn[/]"
    told = lines(
        sample(
            profiles=(profile(layer=name, fresh=True),),
            activities=(ACTIVITY, Activity(name, ACTIVITY.values)),
        ),
        width=width,
    )
    assert max(map(len, told)) <= width
    assert "[bold" in "".join(told)
    assert "rnn[/]" in "".join(told)


def test_samples_alone_print_nothing_at_the_end(
    capsys: pytest.CaptureFixture[str],
) -> None:
    reporter = ConsoleReporter()
    reporter.write(snapshot(samples=(sample(),)), ())
    reporter.close(())
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("width", [44, 60, 80, 120])
def test_code_is_code_after_it_was_copied(width: int) -> None:
    code = (
        "scale = keras.layers.Normalization()  # the first layer\n"
        'keras.layers.LSTM(24, kernel_initializer="glorot_uniform", '
        'recurrent_initializer="orthogonal")  # for sequential/lstm, which '
        "has many units that are saturated, and so have its gates"
    )
    console = Console(file=io.StringIO(), width=width)
    console.print(code_block(code))
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert max(len(line.rstrip()) for line in text.splitlines()) <= width
    copied = dedent("\n".join(line.rstrip() for line in text.splitlines()))
    assert ast.dump(ast.parse(copied)) == ast.dump(ast.parse(code))
    words = copied.replace("#", " ").split()
    for word in code.partition("  # for")[2].split():
        assert word in words


def test_no_limit_stands_without_what_was_measured() -> None:
    finding = ReportedFinding(
        sign="saturation",
        target="lstm/recurrent_kernel",
        first_step=1,
        steps="steps 1 to 601",
        explanation="",
        value="0.89",
        limit="0.75",
    )
    report = Report(
        "runs/1",
        "",
        (),
        diagnoses=(ReportedDiagnosis("It is.", (finding,), ()),),
    )
    heads = set()
    for width in range(40, 81):
        console = Console(file=io.StringIO(), width=width)
        for part in terminal_report(report):
            console.print(part)
        text = console.file.getvalue()  # type: ignore[attr-defined]
        (head,) = (x for x in text.splitlines() if x.startswith("sign "))
        heads.add(tuple(head.split()[2:]))
    # The limit goes first, then what was measured, then the steps.
    assert heads == {
        (),
        ("steps",),
        ("steps", "measured"),
        ("steps", "measured", "limit"),
    }
