"""Plans under which nothing can be learned."""

from __future__ import annotations

import math
from collections.abc import Iterator

from kgrad import remedies
from kgrad.records import DataSummary, Finding, Plan, Remedy, Setup
from kgrad.remedies import plans
from kgrad.signs.checks.base import Check, number
from kgrad.signs.checks.reach import ENOUGH, path, rate_of

_USUAL_BATCH = 32

_FINE_TUNING = 1e-6, 1e-4
"""From least to most: rates at which a trained model is trained on, where a
small path is meant to be; published ones are 1e-5 to 5e-5 for transformers."""


class FewUpdates(Check):
    """Every batch is one update, and an update moves a weight so far only.

    With an adaptive optimizer the planned updates move each weight by at most
    N x rate, unless the rate follows a schedule and may begin at 0. Small data
    in small batches may need no more, nor does a trained model that is tuned;
    but large batches that leave less than that are the reader's choice, and
    smaller ones cost nothing.

    Args:
        path: N x rate of an adaptive optimizer, below which large batches are
            told.
        hopeless: And below which anything is.
        batch_size: From which on a batch is large.
    """

    name = "few_updates"
    sign = "plan"
    description = "so few updates that little can be learned"
    of_loss = True

    def __init__(
        self,
        *,
        path: float = 0.2,
        hopeless: float = 1e-3,
        batch_size: int = 128,
    ) -> None:
        self.path, self.hopeless = path, hopeless
        self.batch_size = batch_size

    def judge(self, setup: Setup, data: DataSummary) -> Iterator[Finding]:
        """Multiplies the planned updates with the learning rate."""
        plan = setup.plan
        rate, way = rate_of(setup), path(setup)
        least, most = _FINE_TUNING
        if least <= rate < most:
            return
        large = plan.batch_size >= self.batch_size and plan.updates < 200
        if way < self.hopeless:
            yield self.finding(
                "plan",
                way,
                self.hopeless,
                f"{plan.updates:,} updates at the rate {rate:g} move a weight "
                f"by {number(way)} at most: nothing can be learned.",
                remedies.learning_rate(setup, max(1e-3 / rate, 10.0))
                if rate > 0
                else plans.more_updates(_USUAL_BATCH, plan.epochs or 20),
            )
        elif large and way < self.path:
            yield self.finding(
                "plan",
                float(plan.updates),
                200.0,
                f"Batches of {plan.batch_size} make {plan.updates} updates in "
                f"all; at the rate {rate:g} they move a weight by "
                f"{number(way)} at most. The loss will still be falling at "
                "the end.",
                _enough_updates(plan, rate),
            )


def _enough_updates(plan: Plan, rate: float) -> Remedy:
    """Usual batches, and epochs in which a weight can go `ENOUGH`.

    At most ten times the planned epochs: beyond, it is the rate.
    """
    epochs = plan.epochs or 20
    per_epoch = plan.updates / epochs * plan.batch_size / _USUAL_BATCH
    needed = math.ceil(ENOUGH / (rate * per_epoch))
    return plans.more_updates(
        _USUAL_BATCH, min(max(needed, epochs), 10 * epochs)
    )


class MovingStatistics(Check):
    """The moving averages of a BatchNormalization that cannot settle.

    After N updates they still consist, to a share of momentum^N, of the zeros
    and ones that they began with: inference then normalizes with other
    numbers than training did.

    Args:
        share: Of the beginning that is left at the end. 1 / e is left after
            1 / (1 - momentum) updates, the memory of the average itself.
    """

    name = "moving_statistics"
    sign = "plan"
    description = "moving statistics that do not settle within the training"
    of_inference = True

    def __init__(self, *, share: float = 1 / math.e) -> None:
        self.share = share

    def judge(self, setup: Setup, data: DataSummary) -> Iterator[Finding]:
        """Compares the momentum of each layer with the planned updates."""
        updates = setup.plan.updates
        slow = [
            (name, momentum)
            for name, momentum in setup.plan.batchnorm_momentum
            if updates
            and momentum**updates > self.share
            and name not in setup.plan.settled
        ]
        if not slow:
            return
        name, momentum = max(slow, key=lambda pair: pair[1])
        settled = max(0.05 ** (1 / updates), 0.0)
        others = f" and {len(slow) - 1} others" if slow[1:] else ""
        yield self.finding(
            name,
            momentum**updates,
            self.share,
            f"The moving statistics of `{name}`{others} have the momentum "
            f"{momentum:g}: after {updates} updates they still are "
            f"{momentum**updates:.0%} of what they began with, so that "
            "inference does not do what training did.",
            plans.faster_statistics(
                setup,
                [name for name, _ in slow],
                math.floor(settled * 10) / 10,
            ),
        )


class StatefulShuffled(Check):
    """A state that is handed on, to samples that do not follow.

    What the samples tell by themselves can be learned nevertheless.
    """

    name = "stateful_shuffled"
    sign = "plan"
    description = "a stateful layer whose samples are shuffled"
    until_solved = True

    def judge(self, setup: Setup, data: DataSummary) -> Iterator[Finding]:
        """Looks for stateful layers in a plan that shuffles."""
        if setup.plan.shuffle is not True:
            return
        for layer in setup.layers:
            if layer.arguments.get("stateful") is True:
                yield self.finding(
                    layer.name,
                    1.0,
                    0.0,
                    f"`{layer.name}` is stateful: each batch begins with the "
                    "state that the one before left, but samples are "
                    "shuffled, so that they do not follow on one another.",
                    plans.in_order(),
                )


class BatchLargerThanData(Check):
    """A batch holds all samples: each epoch is one update."""

    name = "batch_larger_than_data"
    sign = "plan"
    description = "a batch that is larger than the data"
    is_hint = True

    def judge(self, setup: Setup, data: DataSummary) -> Iterator[Finding]:
        """Compares batch size and number of samples."""
        plan = setup.plan
        if plan.batch_size > plan.samples > 0:
            yield self.finding(
                "plan",
                float(plan.batch_size),
                float(plan.samples),
                f"A batch of {plan.batch_size} is larger than the data, "
                f"{plan.samples} samples: each epoch is one update.",
                plans.more_updates(_USUAL_BATCH, plan.epochs or 20),
            )
