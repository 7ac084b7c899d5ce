from __future__ import annotations

from dataclasses import dataclass

import pytest

from zoo.registry import Registry


@dataclass(frozen=True)
class Thing:
    name: str


def test_things_are_found_by_name_in_their_order() -> None:
    things = Registry("thing", Thing("b"), Thing("a"))
    assert things["a"] == Thing("a")
    assert things.names == ["b", "a"]
    assert list(things) == [Thing("b"), Thing("a")]


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    message = r"`thing` must be one of \['b'\]. Received: thing='c'"
    with pytest.raises(ValueError, match=message):
        Registry("thing", Thing("b"))["c"]


def test_two_things_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="different names"):
        Registry("thing", Thing("b"), Thing("b"))
