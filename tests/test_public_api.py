"""The public surface, so that it changes only on purpose."""

from __future__ import annotations

import importlib
import inspect
import subprocess
import sys

import pytest

import kgrad


def test_exported_names() -> None:
    assert kgrad.__all__ == [
        "Action",
        "ActionRecord",
        "Diagnosis",
        "Epoch",
        "Finding",
        "GradientMonitor",
        "Measure",
        "Remedy",
        "Reporter",
        "RunHistory",
        "Sign",
        "Snapshot",
        "Statistic",
        "Target",
        "TimeProfile",
        "actions",
        "check",
        "figures",
        "reporters",
        "signs",
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
        "on_finding",
        "actions",
        "statistics",
        "chance",
        "hparams",
        "lag",
        "window",
        "time_every",
        "histograms",
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
                "observe",
                "plot",
                "run_actions",
                "stopped",
                "watch",
                "close",
            },
        ),
        (
            kgrad.RunHistory,
            {
                "actions",
                "diagnoses",
                "epochs",
                "learning_rate",
                "load",
                "loss",
                "measures",
                "origins",
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


def test_everything_exported_is_there_after_one_import() -> None:
    code = (
        "import sys, kgrad\n"
        "assert not {'keras', 'plotly'} & set(sys.modules)\n"
        "assert kgrad.figures.story and kgrad.reporters.default\n"
        "assert issubclass(kgrad.signs.Exploding, kgrad.Sign)\n"
        "assert 'keras' not in sys.modules\n"
        "for name in kgrad.__all__: getattr(kgrad, name)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_version_is_that_of_the_package() -> None:
    from importlib.metadata import version

    assert kgrad.__version__ == version("kgrad")


def test_what_shows_a_run_is_imported_only_to_show_it() -> None:
    code = (
        "import sys, kgrad; kgrad.GradientMonitor; "
        "shown = ('plotly', 'kgrad.tensorboard_tab', "
        "'kgrad.report.html'); "
        "sys.exit(bool(set(shown) & set(sys.modules)))"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("room", ["figures", "reporters"])
def test_what_a_room_exports_is_there(room: str) -> None:
    module = importlib.import_module(f"kgrad.{room}")
    for name in module.__all__:
        assert callable(getattr(module, name)), name
        assert getattr(module, name).__doc__
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        module.nothing  # noqa: B018


def test_a_figure_is_a_function_whatever_was_imported_before() -> None:
    code = (
        "import sys; from kgrad.figures import views; "
        "assert not {'plotly', 'keras', 'tensorflow'} & set(sys.modules); "
        "from kgrad.report import Report; "
        "import kgrad.figures.story_plot, kgrad.figures.time_map_plot; "
        "from kgrad import figures; "
        "assert all(callable(getattr(figures, n)) for n in figures.__all__); "
        "assert not {'keras', 'tensorflow'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
