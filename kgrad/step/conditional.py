"""One of two effects, decided in the graph."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from kgrad.step import replicas


def conditional(
    condition: Any, then: Callable[[], None], other: Callable[[], None]
) -> None:
    """One of two effects, in graph.

    TensorFlow has no condition within a replica in whose branches replicas
    wait for each other, as an optimizer has them do. On several replicas it
    therefore stands outside of all, and each is back in its own part in the
    branch.

    Args:
        condition: Scalar bool, the same in all replicas.
        then: Changes variables, where it is True.
        other: Changes variables, where it is False.
    """
    if replicas.several():
        tf.distribute.get_replica_context().merge_call(
            _outside, args=(condition, then, other)
        )
    else:
        tf.cond(condition, _branch(then), _branch(other))


def _outside(strategy: Any, condition: Any, then: Any, other: Any) -> None:
    """The same of all replicas of a process, called once."""

    def everywhere(effects: Any) -> Callable[[], None]:
        return lambda: strategy.extended.call_for_each_replica(
            _call, args=(effects,)
        )

    first, *_ = strategy.experimental_local_results(condition)
    tf.cond(first, _branch(everywhere(then)), _branch(everywhere(other)))


def _call(effect: Callable[[], None]) -> None:
    effect()


def _branch(effect: Callable[[], None]) -> Callable[[], Any]:
    def branch() -> Any:
        effect()
        return tf.constant(0)

    return branch
