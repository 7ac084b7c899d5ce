"""A run of which it is known in advance whether it is sick, and with what."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy.typing as npt

from kgrad import signs

if TYPE_CHECKING:
    import keras

Array = npt.NDArray[Any]
Half = Literal["tuning", "scored"]

EARLY = 100
"""For what can be known of the first batches."""

ANY_TIME = 10**9
"""For a sign that must be present at the end, whenever it appeared."""


@dataclass(frozen=True)
class Samples:
    """What a case is trained and validated on.

    Args:
        x: `(samples, ...)`.
        y: `(samples, ...)`; of several outputs, by their names.
        x_validation: As `x`.
        y_validation: As `y`.
    """

    x: Array
    y: Any
    x_validation: Array
    y_validation: Any


@dataclass(frozen=True, kw_only=True)
class Case:
    """A run and its label.

    Args:
        family: What is wrong with it, or why it might be mistaken for
            sick. Cases of one family share their cause, so thresholds that
            were tuned on some of them must not be scored on the others.
        variant: What distinguishes it within its family.
        half: Whether thresholds may be tuned on it.
        build: Makes the compiled model.
        data: Makes the samples.
        must: Signs that it must show, each with the last step at which it
            counts as reported in time.
        may: Signs that may follow from its problem, and are neither
            required nor wrong. All others are wrong.
        epochs: Epochs to train.
        batch_size: Samples per step.
        shuffle: Whether the samples are shuffled in each epoch.
        chance: What guessing reaches, by metric name, as users who know it
            tell the monitor.
        lag: Time steps that the task must bridge, 0 if unknown.
        by_hand: For remedies that only a person can apply: the fields of
            the case that the person would change, by id of the remedy.
        mended: The fields of the case that mend its cause: with them it must
            learn, without them it must not.
        fit_with: Further arguments of `fit`, which replace the usual ones.

    Raises:
        ValueError: If a sign is not one of kgrad's, or is in both `must` and
            `may`.
    """

    family: str
    variant: str
    half: Half
    build: Callable[[], keras.Model]
    data: Callable[[], Samples]
    must: Mapping[str, int] = field(default_factory=dict)
    may: Set[str] = frozenset()
    epochs: int = 10
    batch_size: int = 32
    shuffle: bool = True
    chance: Mapping[str, float] | None = None
    lag: int = 0
    by_hand: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    mended: Mapping[str, Any] = field(default_factory=dict)
    fit_with: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        names = {kind.name for kind in signs.SIGNS}
        unknown = sorted({*self.must, *self.may} - names)
        if unknown:
            raise ValueError(
                f"`must` and `may` must hold signs, {sorted(names)}. "
                f"Received: {unknown}"
            )
        if self.may & self.must.keys():
            raise ValueError(
                "`may` must not repeat what is in `must`. "
                f"Received: may={sorted(self.may)}, must={dict(self.must)}"
            )

    @property
    def name(self) -> str:
        """`"rate_too_large/dense-sgd"`."""
        return f"{self.family}/{self.variant}"

    @property
    def is_sick(self) -> bool:
        """Whether it must show a sign."""
        return bool(self.must)

    @property
    def seed(self) -> int:
        """Seed of weights and order, independent of the other cases."""
        return zlib.crc32(self.name.encode())


def family(
    name: str,
    half: Half,
    variants: Mapping[str, Mapping[str, Any]],
    **shared: Any,
) -> list[Case]:
    """Cases that share a cause.

    Args:
        name: Name of the family.
        half: The half that all of them belong to.
        variants: Fields of each case, by variant.
        **shared: Fields of all of them.
    """
    return [
        Case(family=name, half=half, variant=variant, **{**shared, **fields})
        for variant, fields in variants.items()
    ]


def mended(cases: Iterable[Case], *families: str) -> list[Case]:
    """The healthy counterparts of ill cases: near misses.

    Args:
        cases: Ill cases that say how they are mended.
        *families: The families that are, so mended, no more of the same.
    """
    return [
        replace(
            case,
            family=f"mended_{case.family}",
            must={},
            may=frozenset(),
            mended={},
            **case.mended,
        )
        for case in cases
        if case.family in families
    ]
