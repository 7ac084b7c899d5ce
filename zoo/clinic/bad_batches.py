"""Bad entries in the data of a training: one of one batch, at a random place.

An input, a target or a sample weight becomes NaN or infinite, or a label one
that no output stands for. They are drawn in runs of five: one model that is
compiled once meets them one after the other, with its weights, and all that its
optimizer knows, put back after each.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from kgrad.records import Stage
from zoo.layers.cells import CELLS

Mode = Literal["plain", "xla", "mixed", "steps", "replicas"]
Problem = Literal["rows", "labels", "sequences", "several"]

MODES: tuple[Mode, ...] = ("plain", "xla", "mixed", "steps", "replicas")
PROBLEMS: tuple[Problem, ...] = ("rows", "labels", "sequences", "several")

ENTRIES = 5
"""Bad entries in a run."""

STEPS = 8
"""Steps for each of them, in one of which it is met."""

BATCH, LENGTH, FEATURES, CONTEXT, CLASSES, AMOUNTS = 8, 5, 3, 4, 3, 2

Place = tuple[Stage, str]
"""What a tensor is for, and Keras' name for it, `""` of a single one."""


@dataclass(frozen=True, kw_only=True)
class BadEntry:
    """One entry that is bad.

    Args:
        stage: What its tensor is for.
        name: Name of the input or output, `""` if there is only one.
        index: Its place in the batch, the sample in front.
        step: Optimizer step that meets it, from 1.
        value: `"nan"`, `"inf"`, `"-inf"`, or a label that no output stands
            for.
    """

    stage: Stage
    name: str
    index: tuple[int, ...]
    step: int
    value: str

    @property
    def kind(self) -> str:
        """What it must be told to be."""
        kinds = {"nan": "nan", "inf": "infinite", "-inf": "infinite"}
        return kinds.get(self.value, "label")

    @property
    def tensor(self) -> str:
        """What its tensor is for; labels are no other targets."""
        return "label" if self.kind == "label" else self.stage


@dataclass(frozen=True, kw_only=True)
class BadRun:
    """A training that meets bad entries.

    Args:
        name: Its name among those that were drawn with it.
        mode: How the step is compiled.
        problem: What the model and its targets are.
        cell: Name of the recurrent cell.
        jit_compile: Whether XLA compiles the step.
        steps_per_execution: As in `compile`.
        sample_every: Steps between two that are sampled: another graph.
        seed: Seed of weights and data.
        entries: What is bad, in the order of the steps. Without XLA a label
            that no output stands for is an error on a CPU: it comes last.
            The last is a label, or a target where there are none.
    """

    name: str
    mode: Mode
    problem: Problem
    cell: str
    jit_compile: bool
    steps_per_execution: int
    sample_every: int
    seed: int
    entries: tuple[BadEntry, ...]

    @property
    def steps(self) -> int:
        """Optimizer steps, if nothing ends it before."""
        return STEPS * len(self.entries)


def draw(count: int, seed: int = 0) -> list[BadRun]:
    """Draws runs that meet so many bad entries, the modes in turns.

    Args:
        count: Number of bad entries; the last run may have fewer than five.
        seed: Seed of the random choices.
    """
    full, rest = divmod(count, ENTRIES)
    lengths = [ENTRIES] * full + [rest] * (rest > 0)
    return [
        _one(i, length, np.random.default_rng([seed, i]))
        for i, length in enumerate(lengths)
    ]


def _one(number: int, length: int, rng: np.random.Generator) -> BadRun:
    turn, place = divmod(number, len(MODES))
    mode, problem = MODES[place], PROBLEMS[(turn + place) % len(PROBLEMS)]
    compiles = mode == "xla" or (mode in ("mixed", "steps") and turn % 2 == 1)
    return BadRun(
        name=f"{number:02}-{mode}-{problem}",
        mode=mode,
        problem=problem,
        cell=CELLS.names[int(rng.integers(len(CELLS.names)))],
        jit_compile=compiles,
        # Not on replicas, where Keras alone fails with them.
        steps_per_execution=(4, 2)[turn % 2] if mode == "steps" else 1,
        sample_every=int(rng.integers(2, 5)),
        seed=int(rng.integers(2**31)),
        entries=tuple(
            _entry(problem, i, i == length - 1, rng) for i in range(length)
        ),
    )


def _entry(
    problem: Problem, number: int, is_last: bool, rng: np.random.Generator
) -> BadEntry:
    shapes = shapes_of(problem)
    labels = label_places(problem)
    places = [place for place in shapes if place not in labels]
    if is_last:
        places = list(labels) or [("target", "")]
    stages = list(dict.fromkeys(stage for stage, _ in places))
    stage = stages[int(rng.integers(len(stages)))]
    there = [place for place in places if place[0] == stage]
    place = there[int(rng.integers(len(there)))]
    value = str(rng.choice(["nan", "inf", "-inf"]))
    if place in labels:
        value = str(rng.choice([-1, CLASSES, CLASSES + 7]))
    return BadEntry(
        stage=stage,
        name=place[1],
        index=tuple(int(rng.integers(n)) for n in shapes[place]),
        step=number * STEPS + int(rng.integers(1, STEPS + 1)),
        value=value,
    )


def shapes_of(problem: Problem) -> dict[Place, tuple[int, ...]]:
    """Shapes of all tensors of a batch."""
    x: dict[Place, tuple[int, ...]] = {("input", ""): (BATCH, LENGTH, FEATURES)}
    weight: dict[Place, tuple[int, ...]] = {("sample_weight", ""): (BATCH,)}
    match problem:
        case "rows":
            return {**x, ("target", ""): (BATCH, CLASSES), **weight}
        case "labels":
            return {**x, ("target", ""): (BATCH,), **weight}
        case "sequences":
            steps = (BATCH, LENGTH)
            return {**x, ("target", ""): steps, ("sample_weight", ""): steps}
        case "several":
            return {
                ("input", "signal"): (BATCH, LENGTH, FEATURES),
                ("input", "context"): (BATCH, CONTEXT),
                ("target", "kind"): (BATCH,),
                ("target", "amount"): (BATCH, AMOUNTS),
                ("sample_weight", "kind"): (BATCH,),
                ("sample_weight", "amount"): (BATCH,),
            }


def label_places(problem: Problem) -> tuple[Place, ...]:
    """The targets that are labels."""
    if problem == "rows":
        return ()
    return (("target", "kind" if problem == "several" else ""),)


def batches(run: BadRun) -> Mapping[Place, Any]:
    """All batches of a run: `(steps, batch, ...)` of each tensor."""
    rng = np.random.default_rng(run.seed)
    found: dict[Place, Any] = {}
    for place, shape in shapes_of(run.problem).items():
        whole = (run.steps, *shape)
        if place in label_places(run.problem):
            found[place] = rng.integers(0, CLASSES, whole)
        elif place[0] == "sample_weight":
            found[place] = np.ones(whole, np.float32)
        elif place[0] == "target" and run.problem == "rows":
            rows = np.eye(CLASSES, dtype=np.float32)
            found[place] = rows[rng.integers(0, CLASSES, whole[:-1])]
        else:
            found[place] = rng.normal(size=whole).astype(np.float32)
    for bad in run.entries:
        value = float(bad.value)
        batch = found[bad.stage, bad.name][bad.step - 1]
        batch[bad.index] = value if not math.isfinite(value) else int(value)
    return found
