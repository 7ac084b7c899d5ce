"""What TensorBoard loads: the routes below `data/plugin/gradients/`."""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import importlib.resources
import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from tensorboard.plugins.base_plugin import (
    FrontendMetadata,
    TBContext,
    TBPlugin,
)

from kgrad.figures.tensors import tensors_of
from kgrad.figures.views import COMPARISONS, VIEWS, draw, layers_of
from kgrad.records import with_ratios
from kgrad.report import Report
from kgrad.report.labels import layer_labels
from kgrad.storage.history import RunHistory
from kgrad.tensorboard_tab.answers import (
    Answer,
    Application,
    RefusedError,
    file_route,
    json_route,
)
from kgrad.tensorboard_tab.readings import Readings, version
from kgrad.tensorboard_tab.run_folders import RunFolders

NAME = "gradients"
"""Of the plugin, and so of its tab in TensorBoard's address."""

COMPARED = 12
"""Runs that one comparison shows at most."""

_STATIC = {
    "index.js": "text/javascript",
    "choices.js": "text/javascript",
    "comparison.js": "text/javascript",
    "elements.js": "text/javascript",
    "figure.js": "text/javascript",
    "page.js": "text/javascript",
    "server.js": "text/javascript",
    "table.js": "text/javascript",
    "terms.js": "text/javascript",
    "style.css": "text/css",
}

_CHOICES = ("layer", "state", "statistic", "layers", "tensor")
"""What a figure may be asked for, where it offers that."""

Arguments = Mapping[str, list[str]]


class GradientsPlugin(TBPlugin):
    """The tab "Gradients", which TensorBoard makes with its own context."""

    plugin_name = NAME

    def __init__(self, context: TBContext) -> None:
        # Without a log directory there are no runs, whatever lies here.
        root = context.logdir and os.path.expanduser(context.logdir)
        self._folders = RunFolders(root or None)
        self._readings = Readings()
        self._drawing_soon = threading.Event()
        self._known_rows: dict[str, tuple[str, list[dict[str, Any]]]] = {}

    def is_active(self) -> bool:
        """Whether there is a run to show."""
        return bool(self._folders.files())

    def frontend_metadata(self) -> FrontendMetadata:
        """What the tab is called and which module draws it."""
        return FrontendMetadata(
            es_module_path="/index.js", tab_name="Gradients"
        )

    def data_plugin_names(self) -> tuple[str, ...]:
        """None: event files hold nothing for this tab."""
        return ()

    def get_plugin_apps(self) -> dict[str, Application]:
        """The routes."""
        files = {
            f"/{name}": file_route(partial(_static, name), kind)
            for name, kind in _STATIC.items()
        }
        return {
            **files,
            "/plotly.min.js": file_route(_plotly, "text/javascript"),
            "/runs": json_route(self._runs),
            "/run": json_route(self._run, once=("run",)),
            "/numbers": json_route(self._numbers, once=("run",)),
            "/figure": json_route(
                self._figure,
                once=("run", "figure", *_CHOICES, "dark"),
            ),
            "/compare": json_route(
                self._compare,
                once=("show", "state", "layers", "own", "dark"),
                repeated=("run",),
            ),
            "/table": json_route(self._table, repeated=("run",)),
        }

    def _runs(self, arguments: Arguments) -> Answer:
        """All runs; what is not in memory is not read for it."""
        if not self._drawing_soon.is_set():
            self._drawing_soon.set()
            threading.Thread(target=_prepare_drawing, daemon=True).start()
        runs = []
        for name in self._folders.files():
            held = self._readings.held(name)
            damage = list(held.damage) if held else []
            runs.append({"name": name, "damage": damage})
        content = {
            "folder": str(self._folders.root or ""),
            "runs": runs,
            "comparisons": [
                {"name": name, "label": label}
                for name, label in COMPARISONS.items()
            ],
        }
        return Answer(_hash(content), lambda: content)

    def _run(self, arguments: Arguments) -> Answer:
        """What is said of a run, and what can be chosen of it."""
        name = _one(arguments, "run")

        def content() -> dict[str, Any]:
            history = self._read(name)
            report = asdict(Report.of(name, history, numbers=False))
            steps = len(history.steps)
            return {**report, "steps": steps, "choices": _choices(history)}

        return Answer(self._version(name), content)

    def _numbers(self, arguments: Arguments) -> Answer:
        """Curves and tables of a run."""
        name = _one(arguments, "run")
        return Answer(
            self._version(name),
            lambda: asdict(Report.of(name, self._read(name))),
        )

    def _figure(self, arguments: Arguments) -> Answer:
        name, view = _one(arguments, "run"), _one(arguments, "figure")
        if view not in VIEWS:
            raise RefusedError(f"'figure' must be one of {list(VIEWS)}.")
        dark = _switch(arguments, "dark")
        choices = {
            choice: arguments.get(choice, [""])[0] for choice in _CHOICES
        }
        read = self._outline if view == "story" else self._read
        return Answer(
            _hash(self._version(name), view, dark, choices),
            lambda: _json(draw, read(name), view, dark=dark, **choices),
        )

    def _compare(self, arguments: Arguments) -> Answer:
        names = arguments.get("run", [])
        if not 1 <= len(names) <= COMPARED:
            raise RefusedError(f"'run' must name 1 to {COMPARED} runs.")
        given = {
            "state": arguments.get("state", ["h"])[0],
            "show": arguments.get("show", ["time_map"])[0],
            "layers": arguments.get("layers", [""])[0],
            "own_scale": _switch(arguments, "own"),
            "dark": _switch(arguments, "dark"),
        }

        def content() -> str:
            from kgrad.figures import compare

            histories = {name: self._read(name) for name in names}
            return _json(compare, histories, **given)

        versions = [self._version(name) for name in names]
        return Answer(_hash(names, versions, given), content)

    def _table(self, arguments: Arguments) -> Answer:
        names = arguments.get("run", [])
        versions = [self._version(name) for name in names]
        return Answer(
            _hash(names, versions),
            lambda: {
                "rows": [
                    row
                    for name, version in zip(names, versions, strict=True)
                    for row in self._rows(name, version)
                ]
            },
        )

    def _rows(self, name: str, version: str) -> list[dict[str, Any]]:
        """The run's row of the table, kept when its history is not."""
        from kgrad.figures import runs_table

        known, rows = self._known_rows.get(name, ("", []))
        if known != version:
            rows = list(runs_table({name: self._read(name)}))
            self._known_rows[name] = version, rows
        return rows

    def _files(self, name: str) -> tuple[Path, ...]:
        paths = self._folders.files().get(name)
        if paths is None:
            raise RefusedError(f"There is no run {name!r}.", 404)
        return paths

    def _version(self, name: str) -> str:
        return version(self._files(name))

    def _outline(self, name: str) -> RunHistory:
        return self._readings.outline(name, self._files(name))

    def _read(self, name: str) -> RunHistory:
        return self._readings.read(name, self._files(name))


def _json(function: Callable[..., Any], *arguments: Any, **choices: Any) -> str:
    """A figure as JSON, or its complaint about a choice that does not exist."""
    _await_pandas()
    try:
        return str(function(*arguments, **choices).to_json())
    except (KeyError, ValueError) as error:
        raise RefusedError(str(error.args[0]), 404) from error


def _prepare_drawing() -> None:
    importlib.import_module("kgrad.figures.story_plot")
    _await_pandas()


def _await_pandas() -> None:
    """Waits while another thread imports pandas, if that is installed.

    Plotly takes what `sys.modules` has of it for all of it. Other tabs import
    TensorFlow, and so pandas, in threads of their own.
    """
    with contextlib.suppress(Exception):
        importlib.import_module("pandas")


def _choices(history: RunHistory) -> dict[str, Any]:
    short = layer_labels(history.target_records, history.samples)
    return {
        "layers": [
            {"name": name, "label": short[name], "states": states}
            for name, states in layers_of(history).items()
        ],
        "statistics": [
            {"name": m.name, "description": m.description}
            for m in with_ratios(history.measures)
        ],
        "tensors": [
            {"name": name, "label": label}
            for name, label in tensors_of(history).items()
        ],
    }


def _one(arguments: Arguments, name: str) -> str:
    if name not in arguments:
        raise RefusedError(f"The argument {name!r} is missing.")
    return arguments[name][0]


def _switch(arguments: Arguments, name: str) -> bool:
    value = arguments.get(name, ["0"])[0]
    if value not in ("0", "1"):
        raise RefusedError(f"The argument {name!r} must be 0 or 1.")
    return value == "1"


def _hash(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]


def _static(name: str) -> bytes:
    folder = importlib.resources.files("kgrad.tensorboard_tab")
    return folder.joinpath("static", name).read_bytes()


def _plotly() -> bytes:
    package = importlib.resources.files("plotly")
    return package.joinpath("package_data", "plotly.min.js").read_bytes()
