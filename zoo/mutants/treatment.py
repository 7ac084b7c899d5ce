"""An ill mutant is trained again with the remedy that it is told first."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kgrad.records import Remedy, Snapshot
from kgrad.records.edits import ChangeTargets, Edit, StopEarly
from zoo import schema
from zoo.mutants.labels import LEVEL, label, p_value
from zoo.mutants.mutant import Mutant
from zoo.mutants.training import SEEDS
from zoo.mutants.walk import walk

if TYPE_CHECKING:
    from kgrad.treatment.trials import Trial

FILE = "treated.json"


@dataclass(frozen=True, kw_only=True)
class Treated:
    """What became of a mutant, next to its run in the same folder.

    Args:
        mutant: Its name.
        told: Whether there is a diagnosis.
        remedy: Id of the first remedy of the first diagnosis that can be
            carried out; `""` if there is none.
        name: Its name.
        edits: What it does, as Python writes it: what is tried again if a
            later version names something else.
        by_hand: Remedies before it that only a person can carry out.
        skills: Of each seed, with the remedy.
        error: Why it could not be carried out, `""` if it was.
    """

    mutant: str
    told: bool
    remedy: str = ""
    name: str = ""
    edits: str = ""
    by_hand: tuple[str, ...] = ()
    skills: tuple[float, ...] = ()
    error: str = ""

    def write(self, folder: Path) -> None:
        """Writes it into a folder, as a whole or not at all."""
        schema.write(folder / FILE, schema.to_json(self))

    @classmethod
    def read(cls, folder: Path) -> Treated:
        """Reads it.

        Raises:
            FileNotFoundError: If the mutant was not treated.
            ValueError: If this version cannot read it.
        """
        return schema.read(cls, (folder / FILE).read_text(encoding="utf-8"))

    def is_nearer(self, mutant: Sequence[float]) -> bool:
        """Whether it is significantly nearer to its base than without it.

        By the test that says what is ill, the other way round. Of three and
        three trainings only those that do not overlap are: 1 / 20.

        Args:
            mutant: Skills without the remedy, which are below those of its
                base.
        """
        return bool(self.skills) and p_value(mutant, self.skills) <= LEVEL

    def is_healed(self, base: Sequence[float]) -> bool:
        """Whether it is healthy, compared with its base."""
        return bool(self.skills) and label(self.skills, base) == "healthy"


def treat(mutant: Mutant, folder: Path) -> Treated:
    """Carries out what an ill mutant is told first, unless that was done.

    Args:
        mutant: An ill one.
        folder: Its run folder, where the outcome is written to.
    """
    from kgrad import RunHistory

    told, trial, by_hand = first_trial(RunHistory.load(folder).snapshots)
    treated = Treated(
        mutant=mutant.name,
        told=told,
        remedy=trial.remedies[0].id if trial else "",
        name=trial.name if trial else "",
        edits=repr(trial.edits) if trial else "",
        by_hand=tuple(remedy.name for remedy in by_hand),
    )
    before = _before(folder)
    if before is not None and before.edits == treated.edits:
        skills, error = before.skills, before.error
    else:
        skills, error = _train(mutant, trial.edits if trial else ())
    treated = replace(treated, skills=skills, error=error)
    treated.write(folder)
    return treated


def first_trial(
    snapshots: Iterable[Snapshot],
) -> tuple[bool, Trial | None, tuple[Remedy, ...]]:
    """What `kgrad.treat` would try first, of a run that was recorded.

    Returns:
        Whether there is a diagnosis; what to try, None if nothing can be; and
        the remedies that the diagnosis names before it.
    """
    from kgrad.treatment.trials import choose_trials

    moments = deque(walk(snapshots), maxlen=1)
    first = moments[0].diagnoses[:1] if moments else ()
    if not first:
        return False, None, ()
    remedies = first[0].remedies
    for trial in choose_trials(first, 1):
        return True, trial, remedies[: remedies.index(trial.remedies[0])]
    return True, None, remedies


def _before(folder: Path) -> Treated | None:
    try:
        return Treated.read(folder)
    except (FileNotFoundError, ValueError):
        return None


def _train(
    mutant: Mutant, edits: Sequence[Edit]
) -> tuple[tuple[float, ...], str]:
    """Its skills with some edits, of each seed; or why there are none."""
    import keras

    from kgrad.treatment.training import train
    from zoo.clinic.examination import fit

    if not edits:
        return (), ""
    case, program = mutant.case(), mutant.program
    y = _changed(program.samples().y_validation, edits)
    skills = []
    for seed in range(SEEDS):
        keras.utils.clear_session()
        try:
            model = train(
                case.build,
                partial(fit, case),
                edits,
                seed=(case.seed + seed) % 2**32,
            )
        except Exception as error:
            return (), f"{type(error).__name__}: {error}".partition("\n")[0]
        skills.append(program.skill(_kept(model.history.history, edits), y))
    return tuple(skills), ""


def _changed(y: Any, edits: Sequence[Edit]) -> Any:
    """The targets that it is validated on, which a remedy may scale."""
    for edit in edits:
        if isinstance(edit, ChangeTargets):
            y = (y - edit.offset) / edit.scale
    return y


def _kept(
    history: dict[str, list[float]], edits: Sequence[Edit]
) -> dict[str, float | None]:
    """The metrics of the epoch whose weights are kept; None if not finite."""
    epoch = -1
    if any(isinstance(edit, StopEarly) for edit in edits):
        losses = np.asarray(history["val_loss"])
        epoch = int(np.nanargmin(losses)) if np.isfinite(losses).any() else -1
    return {
        name: values[epoch] if np.isfinite(values[epoch]) else None
        for name, values in history.items()
    }
