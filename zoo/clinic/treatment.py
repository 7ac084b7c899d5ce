"""Every sick case is treated as its findings say: does that help?"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from kgrad import signs
from kgrad.records import Finding, Remedy
from kgrad.remedies.evidence import order_of
from zoo import schema
from zoo.clinic.case import Case

FILE = "treatment.json"
REMEDIES = 3
"""How many remedies of each case are tried: the first ones."""

MARGIN = 0.02
"""What counts as better: this much of 1, or this share of an error."""


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """A case, trained again with one remedy.

    Args:
        remedy: Id of the remedy.
        name: Its name.
        named_for: The signs of the case whose findings name the remedy, the
            gravest first.
        orders: For each of them, the order in which the sign itself names
            its remedies.
        gone: The signs of the case that the treated run does not show.
        before: The metric without the remedy; None if not finite.
        after: The metric with it.
        better: Whether that is better, by 2% or more.
        error: Why it could not be tried, `""` if it was.
    """

    remedy: str
    name: str
    named_for: tuple[str, ...]
    orders: tuple[str, ...]
    gone: tuple[str, ...]
    before: float | None
    after: float | None
    better: bool
    error: str = ""

    @property
    def removed(self) -> bool:
        """Whether the gravest sign that it is meant for is gone."""
        return not self.error and self.named_for[0] in self.gone


@dataclass(frozen=True, kw_only=True)
class Treated:
    """What became of a case.

    Args:
        case: Name of the case.
        signs: The signs that were found in it.
        metric: The metric that it is judged by.
        attempts: The remedies that were tried, in the order of the findings.
        by_hand: Remedies that only a person can apply, and that were not
            tried.
    """

    case: str
    signs: tuple[str, ...]
    metric: str
    attempts: tuple[Attempt, ...]
    by_hand: tuple[str, ...] = ()

    def write(self, folder: Path) -> None:
        """Writes it into a folder, as a whole or not at all."""
        schema.write(folder / FILE, schema.to_json(self))

    @classmethod
    def read(cls, folder: Path) -> Treated:
        """Reads it.

        Raises:
            FileNotFoundError: If the case was not treated to the end.
            ValueError: If this version cannot read it.
            ValueError: If this version cannot read it.
        """
        return schema.read(cls, (folder / FILE).read_text(encoding="utf-8"))


def treat(case: Case, folder: Path, remedies: int = REMEDIES) -> Treated:
    """Trains a case without and with each remedy.

    Args:
        case: A sick case.
        folder: For the run folders, one for each training.
        remedies: How many are tried at most.
    """
    import kgrad
    from kgrad import RunHistory
    from zoo.clinic.examination import fit

    found = kgrad.treat(
        case.build,
        partial(fit, case),
        folder,
        remedies=remedies,
        seed=case.seed,
        chance=case.chance,
        lag=case.lag or None,
        verbose=0,
    )
    history = RunHistory.load(found.untreated.log_dir)
    told = signs.diagnose(history.snapshots, clinic={})
    findings = [finding for finding in told if not finding.is_note]
    attempts = tuple(
        _attempt(found, findings, run)
        for run in found.runs
        if run is not found.untreated
    )
    for first in [d.remedies[0] for d in history.diagnoses][:1]:
        if first.id in case.by_hand:
            by_hand = _by_hand(case, found, findings, first, folder)
            attempts = (by_hand, *attempts)
    treated = Treated(
        case=case.name,
        signs=found.untreated.signs,
        metric=found.metric,
        attempts=attempts,
        by_hand=tuple(
            remedy.name
            for remedy in found.manual
            if remedy.name not in {attempt.name for attempt in attempts}
        ),
    )
    treated.write(folder)
    return treated


def _by_hand(
    case: Case,
    found: Any,
    findings: Sequence[Finding],
    remedy: Remedy,
    folder: Path,
) -> Attempt:
    """Changes a case as a person would, and trains it again."""
    import keras

    import kgrad
    from zoo.clinic.examination import fit

    mended = replace(case, **case.by_hand[remedy.id], by_hand={})
    keras.utils.set_random_seed(case.seed)
    model = mended.build()
    keras.utils.set_random_seed(case.seed)
    monitor = kgrad.GradientMonitor(
        folder / "by-hand",
        reporters=[],
        chance=case.chance,
        lag=case.lag or None,
    )
    after = fit(mended, model, [monitor])[found.metric]
    before = found.untreated.after
    after = math.nan if after is None else after
    left = {f.sign for f in monitor.findings if not f.is_note}
    named = _named_for(findings, [remedy])
    return Attempt(
        remedy=remedy.id,
        name=remedy.name,
        named_for=tuple(named),
        orders=tuple(named.values()),
        gone=tuple(x for x in found.untreated.signs if x not in left),
        before=_known(before),
        after=_known(after),
        better=_is_better(found.metric, before, after),
    )


def _named_for(
    findings: Sequence[Finding], remedies: Sequence[Remedy]
) -> dict[str, str]:
    """The signs whose findings name a remedy, and their order of remedies."""
    named: dict[str, str] = {}
    for finding in findings:
        if any(x.covers(y) for x in remedies for y in finding.remedies):
            named.setdefault(finding.sign, order_of(finding.remedies))
    return named


def _attempt(found: Any, findings: Sequence[Finding], run: Any) -> Attempt:
    named = _named_for(findings, run.remedies)
    return Attempt(
        remedy=run.remedy.id,
        name=run.name,
        named_for=tuple(named),
        orders=tuple(named.values()),
        gone=run.gone,
        before=_known(run.before),
        after=_known(run.after),
        better=_is_better(found.metric, run.before, run.after),
        error=run.error,
    )


def _is_better(metric: str, before: float, after: float) -> bool:
    """Whether by more than luck; anything finite is better than NaN."""
    from kgrad.signs.series import higher_is_better

    if not math.isfinite(after) or not math.isfinite(before):
        return math.isfinite(after)
    if higher_is_better(metric):
        return after > before + MARGIN
    return after < before * (1 - MARGIN)


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None


def proofs(treated: Iterable[Treated]) -> dict[str, Any]:
    """How often each remedy helped against each sign, as kgrad reads it.

    Args:
        treated: All cases that were treated.

    Returns:
        By sign, order of remedies and remedy: in how many cases it was
        `tried`, the sign was `gone`, and the metric `improved`.
    """
    counted: dict[tuple[str, str, str], dict[str, int]] = {}
    for case in treated:
        for attempt in case.attempts:
            if attempt.error:
                continue
            for sign, order in zip(
                attempt.named_for, attempt.orders, strict=True
            ):
                counts = counted.setdefault(
                    (sign, order, attempt.remedy),
                    {"tried": 0, "gone": 0, "improved": 0},
                )
                counts["tried"] += 1
                counts["gone"] += sign in attempt.gone
                counts["improved"] += attempt.better
    found: dict[str, Any] = {}
    for (sign, order, remedy), counts in sorted(counted.items()):
        found.setdefault(sign, {}).setdefault(order, {})[remedy] = counts
    return found
