"""What actions did, for TensorBoard: a count of each, and a text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tensorboard.compat.proto.summary_pb2 import Summary

from kgrad.records import ActionRecord, Target
from kgrad.report.act_lines import ActionLines
from kgrad.report.labels import labels
from kgrad.report.markdown import words
from kgrad.reporters.tensorboard.curves import Point
from kgrad.reporters.tensorboard.summaries import text_value

ACTIONS = "actions"
"""Tag of the text, and first part of the tags of the counts."""


class ActionCurves:
    """Counts what each action did, and tells it in words.

    Attributes:
        news: Whether there is something to tell. Clipping, which goes on in
            every window, is told when training ends.
    """

    def __init__(self) -> None:
        self.news = False
        self._counts: dict[str, int] = {}
        self._lines = ActionLines()
        self._labels: dict[str, str] = {}
        self._targets: tuple[Target, ...] = ()

    def learn(self, targets: tuple[Target, ...]) -> None:
        """The names of the targets."""
        if targets is not self._targets:
            self._targets = targets
            self._labels |= labels(targets)

    def points(self, act: ActionRecord) -> Iterator[Point]:
        """The number of updates that the action concerned so far."""
        self._lines.add([act])
        self.news |= act.action != "clip"
        count = self._counts.get(act.action, 0) + act.count
        self._counts[act.action] = count
        yield Point(
            f"{ACTIONS}/{act.action}",
            count,
            f"Number of updates so far that the action `{act.action}` "
            "concerned.",
        )

    def texts(self) -> Sequence[Summary.Value]:
        """All that is told so far."""
        self.news = False
        lines = list(self._lines.lines(self._labels))
        if not lines:
            return []
        markdown = "\n".join(f"* {words(line)}" for line in lines)
        return [text_value(ACTIONS, markdown, "What actions did.")]
