"""What signs read of a block is what NumPy says of its steps."""

from __future__ import annotations

import numpy as np
import pytest

from kgrad.records import Measure, Snapshot, Target
from kgrad.signs.blocks import Block, Blocks

TARGETS = tuple(Target(f"dense/{i}", "dense", "kernel") for i in range(4))
MEASURES = tuple(
    Measure(name, unit="", description="", combine="root_sum_square")
    for name in ("gradient_norm", "weight_norm", "update_norm")
)


def a_block(values: np.ndarray) -> Block:
    """The block of 32 steps, of which the last come with a second window."""
    blocks = Blocks()
    found = []
    for rows in (slice(0, 20), slice(20, 32)):
        part = values[rows].astype(np.float32)
        steps = np.arange(len(values))[rows] + 1
        found += blocks.push(
            Snapshot(
                steps=steps,
                targets=TARGETS,
                measures=MEASURES,
                values=part,
                loss=np.zeros(len(steps)),
                learning_rate=np.zeros(len(steps)),
                skipped=np.zeros(len(steps), np.bool_),
            )
        )
    (block,) = found
    return block


def values() -> np.ndarray:
    """`(32, targets, measures)`, with what is not finite among them."""
    drawn = np.random.default_rng(3).lognormal(size=(32, 4, 3))
    drawn[5, 1] = np.nan
    drawn[4:7, 2] = np.inf
    drawn[8:, 3] = np.inf
    drawn[9, :, 1] = 0.0
    return drawn


@pytest.mark.parametrize("statistic", [m.name for m in MEASURES])
def test_the_median_of_a_block_is_that_of_numpy(statistic: str) -> None:
    block = a_block(values())
    expected = np.median(block[statistic], axis=0)
    assert np.isnan(expected).any()
    np.testing.assert_array_equal(block.median(statistic), expected)


def test_what_moved_is_the_update_ratio_where_there_is_one() -> None:
    block = a_block(values())
    ratio = block["update_ratio"]
    assert (~np.isfinite(ratio)).any()
    expected = np.where(np.isfinite(ratio), ratio, 0.0)
    np.testing.assert_array_equal(block.moved, expected)
