"""Per sign: runs that must show it, and near misses that must not.

The near misses come first: they are what a simple rule gets wrong.
"""

from kgrad import signs
from tests.signs.cases import (
    data,
    gradients,
    lost,
    metrics,
    outputs,
    time,
    unfinished,
    units,
    updates,
)
from tests.signs.cases.changes import Case

CASES: dict[type[signs.Sign], list[Case]] = {
    **data.CASES,
    **gradients.CASES,
    **lost.CASES,
    **metrics.CASES,
    **outputs.CASES,
    **time.CASES,
    **unfinished.CASES,
    **units.CASES,
    **updates.CASES,
}
