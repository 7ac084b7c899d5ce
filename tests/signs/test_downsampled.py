"""Few elements of many, evenly spread."""

from itertools import pairwise

from kgrad.signs.downsampled import Downsampled


def test_a_short_run_is_kept_whole() -> None:
    kept = Downsampled[int](8)
    for i in range(8):
        kept.append(i)
    assert kept == list(range(8))


def test_a_long_run_is_kept_evenly() -> None:
    kept = Downsampled[int](8)
    for i in range(10_000):
        kept.append(i)
        assert len(kept) <= 8
        assert len({b - a for a, b in pairwise(kept)}) <= 1
    assert kept[0] == 0
    assert kept[-1] > 10_000 * 3 / 4
