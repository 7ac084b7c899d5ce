"""Each sign fires where it must, and not on what only looks like it."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from kgrad import signs
from kgrad.records import GLOBAL, Finding, Snapshot, Steps
from kgrad.signs.wording import sentence
from tests.signs.cases import CASES
from tests.signs.cases.changes import Case
from tests.signs.runs import LEARNING, Data, run

pytestmark = pytest.mark.usefixtures("no_evidence")

ALL = [
    pytest.param(sign, case, id=f"{sign.name}: {case.name}")
    for sign, cases in CASES.items()
    for case in cases
]


def see(sign: type[signs.Sign], case: Case) -> list[Finding]:
    return signs.diagnose(case.snapshots, [sign()])


@pytest.mark.parametrize(("sign", "case"), ALL)
def test_a_sign_is_seen_where_it_is(sign: type[signs.Sign], case: Case) -> None:
    found = see(sign, case)
    assert [f.target for f in found] == ([case.target] if case.target else [])
    if not found:
        return
    (finding,) = found
    assert finding.sign == sign.name
    assert finding.rule == (case.rule or sign.rule or sign.name)
    assert finding.first_step == case.first
    assert finding.first_step <= finding.last_step <= 640
    assert case.remedy in finding.remedies[0].code
    assert not re.search(r"\bnan\b", finding.explanation)


def test_every_sign_has_cases_on_both_sides() -> None:
    assert set(CASES) == {type(sign) for sign in signs.default()}
    for cases in CASES.values():
        assert any(case.target for case in cases)
        assert sum(not case.target for case in cases) >= 4


def test_a_healthy_run_shows_no_sign() -> None:
    assert signs.diagnose(run(metric=LEARNING)) == []


@pytest.mark.parametrize(("sign", "case"), ALL)
def test_how_steps_are_cut_into_windows_does_not_matter(
    sign: type[signs.Sign], case: Case
) -> None:
    whole = see(sign, case)
    again = Case(case.name, [part for s in case.snapshots for part in cut(s)])
    assert see(sign, again) == whole


def cut(snapshot: Snapshot) -> Iterator[Snapshot]:
    """The same steps in pieces of five."""
    count = len(snapshot.steps)
    for start in range(0, count, 5):
        rows = slice(start, start + 5)
        last = start + 5 >= count
        steps = snapshot.steps[rows]
        yield replace(
            snapshot,
            steps=steps,
            values=snapshot.values[rows],
            loss=snapshot.loss[rows],
            learning_rate=snapshot.learning_rate[rows],
            skipped=snapshot.skipped[rows],
            epochs=snapshot.epochs if last else (),
            samples=of(snapshot.samples, steps),
            origins=of(snapshot.origins, steps),
            actions=of(snapshot.actions, steps),
        )


def of(records: tuple[Any, ...], steps: Steps) -> tuple[Any, ...]:
    """Those records that are of some steps."""
    return tuple(record for record in records if record.step in steps)


@pytest.mark.parametrize(("sign", "case"), ALL)
def test_the_evidence_of_a_finding_can_be_argued_with(
    sign: type[signs.Sign], case: Case
) -> None:
    for finding in see(sign, case):
        assert finding.explanation.endswith(".")
        assert finding.explanation.startswith(sentence(finding.clause))
        assert not re.search(r"\de\+0[0-3]\b", finding.explanation)
        # To stand within a sentence: no capital at its start, no full stop.
        assert not finding.clause[0].isupper()
        assert not finding.clause.endswith(".")
        assert ". " not in finding.clause
        assert finding.value == finding.value
        assert finding.limit >= 0
        assert finding.remedies
        for remedy in finding.remedies:
            compile(remedy.code, "remedy", "exec")
            assert remedy.name
            assert remedy.cures
            assert remedy.does_not_cure


LIMITS = [
    (kind, name)
    for kind in CASES
    for name in (getattr(kind.__init__, "__kwdefaults__", None) or {})
]


def test_a_limit_that_makes_no_sense_is_refused() -> None:
    assert len(LIMITS) > len(CASES)
    for kind, name in LIMITS:
        for value in (0, -1, float("nan"), "much"):
            with pytest.raises(
                ValueError, match=f"`{name}` must be.*Received: {name}="
            ):
                kind(**{name: value})


def test_every_rule_has_a_name_and_every_consequence_a_cause() -> None:
    rules = [kind.rule or kind.name for kind in signs.SIGNS]
    assert len(set(rules)) == len(rules)
    names = {kind.name for kind in signs.SIGNS}
    for kind in signs.SIGNS:
        assert {*kind.follows, *kind.follows_upstream} <= names
        # Of one sign, the first rule speaks for the others.
        first = signs.kind_of(kind.name)
        for attribute in ("rank", "is_symptom", "dated_by", "follows"):
            assert getattr(kind, attribute) == getattr(first, attribute)
    assert all(kind.__name__ in signs.__all__ for kind in signs.SIGNS)


class LossRises(signs.Sign):
    """A sign as a user writes it."""

    name = "loss_rises"
    description = "a loss above that of the first step"

    def __init__(self) -> None:
        self._last = (0, 0.0)

    def update(self, snapshot: Snapshot) -> None:
        self._last = int(snapshot.steps[-1]), float(snapshot.loss[-1])

    @property
    def findings(self) -> tuple[Finding, ...]:
        step, loss = self._last
        if self.state.progress.learned or loss < 2:
            return ()
        clause = f"the loss is {loss:.2f} at step {step}"
        return (self.finding(GLOBAL, (1, step), loss, 2, clause),)


def test_a_sign_of_the_users_own_reads_the_same_state() -> None:
    def rising(data: Data) -> None:
        data["loss"][:] = np.linspace(1.4, 3, len(data["loss"]))

    (finding,) = signs.diagnose(run(rising), [LossRises()])
    assert finding.explanation == "The loss is 3.00 at step 640."
    assert finding.rule == "loss_rises"
    both = [LossRises(), signs.SlowProgress()]
    assert len(signs.diagnose(run(rising), both)) == 2
    assert both[0].state is both[1].state
    assert signs.diagnose(run(rising, metric=LEARNING), [LossRises()]) == []


def test_what_was_not_measured_stops_only_the_signs_that_need_it() -> None:
    snapshots = [
        replace(s, measures=s.measures[:-1], values=s.values[:, :, :-1])
        for s in run()
    ]
    for kind in signs.SIGNS:
        if "nonfinite_count" in kind.needs:
            with pytest.raises(KeyError):
                signs.diagnose(snapshots, [kind()])
        else:
            assert signs.diagnose(snapshots, [kind()]) == signs.diagnose(
                run(), [kind()]
            )


def test_signs_need_no_tensorflow() -> None:
    code = "import sys, kgrad.signs; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert not {"tensorflow", "keras"} & set(done.stdout.split())


def test_what_two_rules_see_at_one_target_is_one_finding() -> None:
    early, late = (
        Finding("exploding", "net/rnn/kernel", step, 9, 1.0, 1.0, "")
        for step in (3, 5)
    )
    other = replace(late, target="net/out/kernel")
    assert signs.ranked([late, other, early]) == [early, other]
