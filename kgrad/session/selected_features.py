"""Features that a model is given and leaves out, as its graph tells."""

from __future__ import annotations

import dis
from typing import Any

import keras

from kgrad.step.names import functional
from kgrad.step.targets import layer_names

_INDEXING = frozenset(
    {
        "BINARY_SLICE",
        "BINARY_SUBSCR",
        "BUILD_LIST",
        "BUILD_SLICE",
        "BUILD_TUPLE",
        "COPY_FREE_VARS",
        "LIST_EXTEND",
        "LOAD_CONST",
        "LOAD_DEREF",
        "LOAD_FAST",
        "LOAD_GLOBAL",
        "RESUME",
        "RETURN_VALUE",
    }
)
"""All that the code of `lambda x: x[:, :2]` does; it calls nothing."""


def selected_features(model: Any) -> tuple[tuple[str, int, int], ...]:
    """Layers that pass on some features of an input only, by their index.

    Of inputs `(batch, features)` of numbers that nothing else reads, and of
    which a `Dense` layer reads what is left: an index into ids or sequences
    chooses steps, which is usual.

    Args:
        model: The `keras.Model`, or None.

    Returns:
        Name of the layer, features that it passes on, features that it gets.
    """
    graph = functional(model)
    if graph is None:
        return ()
    names = layer_names(model)
    found = []
    for given in graph.inputs:
        if len(given.shape) != 2 or not str(given.dtype).startswith("float"):
            continue
        first = _only_reader(graph, given)
        if first is None or not _indexes(first.operation):
            continue
        (left,) = first.output_tensors
        reader = _only_reader(graph, left)
        if reader is None or not isinstance(
            reader.operation, keras.layers.Dense
        ):
            continue
        kept, count = left.shape[-1], given.shape[-1]
        if len(left.shape) == 2 and None not in (kept, count) and kept < count:
            name = names.get(id(first.operation), first.operation.name)
            found.append((name, kept, count))
    return tuple(found)


def _only_reader(graph: Any, tensor: Any) -> Any:
    """The node that reads a tensor, None if there are none or several."""
    nodes = [
        node
        for level in graph._nodes_by_depth.values()
        for node in level
        if any(x is tensor for x in node.input_tensors)
    ]
    return nodes[0] if len(nodes) == 1 else None


def _indexes(operation: Any) -> bool:
    """Whether an operation does nothing but index what it gets."""
    if isinstance(operation, keras.layers.Lambda):
        code = getattr(operation.function, "__code__", None)
        done = set()
        if code is not None:
            done = {step.opname for step in dis.get_instructions(code)}
        return bool(done & {"BINARY_SLICE", "BINARY_SUBSCR"}) and (
            done <= _INDEXING
        )
    return type(operation).__name__ == "GetItem"
