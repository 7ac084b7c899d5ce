"""Which sign can follow from which, and when it does.

A sign that follows from another is no illness of its own: what removes the
cause removes it, too. The rules are those of back-propagation. A gradient
that is too large throws weights away, and with them everything behind and
before; one that dies in a layer is missing there and nearer the input.
"""

from __future__ import annotations

from typing import Literal

from kgrad.diagnosis.layer_order import LayerOrder
from kgrad.records import Finding
from kgrad.signs.blocks import LENGTH

Where = Literal["anywhere", "upstream"]
"""Where a consequence lies. Upstream: in the same layer, or nearer the input,
where a gradient arrives later."""


RULES: dict[str, dict[str, Where]] = {
    # What grows on and on leaves the range of floats.
    "nonfinite": {
        "exploding": "anywhere",
        "large_updates": "anywhere",
        "nonfinite": "anywhere",
    },
    # Weights that were thrown far away give gradients out of scale, and
    # gradients out of scale throw weights.
    "exploding": {"large_updates": "anywhere", "exploding": "anywhere"},
    "large_updates": {"exploding": "anywhere", "large_updates": "anywhere"},
    # They also push units to where they have no slope, or no output; and relu
    # makes zeros of NaN.
    "dead_units": {
        "nonfinite": "anywhere",
        "exploding": "anywhere",
        "large_updates": "anywhere",
        "dead_units": "anywhere",
    },
    "saturation": {
        "exploding": "anywhere",
        "large_updates": "anywhere",
        "saturation": "anywhere",
    },
    # No slope, no gradient, from there to the input.
    "vanishing": {
        "exploding": "anywhere",
        "large_updates": "anywhere",
        "dead_units": "upstream",
        "saturation": "upstream",
        "vanishing": "anywhere",
    },
    # A small gradient makes a small update.
    "small_updates": {
        "vanishing": "upstream",
        "dead_units": "upstream",
        "saturation": "upstream",
    },
    # A model that had learned loses it with its weights.
    "oscillation": {
        "exploding": "anywhere",
        "large_updates": "anywhere",
        "nonfinite": "anywhere",
    },
    # What gets no gradient, or a wild one, or steps that are skipped, does
    # not learn.
    "slow_progress": {
        "nonfinite": "anywhere",
        "exploding": "anywhere",
        "large_updates": "anywhere",
        "vanishing": "anywhere",
        "dead_units": "anywhere",
        "saturation": "anywhere",
        "small_updates": "anywhere",
    },
}
"""By the consequence, then by the cause."""

MEMORY = 64
"""Steps, after which what is over no longer explains NaN or infinity."""

LATE = 0.75
"""A cause that began in the last quarter does not explain that a model has
guessed all along."""

_BY_BLOCKS = frozenset({"vanishing", "small_updates"})
"""Signs whose first step is the first of a block."""


def onset(finding: Finding, course: LayerOrder) -> int:
    """The last step at which it may have begun.

    A sign that judges blocks of steps dates it to the start of the block, and
    one that judges the metric to the start of the epoch.

    Args:
        finding: What was found.
        course: Of its run.
    """
    if finding.sign in _BY_BLOCKS:
        return finding.first_step + LENGTH - 1
    if finding.sign == "oscillation":
        return course.end_of_epoch(finding.first_step)
    return finding.first_step


def follows(effect: Finding, cause: Finding, course: LayerOrder) -> bool:
    """Whether one finding can be the consequence of the other.

    There is a rule for it; both lie in the same model, as the rule says;
    and the cause began no later. Two exceptions in time: slow progress
    begins by definition at the first step, so that its cause may begin
    later, but not in the last quarter; and NaN must come while its cause goes
    on, or within 64 steps of it (or as many as the cause took), for a model
    that has recovered from one is broken by something else.

    Args:
        effect: The later finding.
        cause: The earlier one.
        course: Of the run of both.
    """
    where = RULES.get(effect.sign, {}).get(cause.sign)
    if where is None or not _lies(where, effect, cause, course):
        return False
    if effect.sign == "slow_progress":
        length = effect.last_step - effect.first_step
        return cause.first_step <= effect.first_step + LATE * length
    if effect.sign == "nonfinite":
        memory = max(MEMORY, cause.last_step - cause.first_step)
        if effect.first_step > cause.last_step + memory:
            return False
    return cause.first_step <= onset(effect, course)


def _lies(
    where: Where, effect: Finding, cause: Finding, course: LayerOrder
) -> bool:
    """Whether the consequence is where it must be.

    What concerns the whole model is everywhere. Of a model that is not known
    there is only one, and where its layers lie is not known.
    """
    if not course.is_known:
        return where == "anywhere" or effect.target == cause.target
    layers = course.layer(effect.target), course.layer(cause.target)
    if not all(layers):
        return True
    places = course.places(*layers)
    return places is not None and (
        where == "anywhere" or places[0] <= places[1]
    )
