"""Per sign: runs that must show it, and near misses that must not.

The near misses come first: they are what a simple rule gets wrong.
"""

from kgrad import signs
from tests.signs.cases import (
    data,
    first_epoch,
    gradients,
    lost,
    metrics,
    outputs,
    reached,
    time,
    unfinished,
    units,
    unmoved,
    updates,
)
from tests.signs.cases.changes import Case

CASES: dict[type[signs.Sign], list[Case]] = {
    **data.CASES,
    **first_epoch.CASES,
    **gradients.CASES,
    **lost.CASES,
    **metrics.CASES,
    **outputs.CASES,
    **reached.CASES,
    **time.CASES,
    **unfinished.CASES,
    **units.CASES,
    **unmoved.CASES,
    **updates.CASES,
}
