"""Every sentence that was told while a program trained that ended well.

Of such a program nothing is wrong: only a sentence about what is *so far*, and
was so then, was right to be told.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from kgrad.diagnosis import Diagnosis
from kgrad.records import Snapshot
from kgrad.records.numbers import number
from kgrad.signs.metric import LEARNED
from zoo.mutants.walk import Moment, walk

SO_FAR = "so far"

_VALUE = re.compile(r"`(?P<metric>(?!loss)\w+)` is (?P<value>[-\d.e+]+)")
"""A metric, as of an epoch; a loss may be that of the last steps."""

Skill = Callable[[Mapping[str, float | None]], float]
"""From the metrics of an epoch to the way gone from guessing, 0, to 1."""


@dataclass(frozen=True)
class Sentence:
    """What was told in one epoch, or in several.

    Args:
        words: As it was told first.
        first: The first epoch in which it was told, 1-based.
        last: The last one.
        mistake: What is wrong about it, `""` if nothing is.
    """

    words: str
    first: int
    last: int
    mistake: str = ""


def replay(snapshots: Iterable[Snapshot], skill: Skill) -> list[Sentence]:
    """What was told of a run that ended well, each sentence once.

    Numbers in it may change from epoch to epoch.

    Args:
        snapshots: The run, as in `RunHistory.snapshots`.
        skill: Of an epoch.
    """
    told: dict[tuple[str, str, str], Sentence] = {}
    for moment in walk(snapshots):
        epoch = _epoch(moment)
        for diagnosis in moment.diagnoses:
            cause, mistake = diagnosis.cause, _mistake(diagnosis, moment, skill)
            key = cause.rule or cause.sign, cause.target, mistake
            new = Sentence(diagnosis.sentence, epoch, epoch, mistake)
            told[key] = replace(told.setdefault(key, new), last=epoch)
    return list(told.values())


def _epoch(moment: Moment) -> int:
    """The epoch that a window is in, or ends, 1-based."""
    done = len(moment.epochs)
    if done and moment.epochs[-1].step == moment.step:
        return done
    return done + 1


def _mistake(diagnosis: Diagnosis, moment: Moment, skill: Skill) -> str:
    """Why a sentence must not be told of a run that ends well."""
    words = diagnosis.sentence
    if SO_FAR not in words:
        return "does not say that it is so far"
    if not moment.epochs:
        return ""
    logs = moment.epochs[-1].logs
    for found in _VALUE.finditer(words):
        metric, value = found["metric"], found["value"]
        if metric in logs and number(logs[metric]) != value.rstrip("."):
            return f"not true then: `{metric}` was not that any more"
    claims = "guessing", "has not learned"
    if any(x in words for x in claims) and skill(logs) >= LEARNED:
        return "not true then: it had learned"
    return ""
