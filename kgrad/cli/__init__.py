"""The command line: run folders come in; reports, tables and pages come out."""

from kgrad.cli.folders import FAILED
from kgrad.cli.parser import main

__all__ = ["FAILED", "main"]
