"""Does to a model what a remedy says."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import keras

from kgrad._arguments import items, require
from kgrad.records import Edit
from kgrad.treatment import layers, surgery
from kgrad.treatment.compiling import Compiled
from kgrad.treatment.errors import NotApplicableError
from kgrad.treatment.optimizers import edited, edits_optimizer


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
        model: A compiled model that was not trained yet. It is used up: it
            shares its layers with the result, and may be the result.
        edits: `Remedy.edits`, or those of several remedies.
        seed: What the weights of new layers follow from.

    Raises:
        NotApplicableError: If an edit cannot be done to this model, for
            example to the layers of a subclassed model.
        TypeError: If `edits` are not edits, or the model is not compiled.
    """
    require(
        isinstance(model, keras.Model) and model.compiled,
        "`model` must be a compiled `keras.Model`.",
        model=model,
    )
    edits = items("edits", edits, Edit)
    given = Compiled.of(model)
    whole = model
    with _seeded(seed):
        for edit in edits:
            if not edits_optimizer(edit):
                whole = _edited(whole, edit)
    if whole is not model or any(map(edits_optimizer, edits)):
        given.compile(whole, edited(given.optimizer, edits))
    return whole


def _edited(model: keras.Model, edit: Edit) -> keras.Model:
    if edit.kind == "scaled_inputs":
        return surgery.scaled_inputs(model, layers.scaling)
    layer = surgery.layer_named(model, edit.layer)
    match edit.kind:
        case "layer":
            new = layers.altered(layer, edit.arguments)
            whole = surgery.replaced(model, layer, new)
            layers.keep_weights(layer, new, edit.arguments)
            return whole
        case "class":
            new = layers.of_class(layer, str(edit.arguments["class_name"]))
            return surgery.replaced(model, layer, new)
        case "batch_normalization":
            return surgery.followed(model, layer, layers.normalization(layer))
        case "dropout":
            return surgery.followed(model, layer, layers.dropout(layer))
        case "gate_bias":
            layers.set_gate_bias(layer, edit.arguments)
            return model
    raise NotApplicableError(
        f"`edits` must be of a known kind. Received: kind={edit.kind!r}"
    )


@contextmanager
def _seeded(seed: int) -> Iterator[None]:
    """Keras draws the seeds of initializers from Python's generator."""
    state = random.getstate()
    random.seed(seed)
    try:
        yield
    finally:
        random.setstate(state)
