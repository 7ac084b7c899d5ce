"""What the commands do with the runs that they are given, from disk."""

from __future__ import annotations

import gc
import json
import os
import shlex
import threading
import webbrowser
from argparse import Namespace
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Console

from kgrad.cli.folders import FAILED, complain, load, names, runs_of
from kgrad.report import Report
from kgrad.report.comparison import comparison
from kgrad.report.markdown import markdown_report
from kgrad.report.terminal import terminal_report


def report(options: Namespace) -> int:
    """Prints what was found in one run, or writes it as pages."""
    if options.html or options.markdown:
        return _write_pages(options.run, options.html, options.markdown)
    run, full = options.run, options.full
    history = load(run)
    if history is None:
        return FAILED
    gc.freeze()  # What a long run consists of is searched for no garbage.
    console = Console()
    for part in terminal_report(Report.of(run, history), full=full):
        console.print(part)
    if not full:
        console.print(
            "\nEvery explanation, remedy and number: "
            f"kgrad report --full {shlex.quote(run)}",
            style="dim",
            highlight=False,
            markup=False,
        )
    return 0


def _write_pages(run: str, html: str | None, markdown: str | None) -> int:
    history = load(run)
    if history is None:
        return FAILED
    name = os.path.basename(os.path.abspath(run))
    pages: dict[str, Callable[[], str]] = {}
    if markdown:
        pages[markdown] = partial(markdown_report, Report.of(name, history))
    if html:
        from kgrad.figures.views import html_page

        recipe = _recipe(Path(run, "recipe.json"))
        pages[html] = partial(html_page, name, history, recipe)
    for file, page in pages.items():
        try:
            Path(file).write_text(page(), encoding="utf-8")
        except OSError as error:
            complain(f"the page {file!r} cannot be written: {error}")
            return FAILED
        print(file)
    return 0


def _recipe(path: Path) -> Any:
    """What the zoo writes beside a run; None if there is nothing of it."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        complain(f"left out: {path} cannot be read: {error}")
        return None


def view(options: Namespace) -> int:
    """Starts TensorBoard on a folder of runs, and stays until Ctrl-C."""
    folder: str = options.runs
    if not os.path.isdir(folder):
        complain(f"there is no folder {folder!r}")
        return FAILED
    from tensorboard import default, program

    from kgrad.tensorboard_tab.plugin import NAME, GradientsPlugin

    plugins = default.get_plugins()
    if GradientsPlugin not in plugins:  # kgrad is not installed, only there.
        plugins.append(GradientsPlugin)
    tensorboard = program.TensorBoard(plugins=plugins)
    arguments = ["kgrad", "--logdir", os.path.abspath(folder)]
    if options.port is not None:
        arguments += ["--port", str(options.port)]
    tensorboard.configure(arguments)
    try:
        url = tensorboard.launch()
    except program.TensorBoardServerException as error:
        complain(f"TensorBoard did not start: {error}")
        return FAILED
    address = f"{url}#{NAME}"
    print(f"{address}  (press Ctrl-C to stop)", flush=True)
    if not options.no_browser:
        webbrowser.open(address)
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        print()
    return 0


def compare(options: Namespace) -> int:
    """Prints a row for each run."""
    found = [run for folder in options.runs for run in runs_of(folder)]
    loaded = {run: load(run) for run in dict.fromkeys(found)}
    runs = {run: history for run, history in loaded.items() if history}
    if runs:
        named = names(runs)
        Console().print(comparison({named[run]: runs[run] for run in runs}))
    for history in runs.values():
        for sentence in history.damage:
            complain(f"damaged, the rest is shown: {sentence}")
    return 0 if len(runs) == len(loaded) else FAILED
