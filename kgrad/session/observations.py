"""What a loop of one's own shows of its batches."""

from __future__ import annotations

from typing import Any

from kgrad._warnings import warn
from kgrad.records import Sample
from kgrad.records.summaries import summarize_batch
from kgrad.session.sample_schedule import SampleSchedule
from kgrad.step.names import input_names, output_names


class Observations:
    """Summarizes, on the host, the batches of some steps.

    Args:
        model: The `keras.Model`, or None.
        schedule: That of the samples, None for no step.
    """

    def __init__(self, model: Any, schedule: SampleSchedule | None) -> None:
        self._model = model
        self._schedule = schedule
        self._next = 0
        self._samples: list[Sample] = []
        self._silent = False

    def add(self, step: int, batch: tuple[Any, Any, Any, Any]) -> None:
        """Takes a batch, if it is time for one.

        Args:
            step: The last optimizer step that was made.
            batch: Inputs, targets, predictions and sample weights.
        """
        if self._schedule is None or step < self._next:
            return
        self._next = step + self._schedule.distance
        try:
            data = summarize_batch(
                *batch,
                inputs=input_names(self._model),
                outputs=output_names(self._model),
            )
        except Exception as error:
            self._failed(error)
            return
        self._samples.append(Sample(step, data=data))

    def take(self) -> tuple[Sample, ...]:
        """What has come together since the last time."""
        samples, self._samples = self._samples, []
        return tuple(samples)

    def _failed(self, error: Exception) -> None:
        if not self._silent:
            self._silent = True
            warn("What a loop shows of its batches cannot be read", error)
