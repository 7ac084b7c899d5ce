"""A run in words, once: the report as a record, and what formats it."""

from kgrad.report.report import Report

__all__ = ["Report"]
