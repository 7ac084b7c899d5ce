"""The signs of ill training: one a file, NumPy only, no TensorFlow."""

from __future__ import annotations

from collections.abc import Iterable

from kgrad.records import Finding, Snapshot
from kgrad.signs.base import Sign
from kgrad.signs.dead_units import DeadUnits
from kgrad.signs.exploding import Exploding
from kgrad.signs.exploding_in_time import ExplodingInTime
from kgrad.signs.large_updates import LargeUpdates
from kgrad.signs.nonfinite import Nonfinite
from kgrad.signs.oscillation import Oscillation
from kgrad.signs.saturation import Saturation
from kgrad.signs.slow_progress import SlowProgress
from kgrad.signs.small_updates import SmallUpdates
from kgrad.signs.vanishing import Vanishing
from kgrad.signs.vanishing_in_time import VanishingInTime

__all__ = [
    "DeadUnits",
    "Exploding",
    "ExplodingInTime",
    "LargeUpdates",
    "Nonfinite",
    "Oscillation",
    "Saturation",
    "Sign",
    "SlowProgress",
    "SmallUpdates",
    "Vanishing",
    "VanishingInTime",
    "default",
    "diagnose",
]


def default() -> list[Sign]:
    """A fresh one of every sign."""
    return [
        Nonfinite(),
        Exploding(),
        ExplodingInTime(),
        LargeUpdates(),
        Vanishing(),
        VanishingInTime(),
        DeadUnits(),
        Saturation(),
        SmallUpdates(),
        Oscillation(),
        SlowProgress(),
    ]


def diagnose(
    snapshots: Iterable[Snapshot], signs: Iterable[Sign] | None = None
) -> list[Finding]:
    """What the signs find in a run that was recorded.

    Args:
        snapshots: The run, as in `History.snapshots`.
        signs: What to look for, by default every sign.

    Returns:
        The findings, the earliest first.
    """
    signs = default() if signs is None else list(signs)
    for snapshot in snapshots:
        for sign in signs:
            sign.update(snapshot)
    found = [finding for sign in signs for finding in sign.findings]
    return sorted(found, key=lambda finding: finding.first_step)
