"""How data are fed: what `fit` was called with, as far as it can be known.

A callback is told the number of epochs and steps only. The rest is read from
the call of `fit` that is running: its arguments and its data adapter.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator, Mapping
from typing import Any

import keras

from kgrad.records import Plan
from kgrad.records.summaries import CLASSES
from kgrad.session.label_order import label_order
from kgrad.step.names import functional
from kgrad.step.optimizers import innermost
from kgrad.step.targets import layers_of

_IN_ORDER = (
    "_BatchDataset",
    "_CacheDataset",
    "_MapDataset",
    "_MemoryCacheDataset",
    "_OptionsDataset",
    "_PaddedBatchDataset",
    "_ParallelBatchDataset",
    "_ParallelMapDataset",
    "_PrefetchDataset",
    "_RangeDataset",
    "_RepeatDataset",
    "_SkipDataset",
    "_TakeDataset",
    "_TensorSliceDataset",
    "_ZipDataset",
)
"""Kinds of `tf.data.Dataset` that leave the samples in their order."""


def plan_of(model: Any, params: Mapping[str, Any]) -> Plan:
    """How the data are fed, and what of the model depends on it.

    Args:
        model: The `keras.Model`, or None.
        params: What is known of the training: `epochs`, `steps` of an epoch,
            and what `fit_arguments` gives.
    """
    epochs = params.get("epochs") or 0
    steps = params.get("steps") or 0
    optimizer = getattr(model, "optimizer", None)
    every = 1
    if isinstance(optimizer, keras.optimizers.Optimizer):
        every = innermost(optimizer).gradient_accumulation_steps or 1
    return Plan(
        batch_size=params.get("batch_size") or 0,
        updates=epochs * steps // every,
        epochs=epochs,
        shuffle=params.get("shuffle"),
        validation_split=params.get("validation_split") or 0.0,
        class_weight=bool(params.get("class_weight")),
        class_weights=params.get("class_weights", ()),
        samples=params.get("samples") or 0,
        batchnorm_momentum=tuple(_momentum(model)),
        settled=tuple(_settled(model)),
        vocabulary=tuple(_vocabulary(model)),
        label_counts=params.get("label_counts", ()),
        label_runs=params.get("label_runs", 0),
        held_out_counts=params.get("held_out_counts", ()),
    )


def fit_arguments(model: Any) -> dict[str, Any]:
    """What the running `fit` of a model was called with.

    Args:
        model: The `keras.Model`.

    Returns:
        `epochs` still to come, `steps`, `batch_size`, `samples`, `shuffle`,
        `validation_split`, whether there is a `class_weight`, what is in it
        and what `label_order` tells; None of what is not known, and nothing
        if `fit` is not running.
    """
    fit = inspect.unwrap(keras.Model.fit).__code__
    frame = sys._getframe()
    while frame is not None:
        if frame.f_code is fit and frame.f_locals.get("self") is model:
            return _arguments(frame.f_locals)
        frame = frame.f_back  # type: ignore[assignment]
    return {}


def _arguments(given: Mapping[str, Any]) -> dict[str, Any]:
    iterator = given.get("epoch_iterator")
    adapter = getattr(iterator, "data_adapter", None)
    return {
        "epochs": given["epochs"] - (given["initial_epoch"] or 0),
        "steps": getattr(iterator, "num_batches", None),
        "validation_split": given["validation_split"],
        "class_weight": given["class_weight"] is not None,
        "class_weights": _class_weights(given["class_weight"]),
        **_of_adapter(adapter),
        **label_order(given),
    }


def _class_weights(given: Any) -> tuple[float, ...]:
    """By label; those that are not in it weigh 1, as Keras has it."""
    try:
        weights = {int(label): float(x) for label, x in given.items()}
    except (AttributeError, TypeError, ValueError):
        return ()
    if not weights or min(weights) < 0 or max(weights) >= CLASSES:
        return ()
    return tuple(weights.get(k, 1.0) for k in range(max(weights) + 1))


def _of_adapter(adapter: Any) -> dict[str, Any]:
    """Batches, samples and their order, from one of Keras' data adapters."""
    if type(adapter).__name__ == "ArrayDataAdapter":
        return {
            "batch_size": adapter._batch_size,
            "samples": adapter._num_samples,
            "shuffle": bool(adapter._shuffle),
        }
    if type(adapter).__name__ != "TFDatasetAdapter":
        return {}
    chain = list(_chain(adapter._dataset))
    kinds = [type(dataset).__name__ for dataset in chain]
    told: dict[str, Any] = {"shuffle": None}
    if any("Shuffle" in kind for kind in kinds):
        told["shuffle"] = True
    elif all(kind in _IN_ORDER for kind in kinds):
        told["shuffle"] = False
    batched = [d for d in chain if hasattr(d, "_batch_size")]
    if len(batched) == 1:
        told["batch_size"] = int(batched[0]._batch_size)
        (source,) = batched[0]._inputs()
        # Of infinite and unknown ones it is negative.
        told["samples"] = max(int(source.cardinality()), 0)
    return told


def _chain(dataset: Any) -> Iterator[Any]:
    """A dataset, and those that it is made of."""
    yield dataset
    for source in getattr(dataset, "_inputs", list)():
        yield from _chain(source)


def _momentum(model: Any) -> Iterator[tuple[str, float]]:
    for layer in layers_of(model):
        if isinstance(layer, keras.layers.BatchNormalization):
            yield str(layer.path or layer.name), float(layer.momentum)


def _settled(model: Any) -> Iterator[str]:
    """Those whose statistics are not what they begin with, or do not move."""
    for layer in layers_of(model):
        if not isinstance(layer, keras.layers.BatchNormalization):
            continue
        if not layer.trainable or (layer.built and not _is_new(layer)):
            yield str(layer.path or layer.name)


def _is_new(layer: Any) -> bool:
    mean = layer.moving_mean.numpy()
    variance = layer.moving_variance.numpy()
    return not mean.any() and bool((variance == 1).all())


def _vocabulary(model: Any) -> Iterator[tuple[str, int]]:
    """Each input that an Embedding reads, and how many ids that knows."""
    graph = functional(model)
    if graph is None:
        first = layers_of(model)[:1]
        if isinstance(model, keras.Sequential) and any(
            map(_is_embedding, first)
        ):
            yield "", int(first[0].input_dim)
        return
    inputs = {id(x): x.name for x in graph._inputs}
    only = len(inputs) == 1 and not isinstance(graph._inputs_struct, dict)
    seen = set()
    for layer in graph.layers:
        if not _is_embedding(layer):
            continue
        for node in layer._inbound_nodes:
            for tensor in node.input_tensors:
                if id(tensor) in inputs and id(tensor) not in seen:
                    seen.add(id(tensor))
                    name = "" if only else inputs[id(tensor)]
                    yield name, int(layer.input_dim)


def _is_embedding(layer: Any) -> bool:
    return isinstance(layer, keras.layers.Embedding)
