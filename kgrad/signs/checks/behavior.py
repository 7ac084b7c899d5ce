"""Checks of what a model does with one batch."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Iterator

import numpy as np

from kgrad import remedies
from kgrad.records import Behavior, DataSummary, Finding, Influence, Setup
from kgrad.remedies import behavior as advice
from kgrad.remedies import scales
from kgrad.signs.checks.base import (
    CLASS_LOSSES,
    REGRESSION_LOSSES,
    Check,
    number,
    pairs,
    place,
)
from kgrad.signs.checks.guessing import untrained_loss
from kgrad.signs.checks.input_scale import is_large
from kgrad.signs.checks.input_scale import remedies as to_scale

ROUNDING = 1e-4
"""Share of the largest prediction below which a difference is rounding."""


class BehaviorCheck(Check):
    """A check of a model that was tried on a batch."""

    sign = "behavior"

    def judge(self, setup: Setup, data: DataSummary) -> Iterator[Finding]:
        """Nothing: numbers of the data alone do not tell."""
        yield from ()

    @abstractmethod
    def judge_behavior(
        self, setup: Setup, data: DataSummary, behavior: Behavior
    ) -> Iterator[Finding]:
        """What is wrong with what the model does.

        Args:
            setup: What is trained, and how.
            data: The numbers of the batch.
            behavior: What the model does with it.
        """


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
            if step is not None:
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
    return influence.effect == 0 and not any(slopes)


def _lost_features(influence: Influence) -> list[int]:
    slopes = influence.features
    if not any(slopes) or len(slopes) < 2:
        return []
    return [
        k
        for k, differs in enumerate(influence.feature_differs)
        if differs and slopes[k] == 0
    ]


def _cut_in_time(influence: Influence, lag: int) -> int | None:
    """The first step with a slope, if it comes too late and at once."""
    slopes = influence.steps
    largest = max(slopes, default=0.0)
    if not largest or not lag:
        return None
    first = next(t for t, slope in enumerate(slopes) if slope > 0)
    at_once = slopes[first] > 1e-20 * largest
    needed = len(slopes) - 1 - lag
    return first if at_once and first > max(needed, 0) else None


class RandomInference(BehaviorCheck):
    """The same batch twice, two answers: something is random in inference."""

    name = "random_inference"
    description = "inference that gives another answer each time"

    def judge_behavior(
        self, setup: Setup, data: DataSummary, behavior: Behavior
    ) -> Iterator[Finding]:
        """Compares two passes; samplers that have no labels may differ."""
        supervised = CLASS_LOSSES | REGRESSION_LOSSES
        if not all(output.loss in supervised for output in setup.outputs):
            return
        if behavior.repeated > ROUNDING * behavior.size:
            yield self.finding(
                "output",
                behavior.repeated,
                ROUNDING * behavior.size,
                "Two passes of the same batch in inference differ by up to "
                f"{number(behavior.repeated)}: dropout or noise is active "
                "there, too.",
                advice.training_argument(),
            )


class MixedSamples(BehaviorCheck):
    """One sample changes the predictions of others.

    The batch is taken for time, a softmax or a mean runs along axis 0, or a
    Reshape moves numbers from one sample to another.
    """

    name = "mixed_samples"
    description = "a sample that changes the predictions of other samples"

    def judge_behavior(
        self, setup: Setup, data: DataSummary, behavior: Behavior
    ) -> Iterator[Finding]:
        """Looks at the other samples when one is exchanged."""
        limit = ROUNDING * behavior.size
        if behavior.repeated > limit or not behavior.leaked > limit:
            return
        yield self.finding(
            "output",
            behavior.leaked,
            limit,
            "Exchanging one sample of the batch changes the predictions of "
            f"the others by up to {number(behavior.leaked)}: samples are "
            "mixed, by a softmax or mean along axis 0, or by a Reshape "
            "that moves the batch axis.",
            advice.keep_the_batch_axis(),
        )


class NoGradient(BehaviorCheck):
    """A variable that the loss does not depend on never changes.

    A gradient of 0 in the first step is not told where a kernel of zeros
    keeps a branch closed on purpose.
    """

    name = "no_gradient"
    description = "trainable variables that get no gradient"

    def judge_behavior(
        self, setup: Setup, data: DataSummary, behavior: Behavior
    ) -> Iterator[Finding]:
        """Looks for gradients that are missing, or exactly 0."""
        gradients = behavior.gradients
        missing = [name for name, norm in gradients.items() if norm != norm]
        zero = [
            name
            for name, norm in gradients.items()
            if norm == 0 and not name.endswith(("bias", "beta"))
        ]
        if behavior.has_zero_kernel:
            zero = []
        lost = missing or zero
        if not lost:
            return
        why = (
            "the loss does not depend on them"
            if missing
            else "what they give is dead for every sample"
        )
        shown = ", ".join(f"`{name}`" for name in lost[:3])
        more = ", ..." if lost[3:] else ""
        yield self.finding(
            lost[0].rpartition("/")[0] or lost[0],
            float(len(lost)),
            0.0,
            f"{len(lost)} of {len(gradients)} trainable variables get no "
            f"gradient ({shown}{more}): {why}.",
            advice.find_the_cut(),
        )


class LossFarAboveGuessing(BehaviorCheck):
    """An untrained model is unsure: its loss is near that of guessing.

    One far above is sure and wrong, which takes many updates to unlearn:
    weights, inputs or targets are out of scale.

    Args:
        ratio: Loss, in losses of an untrained model. Healthy: below 3.
    """

    name = "loss_far_above_guessing"
    description = "an untrained loss far above that of guessing"

    def __init__(self, *, ratio: float = 10.0) -> None:
        self.ratio = ratio

    def judge_behavior(
        self, setup: Setup, data: DataSummary, behavior: Behavior
    ) -> Iterator[Finding]:
        """Compares the loss with ln K, or the mean square of the targets."""
        found = list(pairs(setup, data))
        if len(found) != 1 or data.of("sample_weight"):
            return
        usual = untrained_loss(found[0])
        if not behavior.loss > self.ratio * usual:
            return
        inputs = [x for x in data.of("input") if is_large(x, setup, 10.0)]
        yield self.finding(
            "loss",
            behavior.loss,
            self.ratio * usual,
            f"Before training the loss is {number(behavior.loss)}, where "
            f"{number(usual)} is usual: the model begins sure and wrong, its "
            "predictions are out of scale.",
            *(to_scale(inputs[0]) if inputs else ()),
            *(() if inputs else (advice.usual_initializers(),)),
        )


class FirstUpdates(BehaviorCheck):
    """The first updates on one batch make the loss of that batch worse.

    A gradient points downhill. Updates along it that climb, and never come
    back to where they began, are too long.

    Args:
        ratio: Median loss after the first of them, in losses before.
    """

    name = "first_updates"
    description = "first updates that make the loss far worse"

    def __init__(self, *, ratio: float = 1.25) -> None:
        self.ratio = ratio

    def judge_behavior(
        self, setup: Setup, data: DataSummary, behavior: Behavior
    ) -> Iterator[Finding]:
        """Compares the loss of the same batch before and after."""
        losses = behavior.losses
        if len(losses) < 2 or not math.isfinite(losses[0]):
            return
        lost = [loss for loss in losses if not math.isfinite(loss)]
        later = losses[len(losses) // 2 :]
        after = math.inf if lost else float(np.median(later))
        if not lost and (
            after <= self.ratio * losses[0] or min(later) <= losses[0]
        ):
            return
        large = [x for x in data.of("input") if is_large(x, setup, 10.0)]
        rate = float(setup.optimizer_arguments.get("learning_rate", math.nan))
        told = (
            "NaN or infinity" if lost else f"{number(after)}, and never below"
        )
        scale = [*to_scale(large[0])] if large else []
        targets = [
            scales.standardize("y", pair.target.mean, pair.target.std)
            for pair in pairs(setup, data)
            if pair.target is not None
            and pair.output.loss in REGRESSION_LOSSES
            and max(abs(pair.target.mean), pair.target.std) > 10
        ]
        slower = remedies.learning_rate(setup, 0.01 if lost else 0.1)
        yield self.finding(
            "optimizer",
            after,
            self.ratio * losses[0],
            f"{len(losses) - 1} updates at the rate {rate:g} on one batch "
            f"take its loss from {number(losses[0])} to {told}: the updates "
            "are too long.",
            *scale,
            *targets,
            slower,
        )


class NotMemorized(BehaviorCheck):
    """A few samples that a model cannot learn by heart.

    Where Adam at 0.001 can, it is the compiled optimizer; where it cannot, it
    is the model, or the labels do not follow from the inputs.

    Args:
        share: Of the loss that must be gone.
    """

    name = "not_memorized"
    description = "a small batch that the model cannot learn by heart"

    def __init__(self, *, share: float = 0.1) -> None:
        self.share = share

    def judge_behavior(
        self, setup: Setup, data: DataSummary, behavior: Behavior
    ) -> Iterator[Finding]:
        """Looks at how far the loss of a small batch fell."""
        if not behavior.memorized or not self._stays(behavior.memorized):
            return
        other = behavior.memorized_slowly
        by_rate = bool(other) and not self._stays(other)
        first, last = behavior.memorized[0], behavior.memorized[-1]
        yield self.finding(
            "optimizer" if by_rate else "output",
            last,
            (1 - self.share) * first,
            f"A small batch is not learned by heart: its loss goes from "
            f"{number(first)} to {number(last)}. "
            + (
                f"Adam at 0.001 brings it to {number(other[-1])}: it is the "
                "compiled optimizer or its rate."
                if by_rate
                else "Adam at 0.001 does not, either: model, labels or loss "
                "do not fit."
            ),
            advice.adam() if by_rate else remedies.check_labels(),
        )

    def _stays(self, losses: tuple[float, ...]) -> bool:
        return not min(losses[-3:]) < (1 - self.share) * losses[0]
