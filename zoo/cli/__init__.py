"""The command line: arguments come in, tables, progress and cards come out."""

from zoo.cli.parser import main

__all__ = ["main"]
