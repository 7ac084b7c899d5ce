"""What signs in the data say of one and the same place, and of when."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from kgrad import signs
from kgrad.records import Finding
from tests.signs.cases.fed import (
    bad_input,
    bad_label,
    classifier,
    fed,
    skipped,
    skips,
)
from tests.signs.checks.made import LABELS, WITH_NAN, X
from tests.signs.runs import LEARNING

pytestmark = pytest.mark.usefixtures("no_evidence")

USUAL, LOST = classifier(), classifier(x=WITH_NAN)


def found(sign: type[signs.Sign], *phases: Any, **arguments: Any) -> Finding:
    (finding,) = signs.diagnose(fed(*phases, **arguments), [sign()])
    return finding


@pytest.mark.parametrize("chunk", [8, 64])
def test_the_first_entry_that_is_no_number_is_the_one_told(chunk: int) -> None:
    origins = [
        bad_input(300),
        bad_input(310, index=(1, 0), kind="infinite", count=9),
    ]
    finding = found(signs.Inputs, USUAL, origins=origins, chunk=chunk)
    assert (finding.first_step, finding.last_step) == (300, 310)
    assert finding.value == 3
    assert finding.clause == (
        "`x` holds NaN in step 300, first in sample 5 of the batch, feature 2"
    )
    assert finding.explanation.endswith(
        "Entries that are not finite: 3, the first at [5, 2]."
    )


@pytest.mark.parametrize(
    ("changes", "where", "what"),
    [
        (
            {"stage": "target", "index": (4,), "kind": "infinite"},
            "y",
            "`y` holds infinity in step 7, first in sample 4 of the batch",
        ),
        (
            {"stage": "sample_weight", "name": "out", "index": (0,)},
            'sample_weight["out"]',
            '`sample_weight["out"]` holds NaN in step 7, first in sample 0 '
            "of the batch",
        ),
        (
            {"stage": "sample_weight", "index": (2, 3)},
            "sample_weight",
            "`sample_weight` holds NaN in step 7, first in sample 2 of the "
            "batch",
        ),
        (
            {"index": (1, 8, 0)},
            "x",
            "`x` holds NaN in step 7, first in sample 1 of the batch, feature "
            "0",
        ),
    ],
)
def test_the_place_is_named_as_the_user_does(
    changes: dict[str, Any], where: str, what: str
) -> None:
    finding = found(signs.Inputs, USUAL, origins=[bad_input(7, **changes)])
    assert (finding.target, finding.clause) == (where, what)


@pytest.mark.parametrize(
    ("low", "high", "value"), [(1, 5, 5), (-1, 4, -1), (-2, 9, 9)]
)
def test_the_label_that_has_no_output_is_the_value(
    low: int, high: int, value: int
) -> None:
    finding = found(signs.Labels, USUAL, origins=[bad_label(9, low, high)])
    assert (finding.value, finding.limit, finding.target) == (value, 4, "y")
    assert f"runs from {low} to {high} in step 9" in finding.clause
    assert finding.clause.endswith(
        "the first label without an output is in sample 5 of the batch"
    )
    assert finding.explanation.endswith(
        "Labels without an output: 4, the first at [5]."
    )


def test_of_two_things_at_one_place_the_graver_is_told() -> None:
    """NaN and a scale that is not that of a network."""
    both = classifier(x=np.where(np.isnan(WITH_NAN), np.nan, X * 0 + 7))
    finding = found(signs.Inputs, both)
    assert (finding.rule, finding.first_step) == ("nonfinite_data", 1)
    constant = found(signs.Inputs, classifier(x=X * 0 + 7))
    assert constant.rule == "constant_inputs"


def test_a_finding_ends_with_the_last_batch_that_shows_it() -> None:
    finding = found(signs.Inputs, USUAL, LOST, USUAL, starts=(1, 101, 301))
    assert (finding.first_step, finding.last_step) == (101, 251)


@pytest.mark.parametrize("chunk", [8, 64])
@pytest.mark.parametrize("action", [True, False])
def test_data_count_as_soon_as_too_many_steps_in_a_row_are_skipped(
    chunk: int, action: bool
) -> None:
    """Just when the loss of the run itself does: one illness."""
    for count in (19, 20):
        stop = 200 + count
        run = fed(
            USUAL,
            change=skipped(200, stop),
            # A skip before that ended well is none of it.
            origins=[bad_input(i) for i in (196, 200, 201)],
            actions=skips(200, stop) if action else (),
            chunk=chunk,
        )
        for snapshot in run:
            snapshot.skipped[snapshot.steps == 196] = True
        seen = signs.diagnose(run, [signs.Inputs(), signs.Nonfinite()])
        told = [(finding.sign, finding.first_step) for finding in seen]
        both = [("inputs", 200), ("nonfinite", 200)]
        assert told == (both if count == 20 else []), count


def test_a_batch_that_was_left_out_is_not_the_first() -> None:
    """But an overflow says nothing against its batch."""
    constant = classifier(x=np.ones_like(X))
    for action, told in ((True, 0), (False, 1)):
        run = fed(
            constant,
            USUAL,
            change=skipped(1, 2),
            actions=skips(1, 2) if action else (),
        )
        assert len(signs.diagnose(run, [signs.Inputs()])) == told


def test_labels_left_out_by_the_loss_scale_are_as_they_were() -> None:
    run = fed(
        USUAL,
        classifier(LABELS + 1),
        USUAL,
        starts=(1, 301, 351),
        change=skipped(301, 302),
    )
    (finding,) = signs.diagnose(run, [signs.Labels()])
    assert (finding.rule, finding.first_step) == ("label_range", 301)


def test_the_last_epoch_with_validation_is_told() -> None:
    nothing = [np.nan] * 7
    finding = found(
        signs.ValidationMismatch,
        USUAL,
        metric=LEARNING,
        more={"val_accuracy": [0.05, np.nan, 0.1, *nothing]},
    )
    assert "0.1 after 10 epochs, with `accuracy` at 0.9" in finding.clause
