"""Per check: near misses, of which it must be silent, and what it must tell.

The near misses come first: they are what a simple rule gets wrong.
"""

from __future__ import annotations

from tests.signs.checks.cases import (
    behavior,
    frequencies,
    inputs,
    labels,
    output_and_loss,
    plan,
    targets,
)
from tests.signs.checks.made import Judged

_FAMILIES = (
    inputs,
    labels,
    frequencies,
    output_and_loss,
    targets,
    behavior,
    plan,
)

MUST_NOT: dict[str, list[Judged]] = {
    name: cases
    for family in _FAMILIES
    for name, cases in family.MUST_NOT.items()
}

MUST: dict[str, list[Judged]] = {
    name: cases for family in _FAMILIES for name, cases in family.MUST.items()
}
