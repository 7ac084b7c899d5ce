"""The run in MLflow, beside what its own Keras callback or autologging logs."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from kgrad.reporters.tracked import TrackedReporter

_LONGEST = 5000
"""Letters of a tag that every MLflow server takes."""


class MlflowReporter(TrackedReporter):
    """Logs to the MLflow run that is active.

    Metrics under `kgrad/`, at the optimizer step: the gradient norm of each
    variable and of the whole model, and how far back the gradient of each
    recurrent layer reaches. The tag `kgrad.diagnoses` says what is wrong, from
    the moment it is first seen; when training ends, `kgrad.signs` names the
    signs, and the page with all figures is the artifact `kgrad/report.html`.

    Args:
        run_id: The run; by default the one that is active when the reporter
            is made, or else when training begins. In a loop inside `watch`
            make it inside `mlflow.start_run()`: MLflow's active run is that of
            a thread.
        report: Whether the page goes there: 5 MB each time training ends.

    Raises:
        ImportError: If MLflow is not installed.
    """

    def __init__(
        self, run_id: str | None = None, *, report: bool = True
    ) -> None:
        super().__init__(report=report)
        try:
            import mlflow
        except ImportError as error:
            raise ImportError(
                "`MlflowReporter` requires MLflow: "
                '`pip install "kgrad[mlflow]"`.'
            ) from error
        self._mlflow: Any = mlflow
        self._given = run_id
        self._run_id = run_id or self._active()
        self._client: Any = None

    def __reduce__(self) -> Any:
        """A copy has logged nothing yet; Keras Tuner copies for each trial."""
        return _again, (type(self), self._given, self._report)

    def _active(self) -> str | None:
        run = self._mlflow.active_run()
        return run.info.run_id if run else None

    def begin(self, log_dir: str) -> None:
        """Finds the run."""
        super().begin(log_dir)
        self._run_id = self._run_id or self._active()
        if self._run_id is None:
            raise RuntimeError(
                "There is no run: call `mlflow.start_run()` first."
            )
        self._client = self._mlflow.MlflowClient()

    def log(self, step: int, values: Mapping[str, float]) -> None:
        """Logs numbers at the step."""
        now = int(time.time() * 1000)
        metric = self._mlflow.entities.Metric
        self._client.log_batch(
            self._run_id,
            [
                metric(_name(f"kgrad/{name}"), value, now, step)
                for name, value in values.items()
            ],
        )

    def alert(self, title: str, text: str) -> None:
        """Sets the tag at once."""
        self._tag("kgrad.diagnoses", f"{title}: {text}")

    def conclude(self, signs: Sequence[str], text: str) -> None:
        """Sets the tags as of now."""
        self._tag("kgrad.diagnoses", text or "no problem found")
        self._tag("kgrad.signs", ", ".join(signs) or "none")

    def keep(self, page: Path) -> None:
        """Logs the page as an artifact."""
        self._client.log_artifact(self._run_id, str(page), "kgrad")

    def _tag(self, name: str, text: str) -> None:
        self._client.set_tag(self._run_id, name, text[:_LONGEST])


def _name(name: str) -> str:
    """What MLflow takes as a name: letters, digits, `_-. :/`."""
    return "".join(c if c.isalnum() or c in "_-. :/" else "_" for c in name)


def _again(
    kind: type[MlflowReporter], run_id: str | None, report: bool
) -> MlflowReporter:
    return kind(run_id, report=report)
