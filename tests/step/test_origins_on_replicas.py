"""Of two replicas, too, the sample is told by its place in the whole batch."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.step import two_devices
from tests.step.origins_on_replicas import BAD, BATCH, CASES, STAGES

pytestmark = [
    pytest.mark.full,
    pytest.mark.xdist_group("origins on replicas"),
]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("origins")
    module = "tests.step.origins_on_replicas"
    return two_devices.results(module, folder, [*CASES])


@pytest.mark.parametrize("name", CASES)
def test_step_tensor_and_place_are_exact(name: str, trained: Any) -> None:
    found, case = trained(name), CASES[name]
    assert int(found["step"]) == BAD + 1
    assert STAGES[int(found["stage"])] == case.what
    assert tuple(found["index"]) == case.place
    if case.what == "target":
        assert int(found["label_maximum"]) == 9


def test_the_data_are_those_of_the_first_replica(trained: Any) -> None:
    found = trained("input of the second")
    assert tuple(found["data_shape"]) == (BATCH // 2, 3, 4)
    assert int(found["data_step"]) == 1
    assert np.isfinite(found["data_loss"])
