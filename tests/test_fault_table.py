"""The table of faults is that of its results, and the results are kept."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.faults import loops, several
from tests.faults.__main__ import PAGE, RESULTS, in_order, table


def results() -> dict[str, dict[str, int]]:
    content: dict[str, dict[str, int]] = json.loads(RESULTS.read_text())
    return content


def test_the_table_is_made_from_the_results() -> None:
    assert PAGE.read_text() == table(results())


def test_every_promise_was_kept_every_time() -> None:
    """25 times and more, or 4 of what trains several times."""
    found = results()
    assert list(found) == [fault.name for fault in in_order()]
    for fault in in_order():
        is_long = fault.happen.__module__ in (loops.__name__, several.__name__)
        numbers = found[fault.name]
        least = 4 if is_long else 25
        assert numbers["kept"] == numbers["times"] >= least, fault.name


def test_faults_have_names_of_their_own() -> None:
    names = [fault.name for fault in in_order()]
    assert len(set(names)) == len(names) >= 20


ONCE = ("--first", "99", "--repetitions", "1")


@pytest.mark.full
def test_each_fault_once() -> None:
    """With another seed than those of the table."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults", *ONCE],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout
