from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest

import zoo
from zoo.runs.weights import compact


@pytest.mark.filterwarnings("ignore:__array__ implementation")
def test_the_same_weights_in_fewer_bytes_always_the_same_ones(
    tmp_path: Path,
) -> None:
    changes = {"cell": "lstm", "variant": "batchnorm", "units": 12}
    model = zoo.build("adding", **changes, length=20)
    before = model.get_weights()
    first, again = (tmp_path / f"{name}.weights.h5" for name in "ab")
    sizes = []
    for file in (first, again):
        model.save_weights(file)
        sizes.append(file.stat().st_size)
        compact(file)
        # HDF5 would write down the second in which a group was made.
        time.sleep(1.1)
    assert first.read_bytes() == again.read_bytes()
    assert first.stat().st_size < 0.8 * sizes[0]
    assert not list(tmp_path.glob("*.part"))
    other = zoo.build("adding", **changes, length=20, seed=1)
    other.load_weights(first)
    for a, b in zip(before, other.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
