"""Whether a graph draws random numbers that no variable remembers."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

_STATEFUL = {
    "Multinomial",
    "ParameterizedTruncatedNormal",
    "RandomGamma",
    "RandomPoissonV2",
    "RandomShuffle",
    "RandomStandardNormal",
    "RandomUniform",
    "RandomUniformInt",
    "TruncatedNormal",
}
"""Operations that remember in the graph how many numbers they have drawn."""


def draws_numbers() -> bool:
    """Whether the graph that is being traced, or one around it, does."""
    graph: Any = tf.compat.v1.get_default_graph()
    while graph is not None:
        if _draws(graph):
            return True
        graph = getattr(graph, "outer_graph", None)
    return False


def _draws(graph: Any) -> bool:
    if any(op.type in _STATEFUL for op in graph.get_operations()):
        return True
    inner = [getattr(f, "graph", None) for f in graph._functions.values()]
    return any(_draws(part) for part in inner if part is not None)
