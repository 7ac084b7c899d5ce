"""What may be withdrawn says so while training is under way."""

from __future__ import annotations

from dataclasses import replace

from kgrad.records import Finding
from kgrad.signs.base import Sign
from kgrad.signs.metric import GUESSING, Progress
from kgrad.signs.wording import SO_FAR, sentence


def so_far(sign: Sign) -> tuple[Finding, ...]:
    """What a sign finds, and of each problem how things stand so far.

    A problem of a model that learns all the same is withdrawn. As long as
    planned epochs are to come, a sentence about it must not sound as if it
    were the end. What holds for good is told as it is, and so are notes.
    """
    found, progress = sign.findings, sign.state.progress
    if not progress.is_under_way:
        return found
    return tuple(
        finding
        if finding.is_note or sign.is_final(finding) or _says_so(finding)
        else _told(finding, _outlook(progress))
        for finding in found
    )


def _says_so(finding: Finding) -> bool:
    return "so far" in finding.clause or not finding.clause


def _told(finding: Finding, outlook: str) -> Finding:
    clause = f"{finding.clause}{SO_FAR}{outlook}"
    details = finding.explanation.removeprefix(sentence(finding.clause))
    explanation = sentence(clause) + details
    return replace(finding, clause=clause, explanation=explanation)


def _outlook(progress: Progress) -> str:
    """How far the model has come, as the rest of a sentence."""
    if progress.solved:
        return "no epoch has shown that it does no harm"
    if progress.learned:
        return "the model does not solve its task"
    if progress.now >= GUESSING:
        return "it is not certain that the model learns"
    return "the model has not learned"
