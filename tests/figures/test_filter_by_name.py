"""Patterns for the names of layers: quick ones only."""

import pytest

from kgrad.figures.filter_by_name import Filter


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("LSTM|dense", "lstm_1"),
        ("^(lstm|gru)_[0-9]+$", "gru_12"),
        (r"\)*[+*{}]+", "a){+"),
        ("(.*)_?x{2}", "dense_xx"),
        ("", "anything"),
    ],
)
def test_a_pattern_is_looked_for_anywhere(pattern: str, name: str) -> None:
    found = Filter(pattern)
    assert found.passes(name)
    assert bool(found) == bool(pattern)
    assert not pattern or not found.passes("!")


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("(.+)+!", "a group must not be repeated"),
        ("(a|b){2}", "a group must not be repeated"),
        ("[)]*(a)*", "a group must not be repeated"),
        (".*.*.*.*.*!", "more than 4 of"),
        ("a" * 101, "longer than 100"),
        ("a{99999999999}", "too large"),
        ("[a", "unterminated"),
    ],
)
def test_what_may_take_minutes_is_refused(pattern: str, reason: str) -> None:
    with pytest.raises(ValueError, match="`layers` must be") as told:
        Filter(pattern)
    assert reason in str(told.value)
