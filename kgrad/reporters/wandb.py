"""The run in Weights & Biases, beside what its own Keras callback logs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from kgrad.reporters.tracked import PAGE, TrackedReporter


class WandbReporter(TrackedReporter):
    """Logs to the run that `wandb.init` began.

    Under `kgrad/`, over the optimizer step `kgrad/step`: the gradient norm of
    each variable and of the whole model, and how far back the gradient of each
    recurrent layer reaches. A diagnosis is an alert when it is first seen; the
    signs become tags when training ends, and the page with all figures an
    artifact of type `kgrad-report`.

    Args:
        run: The `wandb.Run`; by default the one that is active when training
            begins.
        report: Whether the page goes there: 5 MB each time training ends.

    Raises:
        ImportError: If Weights & Biases is not installed.
    """

    def __init__(self, run: Any = None, *, report: bool = True) -> None:
        super().__init__(report=report)
        try:
            import wandb
        except ImportError as error:
            raise ImportError(
                "`WandbReporter` requires Weights & Biases: "
                '`pip install "kgrad[wandb]"`.'
            ) from error
        self._wandb: Any = wandb
        self._given = self._run = run

    def __reduce__(self) -> Any:
        """A copy has logged nothing yet; Keras Tuner copies for each trial."""
        return _again, (type(self), self._given, self._report)

    def begin(self, log_dir: str) -> None:
        """Finds the run."""
        super().begin(log_dir)
        self._run = self._given or self._wandb.run
        if self._run is None:
            raise RuntimeError("There is no run: call `wandb.init()` first.")
        self._run.define_metric("kgrad/step", hidden=True)
        self._run.define_metric("kgrad/*", step_metric="kgrad/step")

    def log(self, step: int, values: Mapping[str, float]) -> None:
        """Logs numbers over our own step: that of W&B counts calls."""
        named = {f"kgrad/{name}": value for name, value in values.items()}
        self._run.log({"kgrad/step": step, **named})

    def alert(self, title: str, text: str) -> None:
        """Sends an alert, which W&B passes on by mail or Slack."""
        self._run.alert(f"kgrad: {title}", text, level="WARN")

    def conclude(self, signs: Sequence[str], text: str) -> None:
        """Sets tags, and the sentences in the summary."""
        self._run.summary["kgrad/diagnoses"] = text or "no problem found"
        tags = self._run.tags or ()
        self._run.tags = (*tags, *(sign for sign in signs if sign not in tags))

    def keep(self, page: Path) -> None:
        """Logs the page as an artifact."""
        name = f"kgrad-report-{self._run.id}"
        artifact = self._wandb.Artifact(name, type="kgrad-report")
        artifact.add_file(str(page), PAGE)
        self._run.log_artifact(artifact)


def _again(kind: type[WandbReporter], run: Any, report: bool) -> WandbReporter:
    return kind(run, report=report)
