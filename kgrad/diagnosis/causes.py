"""Which sign can follow from which, and when it does.

The rules are those of back-propagation: a gradient that is too large throws
weights away, and with them everything behind and before; one that dies in a
layer is missing there and nearer the input. What removes the cause removes all.
"""

from __future__ import annotations

from functools import cache

from kgrad.records import Finding
from kgrad.signs import kind_of
from kgrad.signs.blocks import LENGTH
from kgrad.signs.layer_order import LayerOrder

MEMORY = 64
"""Steps, after which what is over no longer explains NaN or infinity."""

LATE = 0.75
"""A cause that began in the last quarter does not explain that a model has
guessed all along."""


def onset(finding: Finding, order: LayerOrder) -> int:
    """The last step at which it may have begun.

    A sign that looks at blocks of steps dates it to the start of the block,
    and one that looks at the metric to the start of the epoch.
    """
    match kind_of(finding.sign).dated_by:
        case "block":
            return finding.first_step + LENGTH - 1
        case "epoch":
            return order.end_of_epoch(finding.first_step)
        case _:
            return finding.first_step


def turn(sign: str) -> tuple[bool, int, int]:
    """Sorts signs that begin in the same step, the cause first.

    What a person notices comes last, and of the rest last what the most
    others lead to, directly or in turn.
    """
    kind = kind_of(sign)
    return kind.is_symptom, len(_causes(sign)), kind.rank


@cache
def _causes(sign: str) -> frozenset[str]:
    """All signs that lead to a sign, directly or in turn, but no symptoms."""
    found: set[str] = set()
    waiting = [sign]
    while waiting:
        kind = kind_of(waiting.pop())
        for cause in (*kind.follows, *kind.follows_upstream):
            if cause not in found and not kind_of(cause).is_symptom:
                found.add(cause)
                waiting.append(cause)
    return frozenset(found)


def follows(effect: Finding, cause: Finding, order: LayerOrder) -> bool:
    """Whether one finding can be the consequence of the other.

    The one sign can follow from the other (`Sign.follows`); both lie in the
    same model, and where that says; and the cause began no later. Two
    exceptions in time: slow progress begins by definition at the first
    step, so that its cause may begin later, but not in the last quarter;
    and NaN must come while its cause lasts, or within 64 steps of it (or
    as many as the cause took), for a model that has recovered from one is
    broken by something else.
    """
    kind = kind_of(effect.sign)
    anywhere = cause.sign in kind.follows
    if not anywhere and cause.sign not in kind.follows_upstream:
        return False
    if not _lies(effect, cause, order, anywhere):
        return False
    if kind.dated_by == "run":
        length = effect.last_step - effect.first_step
        return cause.first_step <= effect.first_step + LATE * length
    if effect.sign == "nonfinite":
        memory = max(MEMORY, cause.last_step - cause.first_step)
        if effect.first_step > cause.last_step + memory:
            return False
    return cause.first_step <= onset(effect, order)


def _lies(
    effect: Finding, cause: Finding, order: LayerOrder, anywhere: bool
) -> bool:
    """Whether the consequence is where it must be.

    What concerns the whole model is everywhere. Of a model that is not known
    there is only one, and where its layers lie is not known.
    """
    if not order.is_known:
        return anywhere or effect.target == cause.target
    layers = order.layer(effect.target), order.layer(cause.target)
    if not all(layers):
        return True
    places = order.places(*layers)
    return places is not None and (anywhere or places[0] <= places[1])
