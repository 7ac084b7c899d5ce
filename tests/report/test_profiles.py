"""How far a gradient reaches, and when a profile does not say so."""

import math

import numpy as np
import pytest

from kgrad.records import Sample
from kgrad.report.profiles import (
    first_of_memory,
    horizon_text,
    measures_memory,
)
from tests.reporters.made import profile, sample


def test_the_numbers_are_those_of_the_profile() -> None:
    found = profile(decay=0.5)
    # Four steps back, half a decade each, are exactly 1 %.
    assert found.horizon == 4
    assert found.decay == pytest.approx(0.5)
    assert found.ratio == pytest.approx(10**-3.5)
    assert found.growth == 1


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_nothing_is_known_of_a_gradient_that_is_not_finite(bad: float) -> None:
    norm = np.ones(8)
    norm[3] = bad
    found = profile(norm=norm)
    numbers = (found.horizon, found.decay, found.ratio, found.growth)
    assert all(map(math.isnan, numbers))
    assert horizon_text(found) == "-"


def test_a_horizon_is_told_with_the_length() -> None:
    assert horizon_text(profile()) == "4 of 8"
    assert horizon_text(profile(norm=np.zeros(8))) == "0 of 8"
    assert horizon_text(profile(stride=2)) == "8 of ~16"


def test_a_loss_at_every_step_hides_memory_and_a_layer_above_does_not() -> None:
    low = profile(layer="sequential/low", fresh=True)
    stack = Sample(1, (low, profile(layer="sequential/high")))
    assert measures_memory(low, stack)
    every_step = Sample(1, (low, profile(layer="m/high", fresh=True)))
    assert not measures_memory(low, every_step)


def test_an_encoder_shows_memory_and_the_decoder_does_not() -> None:
    encoder = profile(layer="m/encoder")
    decoder = profile(layer="m/decoder", fresh=True)
    seen = Sample(1, (encoder, decoder))
    assert measures_memory(encoder, seen)
    assert not measures_memory(decoder, seen)
    assert first_of_memory([seen]) is encoder


def test_the_first_profile_is_that_of_the_last_sample_that_has_any() -> None:
    samples = [sample(1), sample(51), sample(101, profiles=())]
    found = first_of_memory(samples)
    assert found is samples[1].profiles[0]
    assert first_of_memory([]) is None
    assert first_of_memory([sample(profiles=(profile(fresh=True),))]) is None
