"""Branches of conditions that are almost never taken."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tensorflow as tf


def rare(branch: Callable[[], Any]) -> Callable[[], Any]:
    """A branch of `tf.cond` as one operation of the graph.

    TensorFlow passes over a branch that is not taken operation by operation:
    of a hundred of them that is a hundredth of a small step. A function that
    is not inlined is passed over at once.

    Args:
        branch: What is traced if it belongs to a graph.
    """
    if tf.executing_eagerly():
        return branch
    apart = {"_noinline": True}
    return tf.function(  # type: ignore[no-any-return]
        branch, autograph=False, experimental_attributes=apart
    )
