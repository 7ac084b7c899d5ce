"""What an experiment tracker is told: norms, horizons, signs and the page.

Loss and metrics are left to the tracker's own Keras callback, which has them
already.
"""

from __future__ import annotations

import os
from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar

from kgrad.diagnosis import Diagnosis, diagnoses
from kgrad.records import GLOBAL, Finding, Snapshot
from kgrad.report.labels import labels, layer_labels, shortened
from kgrad.reporters.base import Reporter
from kgrad.reporters.news import News
from kgrad.signs.layer_order import LayerOrder
from kgrad.signs.through_time import by_state

PAGE = "report.html"
"""Name of the page with all figures."""


class TrackedReporter(Reporter):
    """Hands a run to an experiment tracker, window by window.

    Args:
        report: Whether the page with all figures goes there, too, when
            training ends: 5 MB.
    """

    needs: ClassVar[frozenset[str]] = frozenset({"gradient_norm"})

    def __init__(self, *, report: bool = True) -> None:
        self._report = report
        self._folder = ""
        self._labels: dict[str, str] = {}
        self._order = LayerOrder()
        self._news = News()

    @abstractmethod
    def log(self, step: int, values: Mapping[str, float]) -> None:
        """Takes numbers by name at an optimizer step."""

    @abstractmethod
    def alert(self, title: str, text: str) -> None:
        """Tells of a diagnosis when it is first seen."""

    @abstractmethod
    def conclude(self, signs: Sequence[str], text: str) -> None:
        """Notes what is wrong as of the end of training."""

    @abstractmethod
    def keep(self, page: Path) -> None:
        """Stores a file with the run; it is removed afterwards."""

    def begin(self, log_dir: str) -> None:
        """Learns where the history is."""
        self._folder = log_dir

    def write(self, snapshot: Snapshot, findings: Sequence[Finding]) -> None:
        """Hands on a window, and what is new."""
        self._order.update(snapshot)
        self._labels |= labels(snapshot.targets)
        self._labels |= layer_labels(snapshot.targets, snapshot.samples)
        for step, values in _points(snapshot, self._labels):
            self.log(step, values)
        self._alert(self._news.of(snapshot, findings))

    def _alert(self, new: Sequence[Diagnosis]) -> None:
        for diagnosis in new:
            title = f"{diagnosis.cause.sign} from step {diagnosis.first_step}"
            self.alert(title, self._sentence(diagnosis))

    def close(self, findings: Sequence[Finding]) -> None:
        """Notes what was found, and keeps the page."""
        self._alert(self._news.rest(findings))
        found = diagnoses(findings, self._order)
        signs = dict.fromkeys(f.sign for d in found for f in d.findings)
        self.conclude(list(signs), "\n".join(map(self._sentence, found)))
        if self._report and self._folder:
            self._keep_page()

    def _sentence(self, diagnosis: Diagnosis) -> str:
        return shortened(diagnosis.sentence, self._labels)

    def _keep_page(self) -> None:
        # Who tracks no run needs no Plotly.
        from kgrad.figures.views import html_page
        from kgrad.storage.history import RunHistory

        name = os.path.basename(os.path.abspath(self._folder))
        page = html_page(name, RunHistory.load(self._folder))
        with TemporaryDirectory() as folder:
            file = Path(folder, PAGE)
            file.write_text(page, encoding="utf-8")
            self.keep(file)


def _points(
    snapshot: Snapshot, labels: Mapping[str, str]
) -> Iterator[tuple[int, dict[str, float]]]:
    """Horizons at the steps that were sampled, norms at the last one.

    The mean over the steps of the window, of the whole model also the largest:
    a mean hides a single spike. Gates are left to the page.
    """
    for sample in snapshot.samples:
        horizons = {
            f"horizon/{labels.get(layer, layer)}": profile.horizon
            for (layer, state), found in by_state([sample]).items()
            for profile, of_memory in found
            if of_memory and state == "h"
        }
        if horizons:
            yield sample.step, horizons
    applied = ~snapshot.skipped
    if not applied.any():
        return
    norms = snapshot["gradient_norm"][applied]
    values = {}
    for target, norm in zip(snapshot.targets, norms.T, strict=True):
        if target.name == GLOBAL:
            values["gradient_norm/largest"] = float(norm.max())
        if not target.gate:
            name = f"gradient_norm/{labels.get(target.name, target.name)}"
            values[name] = float(norm.mean())
    yield int(snapshot.steps[-1]), values
