"""What the plug-in answers, and what it refuses."""

import json
import logging
import subprocess
import sys
from dataclasses import asdict
from importlib.metadata import entry_points
from pathlib import Path

import numpy as np
import plotly.io
import pytest
from tensorboard.plugins.base_plugin import TBContext

import kgrad
from kgrad import figures
from kgrad.report import Report
from kgrad.storage.history import RunHistory
from kgrad.tensorboard_tab import plugin as plugin_module
from kgrad.tensorboard_tab.plugin import GradientsPlugin
from tests.reporters import made
from tests.tensorboard_tab.conftest import Ask, content
from tests.tensorboard_tab.runs import window, write

ROUTES = ("runs", "run", "numbers", "figure", "compare", "table")


def test_tensorboard_finds_it() -> None:
    found = entry_points(group="tensorboard_plugins", name="kgrad")
    assert [each.load() for each in found] == [GradientsPlugin], (
        "kgrad must be installed anew: `pip install -e .`"
    )


def test_it_is_listed_as_a_tab(
    logs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plugin = GradientsPlugin(TBContext(logdir=str(logs)))
    assert not plugin.is_active()
    assert plugin.frontend_metadata().tab_name == "Gradients"
    write(logs / "run")
    assert GradientsPlugin(TBContext(logdir=str(logs))).is_active()
    # Without a log directory, what lies where TensorBoard was started is
    # not its business.
    monkeypatch.chdir(logs)
    for nowhere in (None, ""):
        assert not GradientsPlugin(TBContext(logdir=nowhere)).is_active()


def test_runs_are_listed_without_being_read(
    ask: Ask, logs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("b", "a/c"):
        write(logs / name)
    with monkeypatch.context() as nothing_read:
        nothing_read.setattr(plugin_module.Readings, "read", None)
        listed = content(ask("runs"))
    assert listed["folder"] == str(logs)
    assert [run["name"] for run in listed["runs"]] == ["a/c", "b"]


def test_damage_is_listed_once_it_is_known(ask: Ask, logs: Path) -> None:
    write(logs / "run")
    path = logs / "run" / "gradients-0000.kgrad"
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    assert content(ask("runs"))["runs"][0]["damage"] == []
    told = content(ask("run", {"run": "run"}))
    (damage,) = told["damage"]
    assert "checksum mismatch" in damage
    assert content(ask("runs"))["runs"][0]["damage"] == [damage]


def test_a_run_is_told_with_what_can_be_chosen(ask: Ask, logs: Path) -> None:
    write(logs / "run", findings=[made.finding()])
    told = content(ask("run", {"run": "run"}))
    steps = {"name": "steps", "text": "8, from 1 to 8"}
    assert steps in told["facts"]
    (diagnosis,) = told["diagnoses"]
    assert diagnosis["sentence"] == "Exploding at `lstm/kernel` since step 3."
    (finding,) = diagnosis["findings"]
    assert (finding["sign"], finding["target"]) == ("exploding", "lstm/kernel")
    assert finding["picture"]["caption"].startswith(
        "gradient norm of lstm/kernel, log, steps 1 to 8: "
    )
    assert diagnosis["changes"][0]["code"] == made.REMEDY.code
    assert told["choices"]["layers"] == [
        {"name": "sequential/lstm", "label": "lstm", "states": ["h", "c"]}
    ]
    names = [each["name"] for each in told["choices"]["statistics"]]
    assert names == [*(m.name for m in made.MEASURES), "update_ratio"]


def test_curves_and_tables_are_those_of_the_report(
    ask: Ask, logs: Path
) -> None:
    write(logs / "run", findings=[made.finding()])
    first = content(ask("run", {"run": "run"}))
    assert first["curves"] == first["tables"] == []
    numbers = content(ask("numbers", {"run": "run"}))
    whole = asdict(Report.of("run", RunHistory.load(logs / "run")))
    assert numbers == json.loads(json.dumps(whole))
    assert len(numbers["tables"]) == 4


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"figure": "story"}, figures.story),
        ({"figure": "data"}, figures.data),
        (
            {"figure": "parameters", "statistic": "weight_norm", "dark": "1"},
            lambda h: figures.parameters(h, "weight_norm", dark=True),
        ),
        (
            {"figure": "time_map", "layer": "lstm", "state": "c"},
            lambda h: figures.time_map(h, "lstm", "c"),
        ),
        ({"figure": "time_profiles"}, figures.time_profiles),
        ({"figure": "horizon", "state": "c"}, figures.horizon),
        ({"figure": "activity"}, figures.activity),
        ({"figure": "histograms"}, figures.histograms),
        (
            {
                "figure": "histograms",
                "tensor": "activation sequential/lstm",
            },
            lambda h: figures.histograms(h, "activation sequential/lstm"),
        ),
        (
            {"figure": "parameters", "layers": "dense"},
            lambda h: figures.parameters(h, layers="dense"),
        ),
    ],
)
def test_a_figure_is_that_of_the_history(
    ask: Ask, logs: Path, arguments: dict[str, str], expected: object
) -> None:
    counted = made.sample(9, histograms=made.HISTOGRAMS)
    write(
        logs / "run",
        window(1),
        window(9, samples=(counted,)),
        findings=[made.finding()],
    )
    answer = ask("figure", {"run": "run", **arguments})
    drawn = plotly.io.from_json(answer.get_data(as_text=True))
    assert callable(expected)
    figure = expected(RunHistory.load(logs / "run"))
    assert drawn == plotly.io.from_json(figure.to_json())
    assert len(drawn.data)


def test_runs_are_compared_in_the_order_asked_for(ask: Ask, logs: Path) -> None:
    for name in ("a", "b"):
        write(logs / name)
    given = {"run": ["b", "a"], "state": "c", "dark": "0"}
    drawn = ask("compare", given).get_data(as_text=True)
    figure = figures.compare(
        {name: RunHistory.load(logs / name) for name in ("b", "a")}, "c"
    )
    assert drawn == figure.to_json()


def test_what_runs_are_compared_by_is_listed_and_drawn(
    ask: Ask, logs: Path
) -> None:
    write(logs / "a")
    offered = content(ask("runs"))["comparisons"]
    assert offered[0] == {"name": "time_map", "label": "gradient through time"}
    assert {"loss", "metric", "horizon"} <= {each["name"] for each in offered}
    given = {"run": "a", "show": "update_ratio", "layers": "lstm", "own": "1"}
    drawn = ask("compare", given).get_data(as_text=True)
    figure = figures.compare(
        {"a": RunHistory.load(logs / "a")},
        show="update_ratio",
        layers="lstm",
        own_scale=True,
    )
    assert drawn == figure.to_json()


def test_rows_are_kept_when_their_runs_are_not(
    ask: Ask, logs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder = write(logs / "a")
    write(logs / "b")
    first = content(ask("table", {"run": ["a", "b"]}))["rows"]
    assert [row["run"] for row in first] == ["a", "b"]
    assert first[0]["value"] == 0.5
    recorder.write(window(9, epochs=(made.epoch(1, 16, accuracy=0.75),)), ())
    read = []
    plain = plugin_module.Readings.read

    def noted(self: object, name: str, paths: object) -> RunHistory:
        read.append(name)
        return plain(self, name, paths)  # type: ignore[arg-type]

    monkeypatch.setattr(plugin_module.Readings, "read", noted)
    second = content(ask("table", {"run": ["a", "b"]}))["rows"]
    assert second[0]["value"] == 0.75
    assert second[1] == first[1]
    assert read == ["a"]


@pytest.mark.parametrize("route", ROUTES)
def test_what_has_not_changed_is_not_sent_again(
    ask: Ask, logs: Path, route: str
) -> None:
    recorder = write(logs / "run")
    given = {
        "runs": {},
        "run": {"run": "run"},
        "numbers": {"run": "run"},
        "figure": {"run": "run", "figure": "story"},
        "compare": {"run": "run"},
        "table": {"run": "run"},
    }[route]
    first = ask(route, given)
    headers = {"If-None-Match": first.headers["ETag"]}
    again = ask(route, given, headers)
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["X-Content-Type-Options"] == "nosniff"
    if route == "runs":
        write(logs / "other")
    else:
        recorder.write(window(9), ())
    changed = ask(route, given, headers)
    assert changed.status_code == 200
    assert changed.headers["ETag"] != first.headers["ETag"]


@pytest.mark.parametrize(
    ("route", "arguments", "code", "sentence"),
    [
        ("run", {}, 400, "The argument 'run' is missing."),
        ("run", {"run": ["a", "a"]}, 400, "'run' was given twice."),
        ("run", {"run": "a", "x": "1"}, 400, "There is no argument 'x'."),
        ("runs", {"run": "a"}, 400, "There is no argument 'run'."),
        ("run", {"run": "b"}, 404, "There is no run 'b'."),
        ("figure", {"run": "a"}, 400, "The argument 'figure' is missing."),
        (
            "figure",
            {"run": "a", "figure": "__init__"},
            400,
            "'figure' must be one of ['story',",
        ),
        (
            "figure",
            {"run": "a", "figure": "story", "dark": "yes"},
            400,
            "The argument 'dark' must be 0 or 1.",
        ),
        (
            "figure",
            {"run": "a", "figure": "parameters", "statistic": "x"},
            404,
            "`statistic` must be one of",
        ),
        (
            "figure",
            {"run": "a", "figure": "time_map", "layer": "x"},
            404,
            "Received: layer='x'",
        ),
        (
            "figure",
            {"run": "a", "figure": "activity", "layers": "("},
            404,
            "`layers` must be a regular expression",
        ),
        (
            "compare",
            {"run": "a", "show": "no_such"},
            404,
            "`show` must be one of",
        ),
        (
            "compare",
            {"run": "a", "own": "yes"},
            400,
            "The argument 'own' must be 0 or 1.",
        ),
        ("compare", {}, 400, "'run' must name 1 to 12 runs."),
        ("compare", {"run": ["a"] * 13}, 400, "'run' must name 1 to 12 runs."),
        ("table", {"run": ["a", "b"]}, 404, "There is no run 'b'."),
    ],
)
def test_what_is_wrong_with_a_request_is_said(
    ask: Ask,
    logs: Path,
    route: str,
    arguments: dict[str, str],
    code: int,
    sentence: str,
) -> None:
    write(logs / "a")
    answer = ask(route, arguments)
    assert answer.status_code == code
    assert answer.content_type == "application/json"
    assert sentence in content(answer)["error"]


@pytest.mark.parametrize(
    "name",
    [
        "../outside",
        "..",
        "a/../../outside",
        "link",
        "a/../a",
        "./a",
        "a/",
        "a\0",
        "",
        "{absolute}",
    ],
)
def test_nothing_outside_of_the_log_directory_is_served(
    ask: Ask, logs: Path, name: str
) -> None:
    outside = logs.parent / "outside"
    write(outside)
    write(logs / "a")
    (logs / "link").symlink_to(outside)
    name = name.format(absolute=outside)
    for route, more in (
        ("run", {}),
        ("numbers", {}),
        ("figure", {"figure": "story"}),
        ("compare", {}),
        ("table", {}),
    ):
        answer = ask(route, {"run": name, **more})
        assert answer.status_code == 404, (route, name)
        assert content(answer)["error"] == f"There is no run {name!r}."
    assert [run["name"] for run in content(ask("runs"))["runs"]] == ["a"]


@pytest.mark.parametrize("path", ["../plugin.py", "static/index.js", "%2e%2e/"])
def test_only_the_files_of_the_page_are_served(ask: Ask, path: str) -> None:
    assert ask(path).status_code == 404


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        *((name, kind) for name, kind in plugin_module._STATIC.items()),
        ("plotly.min.js", "text/javascript"),
    ],
)
def test_the_files_of_the_page_are_served(
    ask: Ask, name: str, kind: str
) -> None:
    answer = ask(name)
    assert answer.status_code == 200
    assert answer.content_type == f"{kind}; charset=utf-8"
    assert len(answer.data) > 500


def test_every_file_of_the_page_has_a_route() -> None:
    folder = Path(plugin_module.__file__).parent / "static"
    names = {path.name for path in folder.iterdir()}
    assert names == set(plugin_module._STATIC)


@pytest.mark.parametrize("route", [*ROUTES, "index.js"])
def test_only_reading_is_allowed(ask: Ask, route: str) -> None:
    assert ask(route, method="POST").status_code == 405
    assert ask(route, method="HEAD").data == b""


def test_tensorboards_own_checks_have_nothing_to_say(
    ask: Ask, logs: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write(logs / "a")
    with caplog.at_level(logging.WARNING, "tensorboard"):
        for route in (*ROUTES, *plugin_module._STATIC, "plotly.min.js"):
            answer = ask(route, {"run": "a"})
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            etag = answer.headers.get("ETag", "")
            ask(route, {"run": "a"}, {"If-None-Match": etag})
    assert not caplog.records


def test_a_failure_of_its_own_is_logged_and_does_not_tell_of_files(
    ask: Ask,
    logs: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    write(logs / "a")

    def fail(name: str, history: RunHistory, numbers: bool) -> None:
        raise OSError("/secret")

    monkeypatch.setattr(plugin_module.Report, "of", fail)
    answer = ask("run", {"run": "a"})
    assert answer.status_code == 500
    assert "secret" not in answer.get_data(as_text=True)
    assert "run failed" in caplog.text
    caplog.clear()


def test_numbers_that_are_not_finite_are_sent_as_json(
    ask: Ask, logs: Path
) -> None:
    lost = window(loss=np.full(8, np.nan), gradient_norm=np.inf)
    write(logs / "a", lost, findings=[made.finding(value=np.nan)])
    for route, more in (
        ("run", {}),
        ("numbers", {}),
        ("figure", {"figure": "story"}),
        ("figure", {"figure": "parameters"}),
        ("table", {}),
    ):
        text = ask(route, {"run": "a", **more}).get_data(as_text=True)
        subprocess_free = text.replace('"NaN"', "").replace('"nan"', "")
        assert "NaN," not in subprocess_free
        assert "Infinity" not in subprocess_free


def test_tensorboard_starts_without_keras_and_plotly() -> None:
    code = (
        "import sys, kgrad.tensorboard_tab.plugin; "
        "sys.exit(bool({'tensorflow', 'keras', 'plotly'} & set(sys.modules)))"
    )
    root = Path(kgrad.__file__).parent.parent
    subprocess.run([sys.executable, "-c", code], check=True, cwd=root)
