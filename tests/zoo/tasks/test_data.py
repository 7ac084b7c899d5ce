from __future__ import annotations

from collections import Counter
from typing import get_args

import numpy as np
import pytest

from zoo.tasks.data import Data, Split, of_split, owner


def test_half_of_the_samples_are_for_training() -> None:
    rng = np.random.default_rng(0)
    owners = Counter(owner(rng.random(4)) for _ in range(4000))
    assert owners["train"] == pytest.approx(2000, abs=150)
    assert owners["validation"] == pytest.approx(1000, abs=150)
    assert owners["test"] == pytest.approx(1000, abs=150)


@pytest.mark.parametrize("split", get_args(Split))
def test_only_samples_of_the_split_are_kept_with_their_answers(
    split: Split,
) -> None:
    rng = np.random.default_rng(1)

    def draw(count: int) -> Data:
        x = rng.integers(0, 100, (count, 3))
        return x, x.sum(axis=1)

    x, y = of_split(split, 57, draw)
    assert len(x) == len(y) == 57
    assert {owner(sample) for sample in x} == {split}
    np.testing.assert_array_equal(x.sum(axis=1), y)
