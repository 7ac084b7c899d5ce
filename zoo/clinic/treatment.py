"""Each ill case is treated as its findings say: does that help?"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from kgrad.records import Remedy
from zoo.clinic.case import Case
from zoo.files import write_whole

FILE = "treatment.json"
REMEDIES = 3
"""How many remedies are tried of each case: the first ones."""


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """A case, trained again with one remedy.

    Args:
        remedy: Its name.
        named_for: The signs of the case whose findings name it, the gravest
            first.
        gone: Those of the case that the treated run does not show.
        before: The metric without; None if it is not a number.
        after: The metric with it.
        better: Whether that is better.
        error: Why it could not be tried, `""` if it was.
    """

    remedy: str
    named_for: tuple[str, ...]
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
    from zoo.clinic.examination import fit

    found = kgrad.treat(
        case.build,
        partial(fit, case),
        folder,
        remedies=remedies,
        seed=case.seed,
        chance=case.chance,
        lag=case.lag or None,
        quiet=True,
    )
    attempts = tuple(
        _attempt(found, run) for run in found.runs if run is not found.untreated
    )
    first = _first_remedy(found.untreated.folder)
    if first is not None and first.name in case.by_hand:
        attempts = (_by_hand(case, found, first, folder), *attempts)
    treated = Treated(
        case=case.name,
        signs=found.untreated.signs,
        metric=found.metric,
        attempts=attempts,
        by_hand=tuple(
            remedy.name
            for remedy in found.by_hand
            if remedy.name not in case.by_hand
        ),
    )
    treated.write(folder)
    return treated


def _first_remedy(folder: Path) -> Remedy | None:
    """What the gravest diagnosis of a run puts first."""
    from kgrad.history import History

    diagnoses = History.load(folder).diagnoses
    return diagnoses[0].remedies[0] if diagnoses else None


def _by_hand(case: Case, found: Any, remedy: Remedy, folder: Path) -> Attempt:
    """Does to a case what a person does, and trains it again."""
    import keras

    import kgrad
    from zoo.clinic.examination import fit

    mended = replace(case, **case.by_hand[remedy.name], by_hand={})
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
    signs = {finding.sign for finding in monitor.findings}
    return Attempt(
        remedy=remedy.name,
        named_for=_named_for(found, {remedy.code}),
        gone=tuple(x for x in found.untreated.signs if x not in signs),
        before=_known(before),
        after=_known(after),
        better=_is_better(found.metric, before, after),
    )


def _named_for(found: Any, codes: set[str]) -> tuple[str, ...]:
    """The signs of the untreated run whose findings name a remedy."""
    return tuple(
        dict.fromkeys(
            finding.sign
            for finding in found.untreated.findings
            for remedy in finding.remedies
            if remedy.code in codes
        )
    )


def _attempt(found: Any, run: Any) -> Attempt:
    return Attempt(
        remedy=run.name,
        named_for=_named_for(found, {remedy.code for remedy in run.remedies}),
        gone=run.gone,
        before=_known(run.before),
        after=_known(run.after),
        better=_is_better(found.metric, run.before, run.after),
        error=run.error,
    )


def _is_better(metric: str, before: float, after: float) -> bool:
    """Whatever is a number is better than what is none."""
    from kgrad.signs.metric import higher_is_better

    if not math.isfinite(after) or not math.isfinite(before):
        return math.isfinite(after)
    return after > before if higher_is_better(metric) else after < before


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None


def proofs(treated: Iterable[Treated]) -> dict[str, dict[str, dict[str, int]]]:
    """What is known of each remedy against each sign, for `proven.json`.

    Args:
        treated: All cases that were treated.

    Returns:
        Sign to remedy to `tried`, `gone` and `improved`, in cases.
    """
    counted: dict[str, dict[str, dict[str, int]]] = {}
    for case in treated:
        for attempt in case.attempts:
            if attempt.error:
                continue
            for sign in attempt.named_for:
                counts = counted.setdefault(sign, {}).setdefault(
                    attempt.remedy, {"tried": 0, "gone": 0, "improved": 0}
                )
                counts["tried"] += 1
                counts["gone"] += sign in attempt.gone
                counts["improved"] += attempt.better
    return {
        sign: dict(sorted(by_remedy.items()))
        for sign, by_remedy in sorted(counted.items())
    }
