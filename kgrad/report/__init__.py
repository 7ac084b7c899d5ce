"""A run in words, once: the report as a record, and what formats it.

report      the record, built from a run's history
tables      its tables: numbers by target, through time, by layer
pictures    its curves, as rows of blocks
terminal    formats it with rich
markdown    formats it as Markdown, for files and for TensorBoard
html        formats it as one page, and as a fragment for notebooks
comparison  several runs, a row each
"""

from kgrad.report.report import Report

__all__ = ["Report"]
