"""Findings come and go; the records tell a reader of both."""

from __future__ import annotations

from collections.abc import Sequence

from kgrad.codec import Decoder, Encoder
from kgrad.records import Finding

SLOW = Finding("slow_progress", "global", 1, 64, 0.0, 0.1, "It guesses.")
LOUD = Finding("exploding", "rnn/kernel", 9, 9, 50.0, 10.0, "It exploded.")


def read_back(*told: Sequence[Finding]) -> tuple[Finding, ...]:
    encoder, decoder = Encoder(), Decoder()
    for findings in told:
        for content, arrays in encoder.findings(findings):
            decoder.add(content, arrays)
    return decoder.findings


def test_a_finding_that_no_longer_holds_is_gone() -> None:
    assert read_back([SLOW, LOUD], [LOUD]) == (LOUD,)


def test_a_finding_that_comes_again_is_there_again() -> None:
    assert read_back([SLOW], [], [SLOW]) == (SLOW,)


def test_a_finding_that_has_not_changed_is_written_once() -> None:
    encoder = Encoder()
    assert len(list(encoder.findings([SLOW]))) == 1
    assert list(encoder.findings([SLOW])) == []
