"""`kgrad report`, `kgrad compare` and `kgrad view`: runs, from disk."""

from __future__ import annotations

import argparse
import json
import os
import shlex
import sys
import threading
import webbrowser
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TextIO

from rich.console import Console

from kgrad import __version__
from kgrad.report import Report
from kgrad.report.comparison import comparison
from kgrad.report.markdown import markdown_report
from kgrad.report.terminal import terminal_report
from kgrad.storage.history import RunHistory
from kgrad.storage.run_file import run_files

FAILED = 2
"""Exit code when a folder holds no run, or nothing of it can be read."""

EXAMPLES = """examples:
  kgrad report runs/1                    what was found, and what to change
  kgrad report runs/1 --full             the same with all numbers
  kgrad report runs/1 --html page.html   a page with figures
  kgrad compare runs                     all runs below a folder, a row each
  kgrad view runs                        TensorBoard, on the tab "Gradients"
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command; returns its exit code."""
    _replace_what_cannot_be_printed(sys.stdout)
    parser = argparse.ArgumentParser(
        prog="kgrad",
        description="What `kgrad.GradientMonitor` measured and found.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--version", action="version", version=f"kgrad {__version__}"
    )
    commands = parser.add_subparsers(required=True, dest="command")
    one = commands.add_parser("report", help="what was found in one run")
    one.add_argument("run", help="run folder")
    one.add_argument(
        "--full",
        action="store_true",
        help="also print every explanation, remedy and table",
    )
    one.add_argument(
        "--html",
        metavar="FILE",
        help="write one page with figures that opens offline",
    )
    one.add_argument(
        "--markdown",
        metavar="FILE",
        help="write the report as Markdown",
    )
    several = commands.add_parser(
        "compare", help="compare several runs in one table"
    )
    several.add_argument(
        "runs", nargs="+", help="run folders, or folders of run folders"
    )
    tab = commands.add_parser(
        "view", help='open TensorBoard on the tab "Gradients"'
    )
    tab.add_argument("runs", help="run folder, or folder of run folders")
    tab.add_argument(
        "--port", type=int, help="its port; 0 for any that is free"
    )
    tab.add_argument(
        "--no-browser",
        action="store_true",
        help="print the address without opening a browser",
    )
    given = parser.parse_args(arguments)
    if given.command == "view":
        return view(given.runs, given.port, not given.no_browser)
    if given.command == "report" and (given.html or given.markdown):
        return _write_pages(given.run, given.html, given.markdown)
    if given.command == "report":
        return _report(given.run, given.full)
    return _compare(given.runs)


def _report(run: str, full: bool) -> int:
    history = _load(run)
    if history is None:
        return FAILED
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
    history = _load(run)
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
            _complain(f"the page {file!r} cannot be written: {error}")
            return FAILED
        print(file)
    return 0


def _recipe(path: Path) -> Any:
    """What the zoo writes beside a run; None if there is nothing of it."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        _complain(f"left out: {path} cannot be read: {error}")
        return None


def view(folder: str, port: int | None = None, browser: bool = True) -> int:
    """Starts TensorBoard on a folder of runs, and stays until Ctrl-C.

    Port 0 is any that is free; by default it is TensorBoard's own, 6006, or
    the next that is free. Returns the exit code.
    """
    if not os.path.isdir(folder):
        _complain(f"there is no folder {folder!r}")
        return FAILED
    from tensorboard import default, program

    from kgrad.tensorboard_tab.plugin import NAME, GradientsPlugin

    plugins = default.get_plugins()
    if GradientsPlugin not in plugins:  # kgrad is not installed, only there.
        plugins.append(GradientsPlugin)
    tensorboard = program.TensorBoard(plugins=plugins)
    arguments = ["kgrad", "--logdir", os.path.abspath(folder)]
    if port is not None:
        arguments += ["--port", str(port)]
    tensorboard.configure(arguments)
    try:
        url = tensorboard.launch()
    except program.TensorBoardServerException as error:
        _complain(f"TensorBoard did not start: {error}")
        return FAILED
    address = f"{url}#{NAME}"
    print(f"{address}  (press Ctrl-C to stop)", flush=True)
    if browser:
        webbrowser.open(address)
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        print()
    return 0


def _compare(folders: Sequence[str]) -> int:
    found = [run for folder in folders for run in _runs(folder)]
    loaded = {run: _load(run) for run in dict.fromkeys(found)}
    runs = {run: history for run, history in loaded.items() if history}
    if runs:
        shared = os.path.commonpath(
            [os.path.dirname(os.path.abspath(run)) for run in runs]
        )
        console = Console()
        console.print(
            comparison(
                {os.path.relpath(run, shared): h for run, h in runs.items()}
            )
        )
    for history in runs.values():
        for sentence in history.damage:
            _complain(f"damaged, the rest is shown: {sentence}")
    return 0 if len(runs) == len(loaded) else FAILED


def _runs(folder: str) -> list[str]:
    """The folder, or the runs below it."""
    if run_files(folder):
        return [folder]
    below = {path.parent for path in Path(folder).rglob("gradients-*.kgrad")}
    return sorted(map(os.fspath, below)) or [folder]


def _load(run: str) -> RunHistory | None:
    """The history, or None after a complaint."""
    if not os.path.isdir(run):
        _complain(f"there is no folder {run!r}")
        return None
    try:
        history = RunHistory.load(run)
    except FileNotFoundError:
        _complain(
            f"the folder {run!r} holds no run: no file `gradients-*.kgrad` "
            "as `kgrad.GradientMonitor` writes it"
        )
        below = [each for each in _runs(run) if each != run]
        if below:
            _complain("these below it do:\n  " + "\n  ".join(below))
        return None
    except OSError as error:
        _complain(f"the run {run!r} cannot be read: {error}")
        return None
    if history.damage and not history.snapshots:
        for sentence in history.damage:
            _complain(f"nothing can be read: {sentence}")
        return None
    return history


def _complain(sentence: str) -> None:
    print(f"kgrad: {sentence}", file=sys.stderr)


def _replace_what_cannot_be_printed(stream: TextIO) -> None:
    """An ASCII terminal shows `?` for the bars of a curve."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="replace")


if __name__ == "__main__":
    sys.exit(main())
