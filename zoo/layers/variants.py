"""The variants: remedies as changes to a recipe or to its layers.

A new one is a class and a name in `VARIANTS`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from zoo.layers.cells import Cell
from zoo.registry import Registry
from zoo.searches import record


class Variant:
    """A remedy, as a change to the recipe or to the layers.

    Attributes:
        name: Name on the command line, `"clipnorm"`.
        remedy: The remedy in the words of a lecture.
        recipe: The fields of `Recipe` that the variant sets.
        tasks: Names of the tasks that it is for; None for all.
    """

    name: ClassVar[str]
    remedy: ClassVar[str]
    recipe: ClassVar[Mapping[str, Any]] = {}
    tasks: ClassVar[Sequence[str] | None] = None

    def is_for(self, task: str) -> bool:
        """Whether the zoo has models of this variant for a task.

        Args:
            task: Name of the task.
        """
        return self.tasks is None or task in self.tasks

    def recipe_for(self, task: str, cell: str) -> Mapping[str, Any]:
        """The fields of `Recipe` that the variant sets for a model.

        Args:
            task: Name of the task.
            cell: Name of the cell.
        """
        return self.recipe

    def require_task(self, task: str) -> None:
        """Refuses a task that the variant is not for.

        Raises:
            ValueError: If it is not for that task.
        """
        if not self.is_for(task):
            raise ValueError(
                f"`task` must be one that variant {self.name!r} is for: "
                f"{self.tasks}. Received: task={task!r}"
            )

    def layer(
        self, cell: Cell, units: int, *, length: int, **arguments: Any
    ) -> Any:
        """The recurrent layer: `(batch, time, features)` to `(batch, units)`.

        Args:
            cell: The cell that runs over time.
            units: Number of units.
            length: Time steps of a sample.
            arguments: Further arguments of the Keras layer.
        """
        return cell.layer(units, **arguments)

    def layers_after(self) -> list[Any]:
        """Keras layers between the recurrent layer and the last one."""
        return []


class Base(Variant):
    """The plain model: what the remedies are compared with."""

    name = "base"
    remedy = "none"


class Clipnorm(Variant):
    """Gradient clipping: each variable's gradient has a norm of at most 1.

    It cures exploding gradients and does nothing for vanishing ones.

    References:
        Pascanu, Mikolov, Bengio 2013, On the difficulty of training
        recurrent neural networks, arXiv:1211.5063 (there by the norm of all
        gradients together: Keras' `global_clipnorm`).
    """

    name = "clipnorm"
    remedy = "gradient clipping"
    recipe: ClassVar[Mapping[str, Any]] = {"clipnorm": 1.0}


class Batchnorm(Variant):
    """`BatchNormalization` after the recurrent layer.

    It helps a classifier; it does not act inside the recurrence, so it
    cures neither vanishing nor exploding in time.

    At a constant learning rate its moving statistics lag behind the weights
    and the model predicts worse than it trains. So the learning rate decays
    to zero: the weights come to rest and the statistics catch up with them.

    References:
        Ioffe and Szegedy 2015, Batch Normalization, arXiv:1502.03167.
    """

    name = "batchnorm"
    remedy = "batch normalization"
    recipe: ClassVar[Mapping[str, Any]] = {"decay": True}

    def layers_after(self) -> list[Any]:
        """One `keras.layers.BatchNormalization`."""
        from keras import layers

        return [layers.BatchNormalization(name="batch_normalization")]


class Relu(Variant):
    """ReLU instead of tanh: it passes the gradient on unchanged.

    A SimpleRNN starts with the identity as its recurrent weights, so it
    begins by remembering everything. Its states are unbounded, and without
    clipping its gradients may end as NaN.

    References:
        Le, Jaitly, Hinton 2015, A Simple Way to Initialize Recurrent
        Networks of Rectified Linear Units, arXiv:1504.00941.
    """

    name = "relu"
    remedy = "activation function"

    def layer(
        self, cell: Cell, units: int, *, length: int, **arguments: Any
    ) -> Any:
        """ReLU, and the identity for a SimpleRNN."""
        if cell.name == "simple_rnn":
            arguments["recurrent_initializer"] = "identity"
        return cell.layer(units, **{**arguments, "activation": "relu"})


class RecurrentBatchnorm(Variant):
    """Batch normalization inside the recurrence, of input and state.

    Unlike batch normalization after the layer it acts on the gradient
    through time. Each time step has its own statistics, so the model knows
    as many steps as it was trained with. The learning rate decays to zero,
    as for `batchnorm` and for the same reason.

    References:
        Cooijmans et al. 2017, Recurrent Batch Normalization,
        arXiv:1603.09025.
    """

    name = "recurrent_batchnorm"
    remedy = "batch normalization inside the recurrence"
    recipe: ClassVar[Mapping[str, Any]] = {"decay": True}
    tasks: ClassVar[Sequence[str] | None] = (
        "adding",
        "temporal_order",
        "sequential_digits",
        "permuted_digits",
        "mnist_pixels",
    )

    def layer(
        self, cell: Cell, units: int, *, length: int, **arguments: Any
    ) -> Any:
        """`zoo.BatchNormalizedRNN` over the cell of the same name."""
        from zoo.layers import recurrent_batchnorm as cells

        kinds = {
            "simple_rnn": cells.BatchNormSimpleRNNCell,
            "lstm": cells.BatchNormLSTMCell,
            "gru": cells.BatchNormGRUCell,
        }
        # A seed is for dropout, which these cells do not have.
        arguments.pop("seed", None)
        of_layer = {
            key: arguments.pop(key)
            for key in ("name", "return_sequences")
            if key in arguments
        }
        over_time = kinds[cell.name](units, length, **arguments)
        return cells.BatchNormalizedRNN(over_time, **of_layer)


class Best(Variant):
    """Whatever did best on validation data: depth, direction, dropout.

    `python -m zoo search TASK` tries recipes and writes down all of them.
    """

    name = "best"
    remedy = "all of the recipe, searched on validation data"
    tasks: ClassVar[Sequence[str] | None] = record.searched()

    def recipe_for(self, task: str, cell: str) -> Mapping[str, Any]:
        """What the search chose for the cell."""
        return record.found(task, cell, record.FREE)


VARIANTS: Registry[Variant] = Registry(
    "variant",
    Base(),
    Clipnorm(),
    Batchnorm(),
    Relu(),
    RecurrentBatchnorm(),
    Best(),
)
