"""Per sign: runs that must show it, and near misses that must not.

The near misses come first: they are what a simple rule gets wrong.
"""

from kgrad import signs
from tests.signs.cases import (
    data,
    first_epoch,
    frequencies,
    gradients,
    labels,
    late_start,
    lost,
    majority,
    metrics,
    noisier,
    other_goal,
    outputs,
    penalty,
    plans,
    reached,
    short_path,
    short_training,
    slow,
    sure_and_wrong,
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
    **frequencies.CASES,
    **gradients.CASES,
    **labels.CASES,
    **late_start.CASES,
    **lost.CASES,
    **majority.CASES,
    **metrics.CASES,
    **noisier.CASES,
    **other_goal.CASES,
    **outputs.CASES,
    **penalty.CASES,
    **plans.CASES,
    **reached.CASES,
    **short_path.CASES,
    **short_training.CASES,
    **slow.CASES,
    **sure_and_wrong.CASES,
    **time.CASES,
    **unfinished.CASES,
    **units.CASES,
    **unmoved.CASES,
    **updates.CASES,
}
