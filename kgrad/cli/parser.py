"""`kgrad`: its arguments, and what they mean."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from typing import TextIO

from kgrad import __version__
from kgrad.cli import commands
from kgrad.cli.export import export

EXAMPLES = """examples:
  kgrad report runs/1                    what was found, and what to change
  kgrad report runs/1 --html page.html   a page with figures
  kgrad compare runs                     all runs below a folder, a row each
  kgrad export runs --csv                the same as a table for other programs
  kgrad view runs                        TensorBoard, on the tab "Gradients"
"""

REPORT = """examples:
  kgrad report runs/1                    one screen: what is wrong, what to try
  kgrad report runs/1 --full             every explanation, remedy and number
  kgrad report runs/1 --html page.html   a page with figures, opens offline
  kgrad report runs/1 --markdown 1.md    text for an issue or a pull request
"""

COMPARE = """examples:
  kgrad compare runs                     every run below the folder
  kgrad compare runs/base runs/clipped   these two, in this order
"""

EXPORT = """examples:
  kgrad export runs/1 --csv              every step, a row each, to the console
  kgrad export runs/1 --csv -o run.csv   the same to a file
  kgrad export runs/1 --parquet -o run.parquet
  kgrad export runs --csv                a row for each run below the folder
"""

VIEW = """examples:
  kgrad view runs                        every run below the folder
  kgrad view runs --port 0               on any port that is free
  kgrad view runs --no-browser           on a machine without one
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command and returns its exit code.

    Args:
        arguments: What follows the program's name; by default those that
            the program was called with.
    """
    _replace_what_cannot_be_printed(sys.stdout)
    options = _parser().parse_args(arguments)
    code: int = options.call(options)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="kgrad",
        description="What `kgrad.GradientMonitor` measured and found.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--version", action="version", version=f"kgrad {__version__}"
    )
    subparsers = parser.add_subparsers(required=True, dest="command")

    def command(
        call: Callable[[argparse.Namespace], int], text: str, examples: str
    ) -> argparse.ArgumentParser:
        added = subparsers.add_parser(
            call.__name__,
            help=text,
            description=f"{text[:1].upper()}{text[1:]}.",
            epilog=examples,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        added.set_defaults(call=call)
        return added

    one = command(commands.report, "what was found in one run", REPORT)
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
    several = command(
        commands.compare, "compare several runs in one table", COMPARE
    )
    several.add_argument(
        "runs", nargs="+", help="run folders, or folders of run folders"
    )
    table = command(export, "write a run, or several, as a table", EXPORT)
    table.add_argument(
        "run", help="run folder, or folder of run folders: a row for each"
    )
    kind = table.add_mutually_exclusive_group(required=True)
    kind.add_argument("--csv", action="store_true", help="as text")
    kind.add_argument(
        "--parquet", action="store_true", help="as Parquet; needs pyarrow"
    )
    table.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        help="where to write; by default standard output",
    )
    tab = command(
        commands.view, 'open TensorBoard on the tab "Gradients"', VIEW
    )
    tab.add_argument("runs", help="run folder, or folder of run folders")
    tab.add_argument(
        "--port",
        type=int,
        help="its port, 0 for any that is free; by default 6006, or the next "
        "that is free",
    )
    tab.add_argument(
        "--no-browser",
        action="store_true",
        help="print the address without opening a browser",
    )
    return parser


def _replace_what_cannot_be_printed(stream: TextIO) -> None:
    """An ASCII terminal shows `?` for the bars of a curve."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="replace")
