from __future__ import annotations

import numpy as np

from zoo.tasks.drawing import curve, over_time, picture


def test_a_picture_has_two_characters_a_pixel() -> None:
    image = np.array([[0, 0.25, 1], [1, 0, 0]])
    assert picture(image) == "  ░░██\n██"
    assert picture(image - 1, low=-1, high=0) == "  ░░██\n██"


def test_a_picture_shows_what_is_out_of_range_as_the_nearest() -> None:
    assert picture(np.array([[7, -3, 7]])) == "██  ██"


def test_a_curve_has_a_bar_a_number() -> None:
    assert curve(np.array([0, 0.5, 1, 9])) == "▁▅██"


def test_lines_over_time_are_folded_together() -> None:
    text = over_time({"seen": "abcde", "answer": "vwxyz"}, width=3)
    assert text == "seen    abc\nanswer  vwx\n\nseen    de\nanswer  yz"
