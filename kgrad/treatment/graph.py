"""A model made of another one's layers, with one replaced or added."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
from keras.src.models.functional import Functional

from kgrad.step.targets import layers_of
from kgrad.treatment.layers import NotApplicableError

Call = Callable[..., Any]


def layer_named(model: keras.Model, name: str) -> Any:
    """The layer of this path; of one that is not built, of this name."""
    layers = layers_of(model)
    last = name.rpartition("/")[2]
    found = [x for x in layers if getattr(x, "path", None) == name]
    found += [x for x in layers if x.name == last]
    if not found:
        raise NotApplicableError(f"The model has no layer `{name}`.")
    return found[0]


def replace_layer(model: keras.Model, layer: Any, new: Any) -> keras.Model:
    """The model with another layer in a layer's place."""
    return _rebuilt(model, layer, lambda _: [new])


def add_after(model: keras.Model, layer: Any, new: Any) -> keras.Model:
    """The model with one more layer after a layer that is not its output."""
    _require_exchangeable(model)
    if isinstance(model, keras.Sequential):
        last = [model.layers[-1].name]
    else:
        last = model.output_names
    if layer.name in last:
        raise NotApplicableError(
            f"`{layer.name}` is the model's output, which a layer after it "
            "would change."
        )
    return add_behind(model, layer, new)


def add_behind(model: keras.Model, layer: Any, new: Any) -> keras.Model:
    """The model with one more layer after a layer, also after its output."""
    return _rebuilt(model, layer, lambda old: [old, new])


def scale_inputs(
    model: keras.Model, scaling: Callable[[str], Any]
) -> keras.Model:
    """The model with one more layer after each input of real numbers.

    After the `Masking` of an input, if it has one: padding stays padding.
    `scaling` makes the layer, from the name of the input; None for an input
    that stays as it is.
    """
    _require_exchangeable(model)
    if isinstance(model, keras.Sequential):
        return _scale_sequential(model, scaling)
    inputs = keras.tree.map_structure(_same_input, model.input)
    layers = {
        id(x): layer
        for x in keras.tree.flatten(inputs)
        if _is_real(x.dtype, x.shape) and (layer := scaling(x.name)) is not None
    }
    done: dict[int, Any] = {}

    def scaled(tensor: Any, through: Call = lambda x: x) -> Any:
        if id(tensor) in layers and id(tensor) not in done:
            done[id(tensor)] = layers[id(tensor)](through(tensor))
        return done.get(id(tensor), tensor)

    def call(layer: Any, *args: Any, **kwargs: Any) -> Any:
        if isinstance(layer, keras.layers.Masking) and id(args[0]) in layers:
            return scaled(args[0], through=layer)
        plain = not isinstance(layer, keras.Layer)
        if plain or isinstance(layer, keras.layers.Embedding):
            outputs = layer(*args, **kwargs)
            # A mask is a part of the graph, and asks what the input was.
            if not plain or _is_mask(outputs):
                return outputs
        args, kwargs = keras.tree.map_structure(scaled, (args, kwargs))
        return layer(*args, **kwargs)

    clone = _cloned(model, lambda layer: layer, call, inputs)
    if not done:
        raise _no_real_input()
    return clone


def _scale_sequential(
    model: keras.Model, scaling: Callable[[str], Any]
) -> keras.Model:
    first, *others = model.layers
    (given,) = getattr(model, "inputs", None) or (None,)
    if isinstance(first, keras.layers.Embedding) or (
        given is not None and not _is_real(given.dtype, given.shape)
    ):
        raise _no_real_input()
    layer = scaling("input" if given is None else given.name)
    masked = isinstance(first, keras.layers.Masking)
    layers = [first, layer] if masked else [layer, first]
    return _stacked(model, [*layers, *others])


def _rebuilt(
    model: keras.Model, layer: Any, parts: Callable[[Any], list[Any]]
) -> keras.Model:
    """The model with other layers, those `parts` gives, in a layer's place."""
    _require_exchangeable(model)

    def place(other: Any) -> list[Any]:
        if other is layer:
            return parts(other)
        holds = any(layer is inner for inner in layers_of(other))
        return [_rebuilt(other, layer, parts) if holds else other]

    if isinstance(model, keras.Sequential):
        return _stacked(
            model, [x for each in model.layers for x in place(each)]
        )

    def call(new: Any, *args: Any, **kwargs: Any) -> Any:
        outputs = new(*args, **kwargs)
        for added in parts(layer)[1:] if new is layer else ():
            outputs = added(outputs)
        return outputs

    return _cloned(model, lambda other: place(other)[0], call)


def _stacked(model: keras.Model, layers: list[Any]) -> keras.Model:
    """A Sequential model like another one, of other layers."""
    inputs = [_same_input(x) for x in getattr(model, "inputs", None) or ()]
    return keras.Sequential(
        [*inputs, *layers], name=model.name, trainable=model.trainable
    )


def _cloned(
    model: keras.Model,
    place: Callable[[Any], Any],
    call: Call,
    inputs: Any = None,
) -> keras.Model:
    compiled = model.compiled
    # Otherwise Keras would compile the clone from JSON.
    model.compiled = False
    try:
        clone = keras.models.clone_model(
            model, inputs, clone_function=place, call_function=call
        )
    finally:
        model.compiled = compiled
    if type(clone) is not type(model):
        raise _not_exchangeable(model)
    return clone


def _same_input(tensor: Any) -> Any:
    return keras.Input(
        batch_shape=tensor.shape, dtype=tensor.dtype, name=tensor.name
    )


def _is_real(dtype: str, shape: tuple[int | None, ...]) -> bool:
    """Whether it holds features that have a mean and a spread."""
    return bool(keras.backend.is_float_dtype(dtype)) and len(shape) > 1


def _is_mask(outputs: Any) -> bool:
    return all(x.dtype == "bool" for x in keras.tree.flatten(outputs))


def _require_exchangeable(model: Any) -> None:
    """Refuses what is more than a graph of layers."""
    if isinstance(model, keras.Sequential):
        if type(model) is not keras.Sequential:
            raise _not_exchangeable(model)
    elif not isinstance(model, Functional):
        raise _not_exchangeable(model)


def _not_exchangeable(model: Any) -> NotApplicableError:
    return NotApplicableError(
        f"The layers inside a `{type(model).__name__}` cannot be changed from "
        "outside, only those of a `keras.Sequential` or a functional model."
    )


def _no_real_input() -> NotApplicableError:
    return NotApplicableError(
        "The model has no input of real numbers that could be scaled."
    )
