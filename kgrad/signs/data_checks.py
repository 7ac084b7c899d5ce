"""Signs in what goes in, what comes out and what it is compared with.

The checks are those of `kgrad.check`, on the batches of sampled steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from kgrad.records import (
    DataSummary,
    Finding,
    Origin,
    Output,
    Sample,
    Setup,
    Snapshot,
    guarded,
)
from kgrad.remedies import labels, scales
from kgrad.signs.base import DATA, Sign
from kgrad.signs.checks import CHECKS
from kgrad.signs.checks.base import LETTERS, Check, place
from kgrad.signs.checks.label_range import for_sparse
from kgrad.signs.metric import GUESSING, LEARNED, SOLVED
from kgrad.signs.through_time import SAMPLES

_WEAK = ("behavior", "plan", "targets")
"""Signs that do not explain what is half of the way to perfect."""


class DataSign(Sign):
    """One family of checks, while a run is training.

    The first batch is judged as before training; what is wrong with any batch,
    such as NaN, is looked for in every sample. What a trained model is judged
    by must hold in three samples in a row, of those that can tell; of what is
    `from_the_first`, the untrained model and one sample are enough. A model
    that solves its task is well, whatever its data look like: then only what
    can never be right is told. A batch that the action `Skip` left out is not
    judged.
    """

    shown_by = ("metric",)

    def __init__(self) -> None:
        self._checks = [kind() for kind in CHECKS if kind.sign == self.name]
        self._found: dict[tuple[str, str], Finding] = {}
        self._in_a_row: dict[tuple[str, str], list[int]] = {}
        self._new: set[tuple[str, str]] = set()
        self._always: set[tuple[str, str]] = set()
        self._begun = False
        self._left_out: list[Origin] = []

    def update(self, snapshot: Snapshot) -> None:
        """Judges the batches of the samples, and where NaN began."""
        for origin in self._that_count(snapshot):
            for finding in self._from(origin):
                self._keep(finding, origin.step, always=True)
        if not snapshot.samples:
            return
        unseen = self.state.divergence.routine()
        unseen &= guarded(snapshot.steps, snapshot.actions)
        for sample in snapshot.samples:
            if sample.data is None or sample.step in snapshot.steps[unseen]:
                continue
            self._judge(sample, sample.data)

    def _that_count(self, snapshot: Snapshot) -> list[Origin]:
        """The origins of steps that were made, or skipped without end."""
        if not (snapshot.origins or self._left_out):
            return []
        divergence = self.state.divergence
        routine = snapshot.steps[divergence.routine()]
        made = [o for o in snapshot.origins if o.step not in routine]
        if not len(snapshot.steps):
            return made
        self._left_out += [o for o in snapshot.origins if o.step in routine]
        start = divergence.endless()
        if start is not None:
            made += [o for o in self._left_out if o.step >= start]
        if start is not None or not snapshot.skipped[-1]:
            self._left_out = []
        return sorted(made, key=lambda origin: origin.step)

    def _judge(self, sample: Sample, data: DataSummary) -> None:
        setup = self.state.progress.setup
        # What the first batch shows was so from the first step on.
        step = sample.step if self._begun else self.state.progress.first_step
        for check in self._checks:
            if check.needs_training or (self._begun and not check.in_any_batch):
                continue
            for finding in check.judge(setup, data):
                self._keep(finding, step, always=check.is_certain)
        self._judge_trained(sample, setup, data)
        self._begun = True

    def _judge_trained(
        self, sample: Sample, setup: Setup, data: DataSummary
    ) -> None:
        """Three in a row, and gone with the first that does not show it."""
        asked = [
            check
            for check in self._checks
            if check.needs_training
            and (self._begun or check.from_the_first)
            and check.can_tell(setup, data)
        ]
        seen = {
            (check.name, finding.target): finding
            for check in asked
            for finding in check.judge(setup, data)
        }
        if not self._begun:
            self._new.update(seen)
            return
        names = {check.name for check in asked}
        lasting = {check.name for check in asked if check.of_all_data}
        for key in [*self._in_a_row, *self._new]:
            if key[0] in names and key not in seen:
                self._in_a_row.pop(key, None)
                self._found.pop(key, None)
                self._new.discard(key)
        for key, finding in seen.items():
            steps = self._in_a_row.setdefault(key, [])
            steps.append(sample.step)
            if len(steps) >= SAMPLES or key in self._new:
                self._keep(finding, steps[0])
                if key[0] in lasting:
                    self._keep(finding, self.state.progress.first_step)
                self._keep(finding, sample.step)

    def _keep(self, finding: Finding, step: int, always: bool = False) -> None:
        key = finding.rule, finding.target
        old = self._found.get(key)
        if old and key in self._always:
            # It is the first one that is to be looked for; but whether all
            # of a feature is lost, only the numbers of the batch tell.
            known = step == old.first_step
            finding = replace(old, remedies=finding.remedies) if known else old
        self._found[key] = replace(
            finding,
            first_step=min(step, old.first_step) if old else step,
            last_step=max(step, old.last_step) if old else step,
        )
        if always:
            self._always.add(key)

    def _from(self, origin: Origin) -> Iterator[Finding]:
        """What the first step that was not finite says of this family."""
        return iter(())

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is wrong as of now, at each place the gravest."""
        once: dict[str, Finding] = {}
        for check in self._checks:
            for key, finding in self._found.items():
                if key[0] == check.name and self._holds(check, key):
                    once.setdefault(finding.target, finding)
        return tuple(once.values())

    def is_final(self, finding: Finding) -> bool:
        """What can never be right, whatever the model learns."""
        return (finding.rule, finding.target) in self._always

    def _holds(self, check: Check, key: tuple[str, str]) -> bool:
        progress = self.state.progress
        if key in self._always:
            return True
        if check.of_metric:
            # Unless it is compared with the share of the frequent label.
            name = progress.metric.removeprefix("val_")
            chance, limit = progress.chance(name), self._found[key].limit
            of_labels = "acc" in name and chance >= limit
            return not (of_labels and progress.newest(name) >= LEARNED)
        if check.is_hint:
            # Worth telling only where nothing was learned.
            stays = progress.gain < GUESSING and len(progress.epochs) >= 3
            return check.may_be_a_cause and stays
        if check.of_inference:
            limit = SOLVED if check.until_solved else LEARNED
            return not progress.validation_gain >= limit
        # Of two explanations of a model that gets on, this is the weaker one.
        weak = check.sign in _WEAK and not check.until_solved
        return not (progress.learned if weak else progress.solved)


class Inputs(DataSign):
    """Inputs that a model cannot learn from as they are."""

    name = "inputs"
    description = "inputs that are not finite, constant, or out of scale"
    rank = 4

    def _from(self, origin: Origin) -> Iterator[Finding]:
        if origin.stage in LETTERS and origin.kind in ("nan", "infinite"):
            yield self._nonfinite(origin)

    def _nonfinite(self, origin: Origin) -> Finding:
        where = place(LETTERS[origin.stage], origin.name)
        kind = "NaN" if origin.kind == "nan" else "infinity"
        sample = f"sample {origin.sample} of the batch"
        feature = origin.feature
        if feature is not None:
            sample += f", feature {feature}"
        # A single entry is no column.
        column = feature if origin.count > 1 else None
        return replace(
            self.finding(
                where,
                (origin.step, origin.step),
                float(origin.count),
                0,
                f"`{where}` holds {kind} in step {origin.step}, first in "
                f"{sample}",
                (scales.finite(where, column),),
                details=f"Entries that are not finite: {_counted(origin)}.",
            ),
            rule="nonfinite_data",
        )


class Labels(DataSign):
    """Labels that do not say what they are meant to say."""

    name = "labels"
    description = "labels out of range, of one class, sorted or not whole"
    rank = 1

    def _from(self, origin: Origin) -> Iterator[Finding]:
        if origin.kind != "label" or origin.classes == 1:
            # Of one unit, it is the output that does not fit.
            return
        where, classes = place("y", origin.name), origin.classes
        low, high = origin.label_minimum, origin.label_maximum
        setup = self.state.progress.setup
        named = [x for x in setup.outputs if x.name == origin.name]
        output = named[0] if named else Output(units=classes)
        fitting = for_sparse(setup, output, classes, low, high)
        clean = labels.labels_in_range(where, classes)
        # One label far off, once in a batch, is a slip and no class.
        is_slip = origin.count == 1 and (high > classes or low < -1)
        yield replace(
            self.finding(
                where,
                (origin.step, origin.step),
                float(high if high >= classes else low),
                classes - 1,
                f"`{where}` runs from {low} to {high} in step {origin.step}, "
                f"but the model has {classes} outputs, for the labels 0 to "
                f"{classes - 1}: the first label without an output is in "
                f"sample {origin.sample} of the batch",
                (clean, *fitting) if is_slip else (*fitting, clean),
                details=f"Labels without an output: {_counted(origin)}.",
            ),
            rule="label_range",
        )


def _counted(origin: Origin) -> str:
    """How many entries, and the place of the first in its batch."""
    return f"{origin.count}, the first at {list(origin.index)}"


class Targets(DataSign):
    """Targets that the outputs have a long way to."""

    name = "targets"
    description = "targets out of scale for the outputs"
    rank = 3


class OutputAndLoss(DataSign):
    """An output, a loss and targets that do not fit together."""

    name = "output_and_loss"
    description = "an output that does not fit the loss or the targets"
    rank = 2


class Behavior(DataSign):
    """Predictions that do not depend on the inputs."""

    name = "behavior"
    description = "predictions that do not depend on the inputs"
    rank = 70
    follows = (
        *DATA,
        "nonfinite",
        "exploding",
        "large_updates",
        "dead_units",
        "saturation",
    )
