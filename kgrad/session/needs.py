"""What signs, reporters and actions need to have measured."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kgrad._arguments import require
from kgrad.actions import Action
from kgrad.records import measured_of
from kgrad.reporters.base import Reporter
from kgrad.signs import SIGNS, Sign, default


def chosen_signs(signs: Iterable[str | Sign] | None) -> list[Sign]:
    """The signs to look for; of a name, all that go by it.

    Args:
        signs: Names and instances; None for the default ones.

    Raises:
        TypeError: If something is neither a name nor a sign.
        ValueError: If no sign has such a name.
    """
    if signs is None:
        return default()
    rule = "`signs` must be a list of names and of `kgrad.signs.Sign`s."
    is_list = isinstance(signs, Iterable) and not isinstance(signs, str)
    require(is_list, rule, signs=signs)
    found: list[Sign] = []
    for item in signs:
        require(isinstance(item, str | Sign), rule, signs=signs)
        found += _named(item) if isinstance(item, str) else [item]
    return found


def _named(name: str) -> list[Sign]:
    found = [kind() for kind in SIGNS if kind.name == name]
    if not found:
        names = list(dict.fromkeys(kind.name for kind in SIGNS))
        raise ValueError(
            f"`signs` must be names among {names}, or instances of "
            f"`kgrad.signs.Sign`. Received: {name!r}"
        )
    return found


def needed(
    signs: Sequence[Sign],
    reporters: Sequence[Reporter],
    actions: Sequence[Action],
) -> frozenset[str]:
    """Names of the statistics that any of them reads."""
    return frozenset(
        name
        for stage in (signs, reporters, actions)
        for one in stage
        for statistic in one.needs
        for name in measured_of(statistic)
    )
