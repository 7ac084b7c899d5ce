"""A mutant is trained: once watched, and again with other seeds."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zoo import schema
from zoo.mutants.mutant import Mutant

FILE = "trained.json"
KNOWN = Path(__file__).parent / "skills.json"
"""Skills of mutants that were trained before: they say what each is."""

SEEDS = 3
BASE_SEEDS = 5
"""Trainings of a mutant and of a base, the first of each being watched."""


@dataclass(frozen=True, kw_only=True)
class Trained:
    """What became of a mutant, next to its run in the same folder.

    Args:
        mutant: Its name.
        skills: Of each seed, how much of the way from guessing, 0, to
            perfect, 1, the model went on the validation data.
        seconds: Of all trainings.
    """

    mutant: str
    skills: tuple[float, ...]
    seconds: float

    def write(self, folder: Path) -> None:
        """Writes it into a folder, as a whole or not at all."""
        schema.write(folder / FILE, schema.to_json(self))

    @classmethod
    def read(cls, folder: Path) -> Trained:
        """Reads it.

        Raises:
            FileNotFoundError: If the mutant was not trained to the end.
            ValueError: If this version cannot read it.
        """
        return schema.read(cls, (folder / FILE).read_text(encoding="utf-8"))


def is_done(mutant: Mutant, runs: Path) -> bool:
    """Whether a mutant was trained to the end."""
    return (runs / mutant.name / FILE).exists()


def seeds_of(mutant: Mutant) -> int:
    """How often it is trained, to know whether it is ill."""
    return SEEDS if mutant.operator else BASE_SEEDS


def known() -> dict[str, tuple[float, ...]]:
    """Skills that come with the package, by mutant."""
    content = schema.parse(KNOWN.read_text(encoding="utf-8"))
    form: Any = Mapping[str, tuple[float, ...]]
    return dict(schema.load(form, content))


def write_known(skills: Mapping[str, tuple[float, ...]], file: Path) -> None:
    """Writes such a file, with a line for each mutant."""
    lines = (f"{json.dumps(k)}: {json.dumps(v)}" for k, v in skills.items())
    schema.write(file, "{\n" + ",\n".join(lines) + "\n}\n")


def train(mutant: Mutant, folder: Path, *, once: bool = False) -> Trained:
    """Trains a mutant, first watched by kgrad and the observer of other tools.

    Args:
        mutant: What to train.
        folder: Its run folder, which is replaced.
        once: Whether the watched training is the only one: enough for a
            mutant that is known.
    """
    from zoo.clinic.examination import examine

    seeds = 1 if once else seeds_of(mutant)
    began = time.perf_counter()
    examination = examine(mutant.case(), folder)
    y = mutant.program.samples().y_validation
    skills = [mutant.program.skill(examination.metrics, y)]
    skills += _skills(mutant, range(1, seeds))
    trained = Trained(
        mutant=mutant.name,
        skills=tuple(skills),
        seconds=time.perf_counter() - began,
    )
    trained.write(folder)
    return trained


def _skills(mutant: Mutant, seeds: range) -> list[float]:
    """Those of one model, traced once, whose weights are drawn anew."""
    import keras

    from zoo.clinic.examination import fit

    case, program = mutant.case(), mutant.program
    y = program.samples().y_validation
    keras.utils.clear_session()
    model, found = None, []
    for seed in seeds:
        keras.utils.set_random_seed((case.seed + seed) % 2**32)
        fresh = case.build()
        if model is None:
            model = fresh
            model.optimizer.build(model.trainable_variables)
            state = [value.numpy() for value in model.optimizer.variables]
        else:
            model.set_weights(fresh.get_weights())
            for value, initial in zip(
                model.optimizer.variables, state, strict=True
            ):
                value.assign(initial)
        found.append(program.skill(fit(case, model, []), y))
    return found
