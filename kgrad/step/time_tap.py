"""Taps the recurrent layers of a model in sampled steps.

A layer runs its scan in `inner_loop`. While a step is traced, a scan of the
same cell with taps replaces it on the layer *instance*; before and after, the
layer is untouched.

On a GPU, `inner_loop` of `LSTM` and `GRU` calls cuDNN's kernel for the whole
scan, if it has their arguments (`keras.src.backend.tensorflow.rnn.cudnn_ok`).
Nothing can be tapped inside of it, so a sample runs the scan step by step: it
takes longer by the launches of its kernels, and is rounded otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from kgrad.records import TimeProfile
from kgrad.step.functions import keep_alive, note_tracing
from kgrad.step.patching import PatchedAttributes
from kgrad.step.scan import (
    ScanTable,
    Seen,
    state_names,
    tapped_inner_loop,
)
from kgrad.step.state_taps import zeros_to
from kgrad.step.targets import layer_names, layers_of


class TimeTap:
    """Measures ||dL/dh_t|| of every recurrent layer.

    For a state that is also the cell's output (h): the total derivative of
    the loss. For other states (c of an LSTM): what comes back from the next
    step.

    Args:
        model: The `keras.Model`.
        scale: Returns what multiplies the loss, in the graph.
        observe: Called with a layer and what came of a call of it.
        failed: Called with the name of a layer that cannot be tapped, and
            the reason; the layer then runs its own scan.

    Attributes:
        layers: The layers that are tapped.
    """

    def __init__(
        self,
        model: Any,
        scale: Callable[[], Any],
        observe: Callable[[Any, Seen], None] | None = None,
        failed: Callable[[str, str], None] = lambda layer, reason: None,
    ) -> None:
        self.layers, untapped = recurrent_layers(model)
        self._names = layer_names(model)
        for path, reason in untapped.items():
            failed(path, reason)
        self._scale = scale
        self._observe = observe
        self._failed = failed
        # Made now: a variable made while a step is traced makes TensorFlow
        # trace it twice.
        self._tables = {
            id(layer): [ScanTable(1 + len(state_names(layer.cell)))]
            for layer in self.layers
        }
        self._calls: dict[int, int] = {}
        self._silent: set[str] = set()
        self._seen: set[int] = set()

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Taps whatever is traced, or run eagerly, while it is open."""
        self.step_begins()
        with ExitStack() as stack:
            for layer in self.layers:
                scan = vars(layer).get("inner_loop")
                if not isinstance(scan, _SharedScan):
                    scan = _SharedScan(layer)
                    stack.enter_context(
                        PatchedAttributes(layer, inner_loop=scan)
                    )
                scan.taps.append(self)
                stack.callback(scan.taps.remove, self)
            yield

    @contextmanager
    def noting(self) -> Iterator[None]:
        """Finds the functions in which the layers are traced."""
        with ExitStack() as stack:
            for layer in self.layers:
                noted = PatchedAttributes(layer, inner_loop=_noting(layer))
                stack.enter_context(noted)
            yield

    def step_begins(self) -> None:
        """Layers that are called from now on belong to another step."""
        self._calls = dict.fromkeys(self._tables, 0)

    @property
    def tables(self) -> list[ScanTable]:
        """What is written in a step, by layer and call."""
        return [t for layer in self.layers for t in self._tables[id(layer)]]

    def read(self, step: int) -> tuple[TimeProfile, ...]:
        """The profiles of the last sampled step.

        A layer that was called several times has one, of all calls together.

        Args:
            step: The number of that step.
        """
        found: list[TimeProfile] = []
        for layer in self.layers:
            read = [table.read() for table in self._tables[id(layer)]]
            norms, width = _together(read)
            if len(norms):
                self._seen.add(id(layer))
                calls = sum(len(of_call) > 0 for of_call, _ in read)
                found += profiles(
                    layer, norms, step, width, self._names[id(layer)], calls
                )
            elif id(layer) not in self._seen:
                self.fails(layer, "it does not run its scan")
        return tuple(found)

    def fails(self, layer: Any, reason: str) -> None:
        """Reports once that a layer cannot be tapped."""
        if layer.path not in self._silent:
            self._silent.add(layer.path)
            self._failed(layer.path, reason)

    def zeros_for(self, layer: Any, sequences: Any, columns: int) -> Any:
        """Zeros that collect the norms of one call of a layer."""
        note_tracing(trains=False)
        keep_alive(self)
        steps = keras.ops.shape(sequences)[1]
        if columns != 1 + len(state_names(layer.cell)):
            self.fails(layer, "its states are not its cell's `state_size`")
            return tf.zeros((1, steps, columns), tf.float64)
        table = self._table(layer, columns)
        return zeros_to(
            lambda norms: table.write(norms / self._scale()),
            anchor=anchor(layer),
            rows=1,
            steps=steps,
            columns=columns,
        )

    def observe(self, layer: Any, seen: Seen) -> None:
        """Shows what a call of a layer gave."""
        if self._observe is not None:
            self._observe(layer, seen)

    def _table(self, layer: Any, columns: int) -> ScanTable:
        """The table of the layer's next call in this step."""
        tables, call = self._tables[id(layer)], self._calls[id(layer)]
        self._calls[id(layer)] += 1
        if call == len(tables):
            tables.append(ScanTable(columns))
        return tables[call]


class _SharedScan:
    """The scan of a layer with the taps of every monitor.

    If it fails, the layer runs its own.

    Args:
        layer: The `keras.layers.RNN`.
    """

    def __init__(self, layer: Any) -> None:
        self._layer = layer
        self._own = layer.inner_loop
        self.taps: list[TimeTap] = []

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        scan = tapped_inner_loop(self._layer, self._zeros_for, self._observe)
        try:
            return scan(*args, **kwargs)
        except Exception as error:
            for tap in self.taps:
                tap.fails(self._layer, f"{type(error).__name__}: {error}")
            return self._own(*args, **kwargs)

    def _zeros_for(self, sequences: Any, columns: int) -> Any:
        # The gradient of a sum is that of each summand.
        first, *others = [
            tap.zeros_for(self._layer, sequences, columns) for tap in self.taps
        ]
        return sum(others, first)

    def _observe(self, seen: Seen) -> None:
        for tap in self.taps:
            tap.observe(self._layer, seen)


def _noting(layer: Any) -> Callable[..., Any]:
    """The layer's own scan, whose functions are found when it is traced."""
    own = layer.inner_loop

    def inner_loop(*args: Any, **kwargs: Any) -> Any:
        note_tracing(trains=False)
        return own(*args, **kwargs)

    return inner_loop


def recurrent_layers(model: Any) -> tuple[list[Any], dict[str, str]]:
    """The recurrent layers that can be tapped, and why others cannot.

    A layer without trainable weights is passed over: nothing differentiates
    its scan that the zeros could depend on.
    """
    tapped: list[Any] = []
    untapped: dict[str, str] = {}
    for layer in layers_of(model):
        if not isinstance(layer, keras.layers.RNN):
            continue
        if type(layer).inner_loop.__module__.split(".")[0] != "keras":
            untapped[layer.path] = "it has a scan of its own"
        elif layer.trainable_variables:
            tapped.append(layer)
    return tapped, untapped


def anchor(layer: Any) -> Any:
    """A weight of the layer that every step differentiates."""
    return keras.ops.convert_to_tensor(layer.trainable_variables[0])


def profiles(
    layer: Any,
    norms: npt.NDArray[np.float64],
    step: int = 0,
    stride: int = 1,
    name: str = "",
    calls: int = 1,
) -> list[TimeProfile]:
    """The profiles of a layer's states.

    Args:
        layer: The `keras.layers.RNN`.
        norms: `(time, 1 + states)`, as the taps give them.
        step: The optimizer step.
        stride: Time steps an entry.
        name: What the layer is called, by default its path.
        calls: How often it was called.
    """
    # A scan that goes backwards ends at the first time step. With masks,
    # the last output of a short sample is that of an earlier step.
    earlier = norms[1:, 0] if layer.go_backwards else norms[:-1, 0]
    fresh = bool(layer.return_sequences and (earlier > 0).any())
    return [
        TimeProfile(
            layer=name or layer.path,
            state=state,
            norm=norms[:, 1 + i],
            step=step,
            stride=stride,
            fresh=fresh,
            backwards=layer.go_backwards,
            calls=calls,
        )
        for i, state in enumerate(state_names(layer.cell))
    ]


def _together(
    read: Sequence[tuple[npt.NDArray[np.float64], int]],
) -> tuple[npt.NDArray[np.float64], int]:
    """Root sum square over calls, aligned at the end of their time."""
    width = max(width for _, width in read)
    bins = max(len(norms) for norms, _ in read)
    total = np.zeros((bins, read[0][0].shape[1]))
    for norms, _ in read:
        end = total[bins - len(norms) :]
        np.hypot(end, norms, out=end)
    return total, width
