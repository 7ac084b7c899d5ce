"""Tests of a group share a process, and what they train."""

import pytest


@pytest.mark.xdist_group("together")
def test_a_group_is_kept_together(request: pytest.FixtureRequest) -> None:
    """With pytest 9.2, pytest-xdist 3.8 spreads it without a word."""
    grouped = request.config.getoption("loadgroup", False)
    assert request.node.nodeid.endswith("@together") == grouped
