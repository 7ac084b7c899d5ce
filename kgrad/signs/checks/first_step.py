"""What the first gradients show."""

from __future__ import annotations

import math
from collections.abc import Iterator

from kgrad import remedies
from kgrad.records import Behavior, DataSummary, Finding, Setup
from kgrad.remedies import behavior as advice
from kgrad.remedies import scales
from kgrad.signs.checks.base import (
    number,
    pairs,
    place,
)
from kgrad.signs.checks.behavior import BehaviorCheck
from kgrad.signs.checks.guessing import untrained_loss
from kgrad.signs.checks.input_scale import to_scale
from kgrad.signs.checks.relu_recurrence import (
    bounded_state,
    unbounded_recurrence,
)


class NonfiniteFirstStep(BehaviorCheck):
    """NaN or infinity in the first step: nothing can have grown as yet.

    It comes in with the data, where an activation such as relu can hide it
    from the loss, or from a logarithm, root or quotient where it has no slope.
    """

    name = "nonfinite_first_step"
    description = "NaN or infinity before any update"

    def judge_behavior(
        self, setup: Setup, data: DataSummary, behavior: Behavior
    ) -> Iterator[Finding]:
        """Looks at the data, the loss and the gradients, in this order."""
        lost = [n for n, norm in behavior.gradients.items() if norm == math.inf]
        if not lost and (
            math.isfinite(behavior.loss) or not behavior.gradients
        ):
            return
        bad = [t for t in data.tensors if t.nonfinite and t.role == "input"]
        if bad:
            where = place("x", bad[0].name)
            yield self.finding(
                where,
                float(bad[0].nonfinite),
                0.0,
                f"The inputs `{where}` hold {bad[0].nonfinite:,} NaN or "
                "infinite entries, and the gradient of "
                f"`{lost[0] if lost else 'every variable'}` with them.",
                scales.finite(where),
            )
            return
        what = (
            f"the loss is finite, {number(behavior.loss)}, but not its slope: "
            f"the gradient of `{lost[0]}` is NaN or infinite"
            if math.isfinite(behavior.loss)
            else "the loss is NaN or infinite"
        )
        yield self.finding(
            "loss",
            float(len(lost)),
            0.0,
            f"Before any update {what}, though the data are finite.",
            remedies.stable_loss(),
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
        # A loss that the first updates bring down is soon unlearned.
        losses = [x for x in behavior.losses if math.isfinite(x)]
        if not min([behavior.loss, *losses]) > self.ratio * usual:
            return
        scale = to_scale(setup, data)
        unbounded = unbounded_recurrence(setup)
        why = (
            f"the state of `{unbounded[0].name}` has no bound and grows at "
            "every step"
            if unbounded
            else "its predictions are out of scale"
        )
        yield self.finding(
            unbounded[0].name if unbounded else "loss",
            behavior.loss,
            self.ratio * usual,
            f"Before training the loss is {number(behavior.loss)}, where "
            f"{number(usual)} is usual: the model begins sure and wrong, "
            f"{why}.",
            *map(bounded_state, unbounded),
            *(scale or (advice.usual_initializers(),)),
        )
