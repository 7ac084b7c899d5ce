"""What stands below a notebook's cell while `fit` runs."""

from __future__ import annotations

import re
import sys
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from kgrad.reporters.notebook import NotebookReporter
from tests.reporters.made import CELL, finding, sample, snapshot


class Shown:
    """Takes the place of IPython; each output with all that it has shown."""

    def __init__(self) -> None:
        self.outputs: list[list[str]] = []

    def display(self, page: str, display_id: bool) -> Any:
        assert display_id
        output = [page]
        self.outputs.append(output)
        return type("Handle", (), {"update": lambda _, new: output.append(new)})


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> Shown:
    shown = Shown()
    module: Any = ModuleType("IPython.display")

    def display(page: str, display_id: bool) -> Any:
        return shown.display(page, display_id)()

    module.HTML, module.display = str, display
    package: Any = ModuleType("IPython")
    package.display = module
    monkeypatch.setitem(sys.modules, "IPython", package)
    monkeypatch.setitem(sys.modules, "IPython.display", module)
    return shown


def test_one_output_is_drawn_anew(shown: Shown) -> None:
    reporter = NotebookReporter()
    reporter.fit_begins(0)
    reporter.write(snapshot(samples=(sample(1),)), [])
    reporter.write(snapshot(9), [finding()])
    reporter.close([finding()])
    (pages,) = shown.outputs
    first, found, last = pages
    assert "no problem found in 8 steps so far" in first
    for name in ("loss: ", "largest gradient norm: ", "horizon, time steps: "):
        assert name in first
    assert "Step 3: Exploding at <code>lstm/kernel</code>" in found
    assert "1 finding in 16 steps</p>" in last


def test_it_is_drawn_at_most_once_a_second(shown: Shown) -> None:
    reporter = NotebookReporter()
    for i in range(20):
        reporter.write(snapshot(8 * i + 1), [])
    (pages,) = shown.outputs
    assert len(pages) <= 5


def test_each_fit_has_an_output_of_its_own(shown: Shown) -> None:
    reporter = NotebookReporter()
    for first in (1, 9):
        reporter.fit_begins(1)
        reporter.write(snapshot(first), [])
        reporter.close([])
    assert len(shown.outputs) == 2


def test_a_long_run_is_drawn_with_few_points(shown: Shown) -> None:
    reporter = NotebookReporter()
    for i in range(400):
        peak = {"gradient_norm": 100.0} if i == 123 else {}
        reporter.write(snapshot(64 * i + 1, 64, **peak), [])
    reporter.close([])
    page = shown.outputs[-1][-1]
    for line in re.findall(r'<path d="(M.*?)"', page):
        assert 100 <= line.count("h0") <= 401
    # The largest of each stretch is kept.
    assert re.search(r"largest gradient norm: \S+ to 224", page)


def test_what_is_not_finite_is_a_gap_with_a_mark(shown: Shown) -> None:
    loss = np.array([1.0, 2.0, np.nan, np.inf, 3.0, 2.0, 1.0, 1.0])
    reporter = NotebookReporter()
    reporter.write(snapshot(loss=loss), [])
    page = shown.outputs[-1][-1]
    line, marks = re.findall(r'<path d="(.*?)"', page)[:2]
    assert line.count("M") == 2
    assert marks.count("M") == 2
    reporter = NotebookReporter()
    reporter.write(snapshot(loss=np.full(8, np.nan)), [])
    assert "loss" not in shown.outputs[-1][-1]


def test_names_are_no_html(shown: Shown) -> None:
    name = f"{CELL}<script>"
    reporter = NotebookReporter()
    reporter.write(snapshot(), [finding(target=name)])
    assert "<script" not in shown.outputs[-1][-1]
