"""Trains on bad batches: is each bad entry located, and is it told?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

import kgrad
from kgrad.records import Origin, Snapshot
from kgrad.report import Report
from kgrad.signs import diagnose
from zoo import schema
from zoo.clinic.bad_batches import (
    AMOUNTS,
    CLASSES,
    CONTEXT,
    FEATURES,
    LENGTH,
    STEPS,
    BadEntry,
    BadRun,
    batches,
)
from zoo.clinic.located import FILE, Located, LocatedRun
from zoo.layers.cells import CELLS


@cache
def two_devices() -> None:
    """Makes two devices of the CPU, before TensorFlow begins to work.

    Raises:
        RuntimeError: If it has begun.
    """
    (cpu,) = tf.config.list_physical_devices("CPU")
    tf.config.set_logical_device_configuration(
        cpu, [tf.config.LogicalDeviceConfiguration()] * 2
    )


def locate(run: BadRun, folder: Path) -> LocatedRun:
    """Trains, and writes what the monitor says of each bad entry.

    Args:
        run: What is trained. Two replicas need `two_devices`, and to be the
            only ones of the process.
        folder: Where the run folder and the outcome are written.
    """
    keras.utils.clear_session()
    keras.utils.set_random_seed(run.seed)
    scope: AbstractContextManager[Any] = nullcontext()
    if run.mode == "replicas":
        scope = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"]).scope()
    with scope:
        model = _model(run)
        model.optimizer.build(model.trainable_variables)
    monitor = kgrad.GradientMonitor(
        folder / "run",
        reporters=[],
        window=2 * STEPS,
        time_every=run.sample_every,
    )
    parts = _Parts(monitor)
    try:
        model.fit(
            _dataset(run), shuffle=False, verbose=0, callbacks=[parts, monitor]
        )
    except tf.errors.InvalidArgumentError:
        # Without XLA, a label that no output stands for is one on a CPU.
        is_last = len(parts.seen) == len(run.entries) - 1
        if run.jit_compile or run.entries[-1].kind != "label" or not is_last:
            raise
    parts.read()
    found = LocatedRun(run=run, located=tuple(_located(run, parts.seen)))
    schema.write(folder / FILE, schema.to_json(found))
    return found


class _Parts(keras.callbacks.Callback):
    """Ends a part after each bad entry: all is as it was before.

    Attributes:
        seen: The snapshots of each part.
    """

    def __init__(self, monitor: kgrad.GradientMonitor) -> None:
        super().__init__()
        self._monitor = monitor
        self._read = 0
        self._kept: list[Any] = []
        self.seen: list[tuple[Snapshot, ...]] = []

    def on_train_begin(self, logs: Any = None) -> None:
        """Keeps what is put back."""
        self._kept = [
            tf.convert_to_tensor(v).numpy() for v in self._variables()
        ]

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Puts it back after the last step of a part."""
        if (batch + 1) % STEPS == 0:
            self.read()
            for variable, kept in zip(
                self._variables(), self._kept, strict=True
            ):
                variable.assign(kept)

    def read(self) -> None:
        """Takes what the monitor has seen since the last time."""
        snapshots = self._monitor.history.snapshots
        if len(snapshots) > self._read:
            self.seen.append(snapshots[self._read :])
            self._read = len(snapshots)

    def _variables(self) -> list[Any]:
        optimizer = self.model.optimizer
        inner = getattr(optimizer, "inner_optimizer", optimizer)
        clocks = {id(x.iterations) for x in (optimizer, inner)}
        every = [*self.model.variables, *optimizer.variables]
        return [v for v in every if id(v) not in clocks]


def _located(
    run: BadRun, seen: list[tuple[Snapshot, ...]]
) -> Iterator[Located]:
    """Judges each part as a run of its own."""
    for number, entry in enumerate(run.entries):
        snapshots = seen[number] if number < len(seen) else ()
        origins = [o for snapshot in snapshots for o in snapshot.origins]
        history = kgrad.RunHistory(snapshots, diagnose(snapshots))
        report = Report.of(run.name, history, numbers=False)
        first = report.diagnoses[0] if report.diagnoses else None
        yield Located(
            entry=entry,
            found=_entry_of(origins[0]) if origins else None,
            sentence=first.sentence if first else "",
            remedies=tuple(c.name for c in first.changes) if first else (),
            left_out=bool(
                (
                    history.skipped
                    & np.isfinite(history.loss)
                    & (history.steps == entry.step)
                ).any()
            ),
        )


def _entry_of(origin: Origin) -> BadEntry:
    values = {"nan": "nan", "infinite": "inf", "": "none"}
    label = origin.label_maximum
    label = label if label >= origin.classes else origin.label_minimum
    return BadEntry(
        stage=origin.stage,
        name=origin.name,
        index=origin.index,
        step=origin.step,
        value=values.get(origin.kind, str(label)),
    )


def _dataset(run: BadRun) -> tf.data.Dataset:
    found = batches(run)
    nested: dict[str, Any] = {"input": {}, "target": {}, "sample_weight": {}}
    for (stage, name), tensor in found.items():
        nested[stage][name] = tensor
    parts = [part.get("", part) for part in nested.values()]
    return tf.data.Dataset.from_tensor_slices(tuple(parts))


def _model(run: BadRun) -> keras.Model:
    dtype = "mixed_float16" if run.mode == "mixed" else "float32"
    several = run.problem == "several"
    signal = keras.layers.Input(
        (LENGTH, FEATURES), name="signal" if several else None
    )
    inputs: Any = signal
    flow = CELLS[run.cell].layer(
        4, return_sequences=run.problem == "sequences", name="rnn", dtype=dtype
    )(signal)
    if several:
        context = keras.layers.Input((CONTEXT,), name="context")
        inputs = {"signal": signal, "context": context}
        seen = keras.layers.Dense(3, "relu", name="seen", dtype=dtype)(context)
        flow = keras.layers.Concatenate(name="both", dtype=dtype)([flow, seen])
    flow = keras.layers.Dense(5, "tanh", name="hidden", dtype=dtype)(flow)
    end = "kind" if several else "readout"
    outputs: Any = keras.layers.Dense(CLASSES, "softmax", name=end)(flow)
    loss: Any = "sparse_categorical_crossentropy"
    if several:
        amount = keras.layers.Dense(AMOUNTS, name="amount")(flow)
        outputs = {"kind": outputs, "amount": amount}
        loss = {"kind": loss, "amount": "mse"}
    elif run.problem == "rows":
        loss = "categorical_crossentropy"
    model = keras.Model(inputs, outputs, name="patient")
    optimizer: Any = keras.optimizers.Adam(0.01)
    if run.mode == "mixed":
        optimizer = keras.optimizers.LossScaleOptimizer(optimizer)
    model.compile(
        optimizer,
        loss,
        steps_per_execution=run.steps_per_execution,
        jit_compile=run.jit_compile,
    )
    return model
