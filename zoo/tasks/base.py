"""What every task provides: data by seed, and levels to compare with."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Literal, get_args

import numpy as np
import numpy.typing as npt

from zoo.tasks.data import Data, Split, of_split

Verdict = Literal["solved", "learns", "fails"]

TEST_SEED = 20_001
"""Every run of a task is scored on the same test data."""

FAILS_BELOW = 0.1
"""Share of the way from chance to solved below which a model has failed."""


class Task(ABC):
    """A problem for a recurrent network; by default a classification.

    Attributes:
        name: Name on the command line, `"temporal_order"`.
        version: Increased whenever the same seed would give other data, or
            the metric another meaning; stored with every result.
        definition: What goes in, and what must come out.
        source: Where the task comes from: title, and DOI or arXiv number.
        length: Default number of time steps of a sample.
        lengths: Shortest and longest `length` for which the task exists.
        features: Numbers per time step; for integer inputs, the size of
            their embedding.
        vocabulary: For integer inputs, which go through an embedding: all
            are below it. 0 for inputs that are numbers.
        masked: Whether samples may be shorter than `length` and begin with
            padding, which is ignored: steps of zeros, or the integer 0.
        every_step: Whether there is an answer at every step, instead of one
            at the end.
        outputs: Units of the last layer.
        activation: Activation of the last layer.
        loss: Keras' name of the loss.
        metric: Name of the metric that a run is judged by, as in Keras'
            logs: one of Keras' own, or of `zoo.tasks.metrics`.
        tested: First step, and step after the last, of the answers that the
            metric `recall_accuracy` counts, as in a slice.
        higher_is_better: Whether a larger metric is better.
        chance: The metric's value for the best guess without seeing the
            input, or for what `definition` names.
        solved: The metric's value at which the task counts as solved.
        longer: Lengths at which a model trained at `length` is also tested.
        available: How many samples each split has, which are also the sizes
            that a recipe uses; empty if any number can be made.
        carved: Whether validation data are the last of the training data,
            by time or in an order that the seed decides. The zoo's models
            are trained on all of them, without validation.
        apart: Whether there are so few different samples that each must
            belong to one split, so that the test is not trained on.
        offline: Whether it comes with the package; others are downloaded.
        recipe: The fields of `Recipe` that the task sets.
        recipe_by_cell: Fields that differ for a cell.
    """

    name: ClassVar[str]
    version: ClassVar[int]
    definition: ClassVar[str]
    source: ClassVar[str]
    length: ClassVar[int]
    lengths: ClassVar[tuple[int, int]]
    features: ClassVar[int]
    vocabulary: ClassVar[int] = 0
    masked: ClassVar[bool] = False
    every_step: ClassVar[bool] = False
    outputs: ClassVar[int]
    activation: ClassVar[str] = "softmax"
    loss: ClassVar[str] = "sparse_categorical_crossentropy"
    metric: ClassVar[str] = "accuracy"
    tested: ClassVar[tuple[int | None, int | None]] = (None, None)
    higher_is_better: ClassVar[bool] = True
    chance: ClassVar[float]
    solved: ClassVar[float]
    longer: ClassVar[tuple[int, ...]] = ()
    available: ClassVar[Mapping[str, int]] = {}
    carved: ClassVar[bool] = False
    apart: ClassVar[bool] = False
    offline: ClassVar[bool] = True
    recipe: ClassVar[Mapping[str, Any]] = {}
    recipe_by_cell: ClassVar[Mapping[str, Mapping[str, Any]]] = {}

    def data(
        self,
        split: Split,
        size: int,
        *,
        length: int | None = None,
        seed: int = 0,
    ) -> Data:
        """Samples of one split; the same arguments give the same samples.

        Args:
            split: `"train"`, `"validation"` or `"test"`.
            size: Number of samples, 1 or more.
            length: Time steps of a sample; the task's own by default.
            seed: 0 or more. The test data do not depend on it.

        Returns:
            `x`, `(size, length, features)` float32, or `(size, length)`
            int32 if there is a `vocabulary`; and `y`, with an answer per
            sample or, with `every_step`, per time step.

        Raises:
            ValueError: If an argument is not one of those.
        """
        length = self.length if length is None else length
        splits = get_args(Split)
        if split not in splits:
            raise ValueError(
                f"`split` must be one of {list(splits)}. "
                f"Received: split={split!r}"
            )
        self.require_size(split, size)
        self.require_length(length)
        fixed = TEST_SEED if split == "test" else seed
        drawn = "train" if self.carved and split == "validation" else split
        rng = np.random.default_rng([splits.index(drawn), fixed])
        if not self.apart:
            return self._samples(split, size, length, rng)
        return of_split(
            split, size, lambda count: self._samples(split, count, length, rng)
        )

    def sample(self, *, seed: int = 0, length: int | None = None) -> str:
        """One training sample as text: what the model sees, and the answer.

        Args:
            seed: 0 or more.
            length: Time steps; the task's own by default.

        Raises:
            ValueError: If an argument is not one of those.
        """
        x, y = self.data("train", 1, length=length, seed=seed)
        return self._drawn(x[0], y[0])

    def lag(self, length: int) -> int:
        """Steps from an answer back to the earliest input that decides it.

        Args:
            length: Time steps of a sample.

        Returns:
            The longest such lag of any sample, 0 if unknown.
        """
        return 0

    def require_size(self, split: str, size: int) -> None:
        """Refuses a number of samples that a split does not have.

        Raises:
            ValueError: If it is out of range.
        """
        most = self.available.get(split, size)
        if not 1 <= size <= most:
            limit = f"from 1 to {most}" if self.available else "at least 1"
            raise ValueError(
                f"`size` must be {limit} for the {split} data of task "
                f"{self.name!r}. Received: size={size}"
            )

    def require_sizes(self, train: int, validation: int, test: int) -> None:
        """Refuses what a recipe cannot be trained and measured on.

        Args:
            train: Samples to train on.
            validation: Samples to validate on; 0 for no validation.
            test: Samples to measure the result on.

        Raises:
            ValueError: If there are not so many.
        """
        self.require_size("train", train)
        self.require_size("test", test)
        if not validation:
            return
        self.require_size("validation", validation)
        both = self.available.get("train", 0)
        if self.carved and train + validation > both:
            raise ValueError(
                "`validation_size` must leave the training data alone: task "
                f"{self.name!r} has {both} samples for both. Received: "
                f"train_size={train}, validation_size={validation}"
            )

    def require_length(self, length: int) -> None:
        """Refuses a length for which the task does not exist.

        Raises:
            ValueError: If it is out of range.
        """
        shortest, longest = self.lengths
        if not shortest <= length <= longest:
            raise ValueError(
                f"`length` must be from {shortest} to {longest} for task "
                f"{self.name!r}. Received: length={length}"
            )

    def is_solved(self, value: float) -> bool:
        """Whether a value of the metric counts as solved."""
        return self._share_solved(value) >= 1

    def verdict(self, value: float) -> Verdict:
        """What a value of the metric on the test data says of the model."""
        if self.is_solved(value):
            return "solved"
        # NaN fails, too.
        return "learns" if self._share_solved(value) >= FAILS_BELOW else "fails"

    def _share_solved(self, value: float) -> float:
        """Where a value of the metric lies from chance, 0, to solved, 1."""
        return (value - self.chance) / (self.solved - self.chance)

    @abstractmethod
    def _samples(
        self, split: Split, size: int, length: int, rng: np.random.Generator
    ) -> Data:
        """Makes the samples; all randomness comes from `rng`."""

    @abstractmethod
    def _drawn(self, x: npt.NDArray[Any], y: Any) -> str:
        """A sample and its answer as lines of text."""
