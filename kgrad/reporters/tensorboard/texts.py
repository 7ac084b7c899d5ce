"""Findings and actions for TensorBoard: counts, and texts when they change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from tensorboard.compat.proto.summary_pb2 import Summary

from kgrad.diagnosis import diagnoses
from kgrad.records import ActionRecord, Finding
from kgrad.report.actions import ActionSummary
from kgrad.report.markdown import markdown_diagnoses, markdown_list
from kgrad.report.report import reported
from kgrad.reporters.tensorboard.event_file import Point, text_value
from kgrad.signs.layer_order import LayerOrder

COUNT = "findings/all"
"""Tag of the number of findings, which every run has."""

DIAGNOSES = "diagnoses"
"""Tag of the text that says what is wrong and what to change."""

ACTIONS = "actions"
"""Tag of the text that says what actions did."""

UPDATES = "updates"
"""First part of the tags of how many updates they affected."""

_GONE = "No longer found."


class FindingTexts:
    """Says what is new; a finding that only continues is not.

    Every window moves the last step of a finding that continues, and would
    otherwise write the same text a thousand times.
    """

    def __init__(self) -> None:
        self._known: set[tuple[str, str]] | None = None
        self._text = ""
        self._signs: dict[str, None] = {}

    def changed(self, findings: Sequence[Finding]) -> bool:
        """Whether a sign or a target came or went since the last points."""
        return {(f.sign, f.target) for f in findings} != self._known

    def points(self, findings: Sequence[Finding]) -> Iterator[Point]:
        """The number of findings: in all, and of each sign ever found."""
        self._known = {(f.sign, f.target) for f in findings}
        findings = [f for f in findings if not f.is_note]
        yield Point(COUNT, len(findings), "Number of findings.")
        counts = Counter(f.sign for f in findings)
        self._signs |= dict.fromkeys(counts)
        for sign in self._signs:
            yield Point(
                f"findings/{sign}",
                counts[sign],
                f"Number of targets at which `{sign}` was found.",
            )

    def texts(
        self,
        findings: Sequence[Finding],
        layer_order: LayerOrder,
        labels: Mapping[str, str],
    ) -> Iterator[Summary.Value]:
        """The diagnoses with evidence and changes, if that is new."""
        found = reported(diagnoses(findings, layer_order), labels)
        text = markdown_diagnoses(found) or (self._text and _GONE)
        if text != self._text:
            self._text = text
            yield text_value(DIAGNOSES, text, "What is wrong, and what to do.")


class ActionTexts:
    """Counts what each action did, and says it in sentences.

    Attributes:
        news: Whether there is something to say. Clipping, which happens in
            every window, is reported when training ends.
    """

    def __init__(self) -> None:
        self.news = False
        self._counts: Counter[str] = Counter()
        self._summary = ActionSummary()

    def points(self, record: ActionRecord) -> Iterator[Point]:
        """The number of updates that the action has affected so far."""
        self._summary.add([record])
        self.news |= record.action != "clip"
        self._counts[record.action] += record.count
        yield Point(
            f"{UPDATES}/{record.action}",
            self._counts[record.action],
            f"Number of updates that the action `{record.action}` has "
            "affected so far.",
        )

    def texts(self, labels: Mapping[str, str]) -> list[Summary.Value]:
        """All that there is to say so far."""
        self.news = False
        text = markdown_list(tuple(self._summary.lines(labels)))
        return [text_value(ACTIONS, text, "What actions did.")] if text else []
