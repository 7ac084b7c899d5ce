"""The report: a run comes in; terminal, Markdown and HTML come out."""

from kgrad.report.report import Report

__all__ = ["Report"]
