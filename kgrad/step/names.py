"""Keras' names of what a model reads and gives."""

from __future__ import annotations

from typing import Any

import keras


def functional(model: Any) -> Any:
    """The graph of layers that a model is, None if it is none or not yet."""
    if isinstance(model, keras.Sequential):
        return model._functional
    is_graph = isinstance(model, keras.Model) and hasattr(model, "_inputs")
    return model if is_graph else None


def input_names(model: Any) -> tuple[str, ...]:
    """Names of the inputs, in their order; none if they are not known."""
    graph = functional(model)
    return () if graph is None else tuple(x.name for x in graph._inputs)


def output_names(model: Any) -> tuple[str, ...]:
    """Names of the outputs, in their order; none if they are not known."""
    graph = functional(model)
    if graph is None:
        return ()
    struct = graph._outputs_struct
    if isinstance(struct, dict):
        return tuple(sorted(struct))
    return tuple(graph.output_names)
