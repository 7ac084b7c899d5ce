"""The report of a run: all that a page, a console or a tab says of it.

It is plain text and numbers, fit for JSON by `dataclasses.asdict`, and text
from files as the files have it: whatever shows it has to escape it. Names in
sentences stand between backticks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kgrad.diagnosis import Diagnosis
from kgrad.records import Finding, Remedy
from kgrad.records.numbers import number
from kgrad.remedies import evidence
from kgrad.remedies.on_tasks import on_task
from kgrad.report.actions import ActionSummary
from kgrad.report.facts import Fact, facts, missing
from kgrad.report.labels import run_labels, shortened
from kgrad.report.pictures import Picture, Pictures
from kgrad.report.table import Table
from kgrad.report.tables import run_tables
from kgrad.signs.wording import sentence
from kgrad.storage.history import RunHistory

CHANGES = 3
"""How many changes are suggested for each diagnosis."""


@dataclass(frozen=True)
class ReportedFinding:
    """A finding, as it is shown; the picture is the curve that shows it."""

    sign: str
    target: str
    first_step: int
    steps: str
    explanation: str
    value: str
    limit: str
    picture: Picture | None = None

    @property
    def measured(self) -> str:
        """`"Measured 12.3, limit 10."`."""
        return measured(self.value, self.limit)


@dataclass(frozen=True)
class Change:
    """What to change, against which signs, and what that did in the clinic."""

    name: str
    signs: tuple[str, ...]
    code: str
    effect: str
    expectation: str


@dataclass(frozen=True)
class ReportedDiagnosis:
    """A diagnosis, as it is shown: a sentence, the evidence, what to change."""

    sentence: str
    findings: tuple[ReportedFinding, ...]
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Report:
    """A run in words and numbers, each sentence plain text."""

    name: str
    headline: str
    facts: tuple[Fact, ...] = ()
    damage: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    diagnoses: tuple[ReportedDiagnosis, ...] = ()
    notes: tuple[str, ...] = ()
    curves: tuple[Picture, ...] = ()
    tables: tuple[Table, ...] = ()

    @classmethod
    def of(
        cls, name: str, history: RunHistory, *, numbers: bool = True
    ) -> Report:
        """The report of a run.

        Curves and tables read every step of every target: seconds for a million
        steps, which it takes only if asked for `numbers`.
        """
        labels = run_labels(history)
        pictures = Pictures(history, labels)
        return cls(
            name=name,
            headline=sentence(headline(history.diagnoses, len(history.steps))),
            notes=notes(history.findings, labels),
            facts=tuple(facts(history)),
            damage=history.damage,
            missing=missing(history),
            actions=tuple(ActionSummary(history.actions).lines(labels)),
            diagnoses=reported(
                history.diagnoses, labels, pictures, history.setup.hparams
            ),
            curves=pictures.curves() if numbers else (),
            tables=tuple(run_tables(history, labels, pictures))
            if numbers
            else (),
        )


def headline(diagnoses: Iterable[Diagnosis], steps: int) -> str:
    """`"2 diagnoses, 5 findings in 640 steps"`."""
    found = [len(diagnosis.findings) for diagnosis in diagnoses]
    if not found and not steps:
        return "nothing was measured: no step was seen"
    seen = "no problem found"
    if found:
        seen = f"{sum(found)} finding{'s' * (sum(found) != 1)}"
    if sum(found) > 1:
        noun = "diagnosis" if len(found) == 1 else "diagnoses"
        seen = f"{len(found)} {noun}, {seen}"
    return f"{seen} in {steps:,} step{'s' * (steps != 1)}"


def reported(
    diagnoses: Iterable[Diagnosis],
    labels: Mapping[str, str],
    pictures: Pictures | None = None,
    hparams: Mapping[str, object] | None = None,
) -> tuple[ReportedDiagnosis, ...]:
    """Diagnoses as they are shown, with curves where the history is at hand."""
    return tuple(
        ReportedDiagnosis(
            shortened(diagnosis.sentence, labels),
            tuple(_finding(f, labels, pictures) for f in diagnosis.findings),
            _changes(diagnosis, hparams or {}),
        )
        for diagnosis in diagnoses
    )


def notes(
    findings: Iterable[Finding], labels: Mapping[str, str]
) -> tuple[str, ...]:
    """What is no problem and yet worth knowing, a text each."""
    return tuple(
        f"Note, no problem: {shortened(finding.explanation, labels)}"
        for finding in findings
        if finding.is_note
    )


def effect(remedy: Remedy) -> str:
    """What a remedy does, and what it leaves as it is, in two sentences."""
    does, does_not = (
        text.strip().rstrip(".")
        for text in (remedy.cures, remedy.does_not_cure)
    )
    text = sentence(does)
    return f"{text} Does not cure: {does_not}." if does_not else text


def span(finding: Finding) -> str:
    """The steps of a finding: `"step 7"` or `"steps 7 to 900"`."""
    if finding.first_step == finding.last_step:
        return f"step {finding.first_step}"
    return f"steps {finding.first_step} to {finding.last_step}"


def measured(value: str, limit: str) -> str:
    """`"Measured 12.3, limit 10."`."""
    return f"Measured {value}, limit {limit}."


def _finding(
    finding: Finding, labels: Mapping[str, str], pictures: Pictures | None
) -> ReportedFinding:
    return ReportedFinding(
        finding.sign,
        labels.get(finding.target, finding.target),
        finding.first_step,
        span(finding),
        shortened(finding.explanation, labels),
        number(finding.value),
        number(finding.limit),
        pictures.of(finding) if pictures else None,
    )


def _changes(
    diagnosis: Diagnosis, hparams: Mapping[str, object]
) -> tuple[Change, ...]:
    clinic, of_task = evidence.load(), on_task(hparams)
    found = []
    for remedy in diagnosis.remedies[:CHANGES]:
        signs = diagnosis.signs_against(remedy)
        tried = (x for x in signs if evidence.total(x, remedy.id, clinic))
        sign = next(tried, signs[0])
        found.append(
            Change(
                remedy.name,
                signs,
                remedy.code.strip(),
                effect(remedy),
                evidence.expectation(sign, remedy.id, clinic, of_task),
            )
        )
    return tuple(found)
