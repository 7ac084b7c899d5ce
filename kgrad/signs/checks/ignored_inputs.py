"""Inputs, or parts of them, that change nothing."""

from __future__ import annotations

from collections.abc import Iterator

from kgrad.records import Behavior, DataSummary, Finding, Influence, Setup
from kgrad.remedies import behavior as advice
from kgrad.signs.checks.base import (
    place,
)
from kgrad.signs.checks.behavior import BehaviorCheck


class IgnoredInputs(BehaviorCheck):
    """Predictions that do not depend on the input, or on a part of it.

    A part counts as ignored if predictions have a slope of exactly 0 there,
    for every sample, while it differs between samples: a slope that shrinks
    on its way back through time is small, but not 0, until it falls out of
    the range of floats; so steps are judged where the slope ends at once.
    """

    name = "ignored_inputs"
    description = "inputs, features or time steps that change no prediction"

    def judge_behavior(
        self, setup: Setup, data: DataSummary, behavior: Behavior
    ) -> Iterator[Finding]:
        """Looks for inputs without any effect, then for parts of them."""
        known = [i for i in behavior.influences if i.differs]
        ignored = [i for i in known if _is_ignored(i)]
        alive = any(
            norm > 0
            for name, norm in behavior.gradients.items()
            if not name.endswith(("bias", "beta"))
        )
        if alive and len(ignored) == len(known):
            return
        if known and len(ignored) == len(known):
            yield self.finding(
                "output",
                0.0,
                0.0,
                "The model gives every sample the same answer: nothing in the "
                "inputs changes its predictions. A layer on the way is dead, "
                "or cut off.",
                advice.find_the_cut(),
                advice.usual_initializers(),
            )
            return
        for influence in known:
            where = place("x", influence.name)
            if influence in ignored:
                yield self.finding(
                    where,
                    0.0,
                    0.0,
                    f"The input `{where}` changes no prediction: it is not "
                    "connected to the output, or what it passes is dead.",
                    advice.find_the_cut(),
                )
                continue
            lost = _lost_features(influence)
            if lost:
                some = ", ".join(map(str, lost[:5]))
                yield self.finding(
                    where,
                    float(len(lost)),
                    0.0,
                    f"{len(lost)} of {len(influence.features)} features of "
                    f"`{where}` change no prediction ({some}"
                    f"{', ...' if lost[5:] else ''}): the model drops them.",
                    advice.find_the_cut(),
                )
            step = _cut_in_time(influence, setup.lag)
            if step is not None and setup.lag is not None:
                yield self.finding(
                    where,
                    float(step),
                    float(setup.lag),
                    f"Time steps of `{where}` before step {step} change no "
                    f"prediction, but the answer depends on what comes "
                    f"{setup.lag} steps before the end.",
                    advice.find_the_cut(),
                )


def _is_ignored(influence: Influence) -> bool:
    slopes = [*influence.features, *influence.steps]
    return influence.effect == 0 and not any(slope > 0 for slope in slopes)


def _lost_features(influence: Influence) -> list[int]:
    slopes = influence.features
    if not any(slopes) or len(slopes) < 2:
        return []
    return [
        k
        for k, differs in enumerate(influence.feature_differs)
        if differs and slopes[k] == 0
    ]


def _cut_in_time(influence: Influence, lag: int | None) -> int | None:
    """The first step with a slope, if it comes too late and at once.

    Late it is only if a step is needed and lost that is not all padding.
    """
    slopes = influence.steps
    largest = max((slope for slope in slopes if slope > 0), default=0.0)
    if not largest or not lag:
        return None
    first = next(t for t, slope in enumerate(slopes) if slope > 0)
    at_once = slopes[first] > 1e-20 * largest
    needed = max(len(slopes) - 1 - lag, 0)
    is_late = any(slope == 0 for slope in slopes[needed:first])
    return first if at_once and is_late else None
