"""Does to a model what a remedy says."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import keras

from kgrad._arguments import require
from kgrad.records import Edit
from kgrad.records.edits import (
    AddBatchNormalization,
    AddDense,
    AddDropout,
    ChangeLayer,
    ChangeLoss,
    ChangeOptimizer,
    DecayLearningRate,
    FitEdit,
    LayerEdit,
    NormalizeInput,
    OptimizerEdit,
    ReplaceLayer,
    ScaleInputs,
    SetGateBias,
    StopEarly,
)
from kgrad.treatment import graph, layers
from kgrad.treatment.layers import NotApplicableError


def apply(
    model: keras.Model, edits: Sequence[Edit], *, seed: int = 0
) -> keras.Model:
    """A compiled model like the given one, with some edits.

    It is made of the given model's own layers, which keep their weights: two
    treatments of equal models differ in nothing but what the edits say. New
    weights follow from the seed. Loss, metrics and the other arguments of
    `compile` are the given model's, too; the optimizer is a new one with the
    same arguments.

    Args:
        model: A compiled model that has not been trained yet. It is used up:
            it shares its layers with the result, and may be the result.
        edits: `Remedy.edits`, or those of several remedies.
        seed: What the weights of new layers follow from.

    Raises:
        NotApplicableError: If an edit cannot be done to this model, for
            example to the layers of a subclassed model, or is one that only
            `fit` can do.
        TypeError: If `edits` are not edits, or the model is not compiled.
    """
    require(
        isinstance(model, keras.Model) and model.compiled,
        "`model` must be a compiled `keras.Model`.",
        model=model,
    )
    require(
        all(isinstance(edit, Edit) for edit in edits),
        "`edits` must be a list of `kgrad.records.Edit`.",
        edits=edits,
    )
    arguments = _compile_arguments(model)
    treated = model
    with _seeded(seed):
        for edit in edits:
            treated = _edited(treated, edit)
    of_optimizer = [x for x in edits if isinstance(x, OptimizerEdit)]
    of_loss = [x for x in edits if isinstance(x, ChangeLoss)]
    for edit in of_loss:
        arguments["loss"] = _edited_loss(arguments["loss"], edit)
    if treated is not model or of_optimizer or of_loss:
        optimizer = _edited_optimizer(model.optimizer, of_optimizer)
        treated.compile(optimizer, **arguments, auto_scale_loss=False)
    return treated


def _edited(model: keras.Model, edit: Edit) -> keras.Model:
    match edit:
        case ChangeOptimizer() | DecayLearningRate() | ChangeLoss():
            return model  # When all layers are there, it is compiled anew.
        case StopEarly():
            raise NotApplicableError(
                "Early stopping is a callback, which `fit` takes: it changes "
                "nothing in a model."
            )
        case ScaleInputs():
            return graph.scale_inputs(model, layers.scaling)
        case NormalizeInput():
            return graph.scale_inputs(
                model,
                lambda name: (
                    layers.normalization_of(edit, name)
                    if edit.input in ("", name)
                    else None
                ),
            )
        case _ if isinstance(edit, FitEdit):
            raise NotApplicableError(
                f"`{type(edit).__name__}` changes what `fit` gets: it changes "
                "nothing in a model."
            )
        case _:
            return _with_edited_layer(model, edit)


def _with_edited_layer(model: keras.Model, edit: LayerEdit) -> keras.Model:
    layer = graph.layer_named(model, edit.layer)
    match edit:
        case ChangeLayer():
            new = layers.changed(layer, edit.arguments)
            treated = graph.replace_layer(model, layer, new)
            layers.keep_weights(layer, new, edit.arguments)
            return treated
        case ReplaceLayer():
            new = layers.of_class(layer, edit.class_name)
            return graph.replace_layer(model, layer, new)
        case AddBatchNormalization():
            return graph.add_after(model, layer, layers.normalization(layer))
        case AddDropout():
            return graph.add_after(model, layer, layers.dropout(layer))
        case AddDense():
            new = layers.dense(layer, edit.units)
            return graph.add_behind(model, layer, new)
        case SetGateBias():
            layers.set_gate_bias(layer, edit)
            return model


def _edited_optimizer(optimizer: Any, edits: Sequence[OptimizerEdit]) -> Any:
    """A new optimizer, without any state, with some edits.

    Under loss scaling, what is scaled is edited.
    """
    config = optimizer.get_config()
    if isinstance(optimizer, keras.optimizers.LossScaleOptimizer):
        config["inner_optimizer"] = None
        inner = _edited_optimizer(optimizer.inner_optimizer, edits)
        return type(optimizer)(**{**config, "inner_optimizer": inner})
    schedule = optimizer._learning_rate
    if isinstance(schedule, keras.optimizers.schedules.LearningRateSchedule):
        # As it is: one of the user's own could not be read from a config.
        config["learning_rate"] = schedule
    for edit in edits:
        match edit:
            case ChangeOptimizer():
                config.update(edit.arguments)
            case DecayLearningRate():
                decay = keras.optimizers.schedules.CosineDecay
                config["learning_rate"] = decay(edit.learning_rate, edit.steps)
    return type(optimizer).from_config(config)


def _edited_loss(loss: Any, edit: ChangeLoss) -> Any:
    """The loss of the edit, with what a loss of its class was told before."""
    if isinstance(loss, Mapping | list | tuple):
        (*others, one) = loss.values() if isinstance(loss, Mapping) else loss
        if others:
            raise NotApplicableError(
                "The model has several losses: which of them is to be changed "
                "is not known."
            )
        loss = one
    kind = getattr(keras.losses, edit.class_name)
    before = loss.get_config() if isinstance(loss, kind) else {}
    return kind.from_config({**before, **edit.arguments})


def _compile_arguments(model: keras.Model) -> dict[str, Any]:
    """All arguments of `compile` but the optimizer, as the objects they are.

    Keras' `get_compile_config` would write them down as JSON, which a loss
    that is a function of the user's own does not survive.
    """
    if type(model).compile is not keras.Model.compile:
        raise NotApplicableError(
            f"`{type(model).__name__}` has a `compile` of its own: it cannot "
            "be compiled again from outside."
        )
    arguments = dict(model._compile_config.config)
    del arguments["optimizer"]
    return arguments


@contextmanager
def _seeded(seed: int) -> Iterator[None]:
    """Keras draws the seeds of initializers from Python's generator."""
    state = random.getstate()
    random.seed(seed)
    try:
        yield
    finally:
        random.setstate(state)
