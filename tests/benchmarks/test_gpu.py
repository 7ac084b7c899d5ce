"""The script for a GPU, on the CPU, with what it finds made up or tiny."""

from __future__ import annotations

import io
import json
import time
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from kgrad.session.sample_schedule import LEAST
from tests.benchmarks import gpu
from tests.benchmarks.gpu import __main__ as script
from tests.benchmarks.gpu.agreement import Agreement, agreement_of
from tests.benchmarks.gpu.costs import Cost, cost_of
from tests.benchmarks.gpu.modes import MODES, TINY, Mode
from tests.benchmarks.gpu.running import (
    EXPECTED,
    Part,
    Results,
    content,
    parts,
    run,
)
from tests.benchmarks.gpu.tables import page, shown
from tests.benchmarks.gpu.told import Told, injected
from tests.docs.pages import DOCS
from zoo import schema

RIGHT = Told("a", "vanishing", "vanishing", True)
AGREES = Agreement("GRU mixed", False, 0.0, 0.0, 0.0, 1e-4, True, False)
COST = Cost("LSTM", True, 0.012345, (1.0, 1.1), (1.01, 1.02), 48.5, 1600)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now

    def part(self, seconds: float, title: str = "a") -> Part:
        def lasts() -> Told:
            self.now += seconds
            return RIGHT

        return Part("cases", title, lasts)


def test_parts_that_may_last_too_long_are_left_out_and_named() -> None:
    clock, results, written = Clock(), Results({}), list[str]()
    waiting = [clock.part(40, "a"), clock.part(5, "b"), clock.part(5, "c")]
    # After 45 s, c might take 60, as it is of the kind of a.
    run(waiting, results, 104, clock, lambda part: written.append(part.title))
    assert results.left_out == ["cases: c"]
    assert written == ["a", "b", "c"]
    assert results.seconds == clock.now == 45
    # Of whose kind none was run.
    run([clock.part(1, "d")], results, 44 + EXPECTED, clock)
    assert results.left_out == ["cases: c", "cases: d"]
    run(waiting, results, clock.now + 110, clock)
    assert results.left_out == ["cases: c", "cases: d"]


def test_a_part_that_raises_is_named_and_the_rest_is_run() -> None:
    def fails() -> Told:
        raise ValueError("no")

    clock, results = Clock(), Results({})
    run([Part("costs", "x", fails), clock.part(1)], results, 99, clock)
    assert results.failed == {"costs: x": "ValueError: no"}
    assert results.outcomes == {"cases": [RIGHT]}
    assert not results.passed
    assert not json.loads(schema.to_json(content(results)))["passed"]


@pytest.mark.parametrize(
    ("changed", "passed"),
    [
        ({}, True),
        ({"unsampled": 1e-9}, False),
        ({"unsampled": 1e-9, "again": 1e-8}, True),
        ({"sampled": 1e-3}, False),
        ({"sampled": 1e-3, "fused": True}, True),
        ({"sampled": 1e-3, "xla": True}, True),
        ({"sampled": 0.5, "fused": True}, False),
        ({"profile": 0.1}, False),
        ({"profile": 0.01}, True),
        ({"profile": 0.01, "mixed": False}, False),
    ],
)
def test_what_agrees_is_right(changed: dict[str, float], passed: bool) -> None:
    assert replace(AGREES, **changed).passed == passed  # type: ignore[arg-type]


def test_its_tables_fit_80_columns_with_every_number() -> None:
    results = Results(
        {"device": "a GPU"}, left_out=["costs: GRU", "costs: LSTM"]
    )
    results.outcomes = {
        "costs": [replace(COST, mode=mode.title) for mode in MODES],
        "agreement": [replace(AGREES, sampled=0.02)],
        "cases": [RIGHT, case_told()],
        "injections": [injection_told()],
    }
    paper = io.StringIO()
    console = Console(width=80, file=paper)
    for each in shown(results):
        console.print(each)
    text = paper.getvalue()
    assert max(map(len, text.splitlines())) <= 80
    for row in (case_told(), injection_told()):
        (line,) = (x for x in text.splitlines() if x.startswith(row.title))
        assert line.split()[-1] == "yes"
    assert "  large_updates, 2 more" in text
    for cell in ("12.3 ms", "1.015", "48.5", "1600", "cuDNN", "2e-02", "NO"):
        assert f" {cell}" in text, cell
        assert f" {cell} |" in page(results), cell
    assert "Left out, for lack of time: costs of GRU, LSTM." in text
    assert "NOT ALL IS RIGHT" in text


def case_told() -> Told:
    found = "slow_progress, large_updates, saturation"
    return Told("rate_too_large/lstm-adam", "large_updates", found, True)


def injection_told() -> Told:
    place = "simple_rnn_cell/kernel @ 14"
    return Told("SimpleRNN XLA, a weight", place, place, True)


def test_every_mode_is_timed_and_compared() -> None:
    kinds = [(part.kind, part.title) for part in parts(TINY)]
    for mode in MODES:
        assert {("costs", mode.title), ("agreement", mode.title)} <= {*kinds}
    assert len(set(kinds)) == len(kinds) == 2 * len(MODES) + 6


def test_it_writes_what_it_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    monkeypatch.setattr(script, "parts", lambda size: [clock.part(1)])
    # It counts from its import, which may be long ago here.
    monkeypatch.setattr(gpu, "BEGAN", time.perf_counter())
    written = tmp_path / "new" / "gpu.json"
    costs = tmp_path / "costs.md"
    costs.write_text((DOCS / "costs.md").read_text())
    arguments = ["gpu", "--json", str(written), "--write", str(costs)]
    monkeypatch.setattr("sys.argv", arguments)
    assert script.main() == 0
    found = json.loads(written.read_text())
    assert found["passed"]
    assert found["outcomes"]["cases"][0]["found"] == "vanishing"
    assert found["about"]["device"] in costs.read_text()
    monkeypatch.setattr(script, "parts", lambda size: [])
    assert script.main() == 1


@pytest.mark.full
def test_a_cost_has_all_its_numbers() -> None:
    cost = cost_of(Mode("LSTM"), TINY)
    assert not cost.fused
    assert len(cost.again) == len(cost.watched) == TINY.blocks
    assert min(cost.plain, *cost.again, *cost.watched, cost.sample) > 0
    assert cost.distance % LEAST == 0


@pytest.mark.full
@pytest.mark.parametrize(
    "mode",
    [Mode("LSTM"), Mode("GRU", mixed=True), Mode("SimpleRNN", xla=True)],
    ids=lambda mode: mode.title,
)
def test_on_a_cpu_they_agree(mode: Mode) -> None:
    agreed = agreement_of(mode, TINY)
    assert agreed.passed, agreed
    assert agreed.again == agreed.unsampled == 0


@pytest.mark.full
def test_a_nan_is_found() -> None:
    assert injected("LSTM").passed
