"""Findings for TensorBoard: counts and texts, written when they change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from tensorboard.compat.proto.summary_pb2 import Summary

from kgrad.diagnosis import diagnoses
from kgrad.records import Finding
from kgrad.report.finding_markdown import (
    diagnoses_markdown,
    findings_markdown,
)
from kgrad.reporters.tensorboard.curves import Point
from kgrad.reporters.tensorboard.summaries import text_value
from kgrad.signs.layer_order import LayerOrder

COUNT = "findings/all"
"""Tag of the number of findings, which every run has."""

DIAGNOSES = "diagnoses"
"""Tag of the text that says what is wrong, a sentence for each cause."""

_GONE = "Not found any more."


class FindingTexts:
    """Says what is new; a finding that only goes on is not.

    Every window moves the last step of a finding that goes on, and would
    otherwise write the same text a thousand times.
    """

    def __init__(self) -> None:
        self._told: set[tuple[str, str]] | None = None
        self._texts: dict[str, str] = {}
        self._signs: dict[str, None] = {}

    def changed(self, findings: Sequence[Finding]) -> bool:
        """Whether a sign or a target came or went since it was told."""
        return {(f.sign, f.target) for f in findings} != self._told

    def points(self, findings: Sequence[Finding]) -> Iterator[Point]:
        """The number of findings: in all, and of each sign ever found."""
        self._told = {(f.sign, f.target) for f in findings}
        yield Point(COUNT, len(findings), "Number of findings.")
        counts = Counter(f.sign for f in findings)
        for sign in dict.fromkeys([*self._signs, *counts]):
            yield Point(
                f"findings/{sign}",
                counts[sign],
                f"Number of targets at which `{sign}` was found.",
            )

    def texts(
        self, findings: Sequence[Finding], course: LayerOrder
    ) -> Iterator[Summary.Value]:
        """What is wrong, and the evidence sign by sign, where it is news."""
        now = findings_markdown(findings)
        self._signs |= dict.fromkeys(now)
        if findings:
            told = diagnoses_markdown(diagnoses(findings, course))
            now = {DIAGNOSES: told, **now}
        gone = dict.fromkeys(self._texts.keys() - now.keys(), _GONE)
        for sign, markdown in {**now, **gone}.items():
            if self._texts.get(sign) != markdown:
                self._texts[sign] = markdown
                yield text_value(sign, markdown, "What was found, and where.")
