"""`kgrad.check`: what is wrong is told before an hour is spent on it."""

from __future__ import annotations

import inspect
import math
import warnings
from dataclasses import replace
from typing import Any

import keras
import numpy as np
from keras import tree
from keras.src.backend import compute_output_spec

from kgrad.checking.batches import Batch, located, taken
from kgrad.checking.check_report import CheckReport
from kgrad.checking.trial import Trial, memorized
from kgrad.checking.undo import same_random_numbers, undone
from kgrad.records import Behavior, DataSummary, Finding, Plan
from kgrad.records.summaries import summarize_batch
from kgrad.session.label_order import label_order
from kgrad.session.plan import plan_of
from kgrad.session.setup import setup_of
from kgrad.signs import checks
from kgrad.step.names import input_names, output_names

_TRIED = 32
"""Samples that the model is tried on."""

_MEMORIZED = 16
"""Samples that it is to learn by heart."""

_UPDATES = 300
"""Updates for that."""

_FIT = frozenset(inspect.signature(keras.Model.fit).parameters) - {
    "self",
    "x",
    "y",
    "sample_weight",
}


def check(
    model: keras.Model,
    x: Any,
    y: Any = None,
    sample_weight: Any = None,
    *,
    deep: bool = False,
    lag: int | None = None,
    **fit: Any,
) -> CheckReport:
    """Looks for what would keep a model from learning, before it is trained.

    What goes in, what comes out, what it is compared with, and what the model
    does with a batch of 32 samples: everything is judged by numbers, and
    nothing is printed. Weights, optimizer, moving statistics, states, metrics
    and random states stay as they are. Only a model without weights is built,
    as its first `fit` would do.

    The first call compiles the passes of the model, which takes seconds with
    recurrent layers; later calls take less than one.

    Args:
        model: A compiled `keras.Model`.
        x: Inputs as `fit` takes them, all of them or a part: arrays, nested
            or not, a `tf.data.Dataset` or a `keras.utils.PyDataset`, of which
            the first batches are read.
        y: Targets; None with a dataset.
        sample_weight: Sample weights; None with a dataset.
        deep: Whether to train a copy of the weights on 16 samples, too, for
            300 updates: a model that cannot learn those by heart has a
            rate, labels or layers that do not fit. It takes a while.
        lag: How many time steps back, from the last, lies the earliest input
            that the answer depends on.
        fit: What else `fit` will be given, such as `batch_size`, `epochs`,
            `validation_split` and `shuffle`: with them the plan is judged.

    Returns:
        A report with the findings, causes first, which prints as text and is
        false if there are none.

    Raises:
        ValueError: If the model is not compiled.
        TypeError: If an argument is none of `fit`, or `x` is a generator.

    Example:
        >>> report = kgrad.check(model, x, y, epochs=5)  # doctest: +SKIP
        >>> if report:  # doctest: +SKIP
        ...     print(report)
    """
    if not getattr(model, "compiled", False):
        raise ValueError(
            "`model` must be compiled: its loss is checked. "
            f"Received: model={getattr(model, 'name', model)!r}"
        )
    unknown = sorted(set(fit) - _FIT)
    if unknown:
        raise TypeError(
            f"`fit` must be arguments of `keras.Model.fit`. Received: {unknown}"
        )
    batch, is_all = taken(x, y, sample_weight)
    few = _to_try(model, batch, _TRIED)
    if not model.built:
        _build(model, few.x)
    # What Keras warns of is among what is looked for.
    with undone(model), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _checked(model, batch, few, is_all, fit, deep, lag)


def _build(model: Any, x: Any) -> None:
    """Makes the weights, as `fit` does: by the shapes of a batch alone."""
    shapes = tree.map_structure(
        lambda a: keras.KerasTensor(a.shape, str(a.dtype)), x
    )
    with same_random_numbers():
        compute_output_spec(model, shapes, training=False)


def _checked(
    model: Any,
    batch: Batch,
    few: Batch,
    is_all: bool,
    fit: dict[str, Any],
    deep: bool,
    lag: int | None,
) -> CheckReport:
    setup = setup_of(model, model.optimizer, {}, {}, lag)
    setup = replace(setup, plan=_plan(model, batch, is_all, fit))
    data = _summary(model, batch)
    if not few.samples:
        return CheckReport((), (), setup, data, Behavior())
    early = checks.judge(setup, data)
    behavior = Behavior()
    try:
        trial = Trial(model, few)
        data = _with_predictions(model, data, trial.y_pred)
        if _has_loss(model):
            data = replace(data, loss=float(trial.train().total))
        found = checks.judge(setup, data)
        if not [f for f in found if f.sign != "plan"]:
            behavior = trial.behavior()
            if deep and trial.trained is not None:
                behavior = _deep(model, batch, behavior)
    except Exception:
        # A batch that cannot be trained on is why there are findings.
        found = checks.judge(setup, data) or early
        if not found:
            raise
    found = _in_order(found + checks.judge_behavior(setup, data, behavior))
    if any(f.rule == "nonfinite_data" for f in found):
        where = located(batch, input_names(model), output_names(model))
        found = tuple(
            replace(f, explanation=f.explanation + where.get(f.target, ""))
            if f.rule == "nonfinite_data"
            else f
            for f in found
        )
    return CheckReport(found, checks.hints(setup, data), setup, data, behavior)


def _has_loss(model: Any) -> bool:
    """Whether Keras' own step trains the model: one of its own may not."""
    own_step = type(model).train_step is not keras.Model.train_step
    own_loss = type(model).compute_loss is not keras.Model.compute_loss
    return model.loss is not None or own_loss or not own_step


def _deep(model: Any, batch: Batch, behavior: Behavior) -> Behavior:
    with undone(model):
        trial = Trial(model, _to_try(model, batch, _MEMORIZED))
        fast, slow = memorized(trial, _UPDATES)
    return replace(behavior, memorized=fast, memorized_slowly=slow)


def _in_order(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """What a plan lacks comes behind what model and data lack."""
    return tuple(sorted(findings, key=lambda f: f.sign == "plan"))


def _summary(model: Any, batch: Batch) -> DataSummary:
    some = batch.to_summarize()
    summary = summarize_batch(
        some.x,
        sample_weight=some.sample_weight,
        inputs=input_names(model),
        outputs=output_names(model),
        training=False,
    )
    targets = summarize_batch(y=batch.y, x=None, outputs=output_names(model))
    return replace(summary, tensors=summary.tensors + targets.tensors)


def _with_predictions(
    model: Any, data: DataSummary, y_pred: Any
) -> DataSummary:
    """Adds them, before the targets; large data are summarized only once."""
    outputs = output_names(model)
    predicted = summarize_batch(x=None, y_pred=y_pred, outputs=outputs)
    targets = data.of("target")
    others = tuple(t for t in data.tensors if t.role != "target")
    return replace(data, tensors=(*others, *predicted.tensors, *targets))


def _to_try(model: Any, batch: Batch, count: int) -> Batch:
    """A few samples; as many as a model asks for that asks for a number."""
    inputs = getattr(model, "inputs", None) or []
    fixed = inputs[0].shape[0] if inputs and inputs[0].shape else None
    if isinstance(fixed, int) and batch.samples:
        return batch.rows(np.arange(fixed) % batch.samples)
    return batch.evenly(count)


def _plan(model: Any, batch: Batch, is_all: bool, fit: dict[str, Any]) -> Plan:
    """The plan as far as arguments of `fit` tell it."""
    params = dict(fit)
    split = fit.get("validation_split") or 0.0
    if is_all and fit:
        params.setdefault("batch_size", 32)
        params.setdefault("shuffle", True)
        trained = math.floor(batch.samples * (1 - split))
        size = params["batch_size"] or 32
        params["steps"] = fit.get("steps_per_epoch") or math.ceil(
            trained / size
        )
        params["batch_size"] = size
        params |= label_order(_labels(batch, trained, fit))
    else:
        params["steps"] = fit.get("steps_per_epoch")
    plan = plan_of(model, params)
    return replace(
        plan,
        samples=batch.samples if is_all else 0,
        shuffle=bool(plan.shuffle) if plan.shuffle is not None else None,
    )


def _labels(batch: Batch, trained: int, fit: dict[str, Any]) -> dict[str, Any]:
    """Targets of training and of validation, as `fit` tells them apart."""
    y = batch.y
    if trained < batch.samples and isinstance(y, np.ndarray):
        return {"y": y[:trained], "val_y": y[trained:]}
    held_out = fit.get("validation_data")
    if not isinstance(held_out, tuple) or len(held_out) < 2:
        return {"y": y}
    return {"y": y, "val_y": held_out[1]}
