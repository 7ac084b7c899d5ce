"""Records made by hand, and event files read back."""

from pathlib import Path
from typing import Any

import numpy as np
from tensorboard.backend.event_processing.plugin_event_accumulator import (
    EventAccumulator,
)
from tensorboard.util import tensor_util

from kgrad.records import (
    Activity,
    Epoch,
    Finding,
    Histogram,
    Measure,
    Remedy,
    Sample,
    Setup,
    Snapshot,
    Target,
    TimeProfile,
)
from kgrad.records.histograms import BINS
from kgrad.records.summaries import summarize_batch

CELL = "sequential/lstm/lstm_cell"

TARGETS = (
    *(
        Target(f"{CELL}/kernel[{gate}]", "sequential/lstm", "kernel", gate)
        for gate in "ifco"
    ),
    Target("sequential/dense/kernel", "sequential/dense", "kernel", depth=1),
    Target(f"{CELL}/kernel", "sequential/lstm", "kernel", parts=(0, 1, 2, 3)),
    Target("global", "", "", depth=-1, parts=(0, 1, 2, 3, 4)),
)

MEASURES = (
    Measure("gradient_norm", "", "Norm of the gradient.", "root_sum_square"),
    Measure("clipped_gradient_norm", "", "After clipping.", "root_sum_square"),
    Measure("update_norm", "", "Norm of the update.", "root_sum_square"),
    Measure("weight_norm", "", "Norm of the weights.", "root_sum_square"),
    Measure("nonfinite_count", "", "Not finite.", "sum"),
)

REMEDY = Remedy(
    "clip_gradients",
    "gradient clipping",
    "optimizer=keras.optimizers.SGD(\n    0.1, global_clipnorm=1.0\n)",
    "no step is longer than 1",
    "vanishing gradients",
)


def snapshot(first: int = 1, steps: int = 8, **changes: Any) -> Snapshot:
    """A window of a small LSTM in good health.

    Args:
        first: Its first step.
        steps: How many it has.
        **changes: Fields of `Snapshot`; a measure's name for an array that
            broadcasts to `(steps, measured targets)`.
    """
    rng = np.random.default_rng(first)
    values = rng.uniform(1, 2, (steps, 5, len(MEASURES))).astype(np.float32)
    values[:, :, 4] = 0
    for i, measure in enumerate(MEASURES):
        if measure.name in changes:
            values[:, :, i] = changes.pop(measure.name)
    fields = {
        "steps": np.arange(first, first + steps),
        "targets": TARGETS,
        "measures": MEASURES,
        "values": values,
        "loss": rng.uniform(1, 2, steps),
        "learning_rate": np.full(steps, 0.1),
        "skipped": np.zeros(steps, bool),
        "setup": Setup("SGD", {"learning_rate": 0.1}),
    }
    return Snapshot(**{**fields, **changes})


def epoch(number: int, step: int, **logs: float) -> Epoch:
    return Epoch(number, step, logs or {"loss": 0.5, "val_loss": 0.7})


def finding(sign: str = "exploding", **changes: Any) -> Finding:
    fields: dict[str, Any] = {
        "target": f"{CELL}/kernel",
        "first_step": 3,
        "last_step": 7,
        "value": 1234.5,
        "limit": 10.0,
        "explanation": f"The norm of `{CELL}/kernel` was 1234.5 at step 3.",
        "remedies": (REMEDY,),
    }
    return Finding(sign, **{**fields, **changes})


def profile(step: int = 1, decay: float = 0.5, **changes: Any) -> TimeProfile:
    """h of the small LSTM over 8 time steps.

    Args:
        step: The optimizer step.
        decay: Decades lost per time step back.
        **changes: Fields of `TimeProfile`.
    """
    fields: dict[str, Any] = {
        "layer": "sequential/lstm",
        "state": "h",
        "norm": 10.0 ** (decay * np.arange(-7, 1)),
        "step": step,
    }
    return TimeProfile(**{**fields, **changes})


ACTIVITY = Activity(
    "sequential/lstm",
    {
        "silent_unit_share": 0.25,
        "output_mean": -0.125,
        "output_spread": 0.5,
        "saturated_unit_share": 0.75,
        "gate_f_saturated_share": 0.375,
    },
)


DATA = summarize_batch(
    np.linspace(-1, 2, 8 * 6 * 2).reshape(8, 6, 2),
    np.arange(8) % 4,
    np.eye(4)[[0, 0, 0, 0, 0, 1, 2, 3]] * 0.5 + 0.125,
)
"""8 samples of 4 classes, of which the first is predicted too often."""


HISTOGRAMS = (
    Histogram("gradient", f"{CELL}/kernel", np.arange(BINS) % 7 * 1.0),
    Histogram("activation", "sequential/lstm", np.eye(BINS)[70] * 5, nan=3),
)
"""Of a variable and of a layer, of which some outputs are NaN."""


def sample(step: int = 1, **changes: Any) -> Sample:
    """h and c of the small LSTM, what its units did, and the data."""
    profiles = (profile(step), profile(step, 0.25, state="c"))
    fields = {"profiles": profiles, "activities": (ACTIVITY,), "data": DATA}
    return Sample(step, **{**fields, **changes})


class Events:
    """What TensorBoard reads from a run folder."""

    def __init__(self, folder: Path) -> None:
        self._read = EventAccumulator(str(folder), {"tensors": 0}).Reload()
        self.tags: list[str] = self._read.Tags()["tensors"]

    def scalars(self, tag: str) -> dict[int, float]:
        """Step to value."""
        return {
            event.step: float(tensor_util.make_ndarray(event.tensor_proto))
            for event in self._read.Tensors(tag)
        }

    def array(self, tag: str) -> tuple[int, Any]:
        """Step and array of the one event of a tag."""
        (event,) = self._read.Tensors(tag)
        return event.step, tensor_util.make_ndarray(event.tensor_proto)

    def texts(self, tag: str) -> list[str]:
        return [
            tensor_util.make_ndarray(event.tensor_proto).item().decode()
            for event in self._read.Tensors(tag)
        ]

    def bytes(self, tag: str) -> bytes:
        """The last one."""
        proto = self._read.Tensors(tag)[-1].tensor_proto
        content = tensor_util.make_ndarray(proto).item()
        assert isinstance(content, bytes)
        return content

    def plugin(self, tag: str) -> str:
        return self._read.SummaryMetadata(tag).plugin_data.plugin_name

    def content(self, tag: str) -> bytes:
        return self._read.SummaryMetadata(tag).plugin_data.content

    def description(self, tag: str) -> str:
        return self._read.SummaryMetadata(tag).summary_description

    def of(self, plugin: str) -> list[str]:
        return [tag for tag in self.tags if self.plugin(tag) == plugin]
