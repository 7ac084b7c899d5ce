"""`kgrad export`: a run, or several, as CSV or Parquet."""

from __future__ import annotations

import csv
import os
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import IO, Any

from kgrad.cli.folders import FAILED, by_name, complain, load, runs_of
from kgrad.report.flat_table import Cell, FlatTable, runs_table, steps_table
from kgrad.report.labels import printable
from kgrad.storage.run_file import run_files

_FORMULA = ("=", "+", "-", "@")
"""What begins with one of these, a spreadsheet computes."""


def export(options: Namespace) -> int:
    """Writes a row for each step of a run, or for each run below a folder."""
    if options.parquet and not find_spec("pyarrow"):
        complain(
            'Parquet needs pyarrow: pip install "kgrad[parquet]". '
            "`--csv` needs nothing"
        )
        return FAILED
    if options.parquet and not options.output and sys.stdout.isatty():
        complain("Parquet is no text: name a file with `--output FILE`")
        return FAILED
    table = _table(options.run)
    if table is None:
        return FAILED
    write = _write_parquet if options.parquet else _write_csv
    try:
        with _opened(options.output, text=options.csv) as file:
            write(table, file)
    except BrokenPipeError:
        # Whoever reads has enough, as `head` does. Python would complain
        # about what it could not write when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        complain(f"the table {options.output!r} cannot be written: {error}")
        return FAILED
    if options.output:
        print(options.output)
    return 0


def _table(folder: str) -> FlatTable | None:
    if run_files(folder):
        history = load(folder)
        return None if history is None else steps_table(history)
    loaded = {run: load(run) for run in runs_of(folder)}
    runs = {run: history for run, history in loaded.items() if history}
    return runs_table(by_name(runs)) if runs else None


@contextmanager
def _opened(path: str | None, *, text: bool) -> Iterator[IO[Any]]:
    """The file, or standard output."""
    if path is None:
        yield sys.stdout if text else sys.stdout.buffer
        sys.stdout.flush()
    elif text:
        with open(path, "w", encoding="utf-8", newline="") as file:
            yield file
    else:
        with open(path, "wb") as file:
            yield file


def _write_csv(table: FlatTable, file: IO[Any]) -> None:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(map(_text, table.columns))
    for part in table.parts:
        columns = [
            list(map(_CSV[kind], part[name]))
            for name, kind in table.columns.items()
        ]
        writer.writerows(zip(*columns, strict=True))


def _text(cell: Cell) -> str:
    """Text that neither a terminal obeys nor a spreadsheet computes."""
    text = printable(str(cell or ""))
    return f"'{text}" if text.startswith(_FORMULA) else text


def _float(value: Any) -> str:
    # What was measured has 32 bits, which 9 digits tell apart.
    return "" if value is None else f"{value:.9g}"


def _int(value: Any) -> str:
    return "" if value is None else str(int(value))


_CSV: dict[type, Callable[[Any], str]] = {
    str: _text,
    float: _float,
    int: _int,
    bool: _int,
}


def _write_parquet(table: FlatTable, file: IO[Any]) -> None:
    import pyarrow
    from pyarrow.parquet import ParquetWriter

    kinds = {
        str: pyarrow.string(),
        float: pyarrow.float64(),
        int: pyarrow.int64(),
        bool: pyarrow.bool_(),
    }
    schema = pyarrow.schema([(n, kinds[k]) for n, k in table.columns.items()])
    with ParquetWriter(file, schema) as writer:
        for part in table.parts:
            writer.write_table(pyarrow.table(dict(part), schema))
