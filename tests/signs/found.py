"""What signs and checks find in the cases that they are tested on."""

from __future__ import annotations

from collections.abc import Iterator

from kgrad import signs
from kgrad.records import Finding
from kgrad.signs.checks import CHECKS, BehaviorCheck
from tests.signs.cases import CASES
from tests.signs.checks.cases import MUST
from tests.signs.checks.test_behavior import MUST as MUST_OF_BEHAVIOR


def every_finding() -> Iterator[Finding]:
    """Of all signs, with their remedies as written, then of all checks."""
    for kind, cases in CASES.items():
        for case in cases:
            yield from signs.diagnose(case.snapshots, [kind()])
    for name in (check.name for check in CHECKS):
        yield from of_check(name)


def of_check(name: str) -> Iterator[Finding]:
    """What one check tells of the cases in which it must tell something."""
    (kind,) = (check for check in CHECKS if check.name == name)
    for case in MUST.get(name, ()):
        yield from kind().judge(*case)
    if issubclass(kind, BehaviorCheck):
        for judged, behavior, _ in MUST_OF_BEHAVIOR[name]:
            yield from kind().judge_behavior(*judged, behavior)
