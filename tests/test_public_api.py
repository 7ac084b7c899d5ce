"""The public surface, so that it changes only on purpose."""

from __future__ import annotations

import inspect
import subprocess
import sys

import pytest

import kgrad


def test_exported_names() -> None:
    assert kgrad.__all__ == [
        "ActionRecord",
        "Diagnosis",
        "Epoch",
        "Finding",
        "GradientMonitor",
        "Remedy",
        "RunHistory",
        "Target",
        "TimeProfile",
        "actions",
        "check",
        "spectrum",
        "time_gradients",
        "treat",
    ]
    for name in kgrad.__all__:
        assert getattr(kgrad, name).__doc__


def test_arguments_of_the_monitor() -> None:
    parameters = inspect.signature(kgrad.GradientMonitor).parameters
    assert list(parameters) == [
        "log_dir",
        "optimizer",
        "signs",
        "reporters",
        "actions",
        "chance",
        "hparams",
        "lag",
        "window",
        "time_every",
    ]
    kinds = {p.kind for name, p in parameters.items() if name != "log_dir"}
    assert kinds == {inspect.Parameter.KEYWORD_ONLY}


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        (
            kgrad.GradientMonitor,
            {
                "history",
                "findings",
                "diagnoses",
                "plot",
                "stopped",
                "watch",
                "close",
            },
        ),
        (
            kgrad.RunHistory,
            {
                "acts",
                "diagnoses",
                "epochs",
                "learning_rate",
                "load",
                "loss",
                "measures",
                "samples",
                "setup",
                "skipped",
                "steps",
                "target_records",
                "targets",
                "time_profiles",
                "to_pandas",
            },
        ),
    ],
)
def test_members(kind: type, names: set[str]) -> None:
    own = {name for name in vars(kind) if not name.startswith("_")}
    assert {name for name in own if not name.startswith("on_")} == names


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'Monitor'"):
        kgrad.Monitor  # noqa: B018


def test_the_version_is_that_of_the_package() -> None:
    from importlib.metadata import version

    assert kgrad.__version__ == version("kgrad")


def test_what_shows_a_run_is_imported_only_to_show_it() -> None:
    code = (
        "import sys, kgrad; kgrad.GradientMonitor; "
        "shown = ('plotly', 'kgrad.tensorboard_tab', "
        "'kgrad.report.html_report'); "
        "sys.exit(bool(set(shown) & set(sys.modules)))"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
