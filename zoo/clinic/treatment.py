"""Each ill case is treated as its findings say: does that help?"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from kgrad import signs
from kgrad.records import Finding, Remedy
from kgrad.remedies.evidence import order_of
from zoo.clinic.case import Case
from zoo.files import write_whole

FILE = "treatment.json"
REMEDIES = 3
"""How many remedies are tried of each case: the first ones."""

MARGIN = 0.02
"""By so much a metric is better: of 1, or of an error as it was."""


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """A case, trained again with one remedy.

    Args:
        remedy: Its id.
        name: What people call it.
        named_for: The signs of the case whose findings name it, the gravest
            first.
        orders: For each of them, the order in which the sign itself names
            its remedies: `kgrad.remedies.evidence.order_of`.
        gone: Those of the case that the treated run does not show.
        before: The metric without; None if it is not a number.
        after: The metric with it.
        better: Whether that is better, by 2 % or more.
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
        """Whether the gravest sign that it is named for is gone."""
        return not self.error and self.named_for[0] in self.gone


@dataclass(frozen=True, kw_only=True)
class Treated:
    """What became of a case.

    Args:
        case: Its name.
        signs: What was found in it.
        metric: What it is judged by.
        attempts: The remedies that were tried, in the order of the findings.
        by_hand: Remedies that only a person can do, and that were not tried.
    """

    case: str
    signs: tuple[str, ...]
    metric: str
    attempts: tuple[Attempt, ...]
    by_hand: tuple[str, ...] = ()

    def write(self, folder: Path) -> None:
        """Writes it into a folder, as a whole or not at all."""
        text = json.dumps(asdict(self), indent=1) + "\n"
        write_whole(folder / FILE, text)

    @classmethod
    def read(cls, folder: Path) -> Treated:
        """Reads it.

        Raises:
            FileNotFoundError: If the case was not treated to the end.
        """
        content = json.loads((folder / FILE).read_text(encoding="utf-8"))
        attempts = [Attempt(**_tuples(each)) for each in content["attempts"]]
        return cls(**_tuples(content) | {"attempts": tuple(attempts)})


def _tuples(content: dict[str, Any]) -> dict[str, Any]:
    """JSON has lists only."""
    return {
        key: tuple(value) if isinstance(value, list) else value
        for key, value in content.items()
    }


def treat(case: Case, folder: Path, remedies: int = REMEDIES) -> Treated:
    """Trains a case as it is and with each remedy.

    Args:
        case: An ill case.
        folder: Takes a run folder for each training.
        remedies: How many are tried at most.
    """
    import kgrad
    from kgrad.storage.history import RunHistory
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
    findings = signs.diagnose(history.snapshots, clinic={})
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
    """Does to a case what a person does, and trains it again."""
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
    left = {finding.sign for finding in monitor.findings}
    named = _named_for(findings, {remedy.code})
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


def _named_for(findings: Sequence[Finding], codes: set[str]) -> dict[str, str]:
    """The signs whose findings name a remedy, and their order of remedies."""
    named: dict[str, str] = {}
    for finding in findings:
        if codes & {remedy.code for remedy in finding.remedies}:
            named.setdefault(finding.sign, order_of(finding.remedies))
    return named


def _attempt(found: Any, findings: Sequence[Finding], run: Any) -> Attempt:
    named = _named_for(findings, {remedy.code for remedy in run.remedies})
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
    """By more than a run of luck; whatever is a number is better than none."""
    from kgrad.signs.metric import higher_is_better

    if not math.isfinite(after) or not math.isfinite(before):
        return math.isfinite(after)
    if higher_is_better(metric):
        return after > before + MARGIN
    return after < before * (1 - MARGIN)


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None


def proofs(treated: Iterable[Treated]) -> dict[str, Any]:
    """What is known of each remedy against each sign, for `evidence.json`.

    Args:
        treated: All cases that were treated.

    Returns:
        Sign to order of remedies to remedy to `tried`, `gone` and
        `improved`, in cases.
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
