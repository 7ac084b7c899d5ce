"""Several replicas of one step: what they share, and which one measures.

Under `tf.distribute` a step is traced once for each replica of a process.
Each has the gradients of its own share of the batch; Keras' optimizer clips
them and then sums them over all replicas of all processes. What counts is the
sum: every replica knows it, and the first one of each process measures it.

Every replica must base its decisions on such sums: they are then the same
everywhere, and no replica waits for one that went another way.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import keras
import tensorflow as tf

# Straight from its class, past the distribution strategy: `tf.Variable`
# would give each replica one, and ask all of them to make it together.
from tensorflow.python.ops.resource_variable_ops import ResourceVariable

from kgrad.step.optimizers import innermost

_SUPPORTED = (
    tf.distribute.MirroredStrategy,
    tf.distribute.MultiWorkerMirroredStrategy,
)


def require_tensorflow() -> None:
    """Refuses Keras' other backends.

    Raises:
        RuntimeError: If Keras does not run on TensorFlow.
    """
    backend = keras.backend.backend()
    if backend != "tensorflow":
        raise RuntimeError(
            "`GradientMonitor` needs Keras' TensorFlow backend: set the "
            "environment variable KERAS_BACKEND=tensorflow before Keras is "
            f"imported. Received: {backend}"
        )


def all_say_so(optimizer: Any, here: bool) -> bool:
    """Whether something holds in all processes that train together.

    All must ask, between the same two steps.

    Args:
        optimizer: The optimizer that they train with.
        here: Whether it holds in this one.
    """
    strategy = strategy_of(optimizer)
    if processes(strategy) == 1:
        return here

    @tf.function
    def count(mine: Any) -> Any:
        # What is summed must be on a device of the strategy's.
        return strategy.run(lambda: total([tf.identity(mine)])[0])

    counted = count(tf.constant(int(here)))
    first, *_ = strategy.experimental_local_results(counted)
    return int(first) == int(strategy.num_replicas_in_sync)


def strategy_of(optimizer: Any) -> Any:
    """The `tf.distribute.Strategy` in whose scope an optimizer was made."""
    return innermost(optimizer)._distribution_strategy


def require_supported(strategy: Any) -> None:
    """Refuses strategies that do not sum in the way described here.

    Args:
        strategy: The `tf.distribute.Strategy` that trains.

    Raises:
        ValueError: If it has several replicas, and its kind is not known.
    """
    replicas = strategy.num_replicas_in_sync
    if replicas > 1 and not isinstance(strategy, _SUPPORTED):
        raise ValueError(
            "Training on several replicas must be that of a "
            "`tf.distribute.MirroredStrategy` or a "
            "`tf.distribute.MultiWorkerMirroredStrategy` to be watched. "
            f"Received: {replicas} replicas of a {type(strategy).__name__}"
        )


def is_chief(strategy: Any) -> bool:
    """Whether this process is the one that writes, or the only one."""
    return bool(strategy.extended.should_save_summary)


def processes(strategy: Any) -> int:
    """Number of processes that train together."""
    replicas = int(strategy.num_replicas_in_sync)
    if replicas == 1:
        return 1
    return replicas // len(strategy.extended.worker_devices)


def several() -> bool:
    """Whether what is traced, or run eagerly, is one replica of several."""
    context = tf.distribute.get_replica_context()
    return context is not None and context.num_replicas_in_sync > 1


def index() -> int:
    """Which replica of this process is traced, or run eagerly: 0 and up."""
    context = tf.distribute.get_replica_context()
    if context is None or context.num_replicas_in_sync == 1:
        return 0
    here = len(context.strategy.extended.worker_devices)
    return int(tf.get_static_value(context.replica_id_in_sync_group)) % here


def require_turns() -> None:
    """Refuses replicas that are not traced in turns.

    Raises:
        NotImplementedError: If they are traced one after the other, from
            beginning to end: by XLA, where all devices are GPUs.
    """
    if tf.__internal__.distribute.strategy_supports_no_merge_call():
        raise NotImplementedError(
            "replicas on GPUs that XLA compiles cannot act together; compile "
            "the model with `jit_compile=False`"
        )


def total(tensors: Sequence[Any]) -> list[Any]:
    """Sums over all replicas, of all processes; every replica gets them.

    Args:
        tensors: Tensors or `tf.IndexedSlices`, of the same shapes in every
            replica. The slices of a sum are those of all replicas.
    """
    context = tf.distribute.get_replica_context()
    if context is None or context.num_replicas_in_sync == 1:
        return list(tensors)
    sums = list(tensors)
    # TensorFlow packs what it is given at once, whatever types there are.
    for dtype in dict.fromkeys(tensor.dtype for tensor in tensors):
        places = [i for i, x in enumerate(tensors) if x.dtype == dtype]
        reduced = context.all_reduce(
            tf.distribute.ReduceOp.SUM, [tensors[i] for i in places]
        )
        for i, whole in zip(places, reduced, strict=True):
            sums[i] = whole
    return sums


def copies(variable: Any) -> tuple[Any, ...]:
    """What a Keras variable holds in this process, one for each replica.

    Those of weights and slots are the same in all replicas. Those of what
    layers keep beside them are not: each is that of its own samples.

    Args:
        variable: A `keras.Variable`, built.

    Returns:
        `tf.Variable`s, in the order of the replicas; one without a strategy.
    """
    value = variable.value
    if not isinstance(value, tf.distribute.DistributedValues):
        return (value,)
    strategy = value.distribute_strategy
    return tuple(strategy.experimental_local_results(value))


def own_variable(value: Any, name: str, dtype: Any = None) -> Any:
    """A `tf.Variable` of this process that no strategy knows of.

    It may be created at any time, inside a replica, too, and read without
    the others.

    Args:
        value: What it holds at first.
        name: Its name.
        dtype: By default that of the value.
    """
    with tf.init_scope():
        return ResourceVariable(value, trainable=False, name=name, dtype=dtype)


def host_value(variable: Any) -> Any:
    """What one of `own_variable` holds, as an array of its own.

    In one operation: `numpy()` takes two, in scopes of names and devices,
    and between two steps nothing is in the caches.
    """
    return tf.raw_ops.ReadVariableOp(
        resource=variable.handle, dtype=variable.dtype
    ).numpy()


def whole_number(variable: Any) -> int:
    """What a scalar Keras variable holds, also if each replica has its own.

    Args:
        variable: A `keras.Variable`; of one that is summed over replicas
            when it is read, all processes must ask together.
    """
    return int(tf.convert_to_tensor(variable))


def replica_cond(
    condition: Any, then: Callable[[], None], other: Callable[[], None]
) -> None:
    """`tf.cond` whose branches may synchronize replicas.

    TensorFlow has no condition inside a replica in whose branches replicas
    wait for each other, as an optimizer makes them do. With several replicas
    the condition therefore stands outside of them all, and each branch
    returns to the replicas.

    Args:
        condition: Scalar bool, the same in all replicas.
        then: Changes variables if it is True.
        other: Changes variables if it is False.
    """
    if several():
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
