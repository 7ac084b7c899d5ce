"""Text from files: shown as it is, and short enough."""

import html
from collections.abc import Callable

import pytest

from kgrad.figures.text import code, escape, labels_of, shorten, wrap

HOSTILE = (
    "<script>alert(1)</script>",
    '<a href="javascript:alert(1)">x</a>',
    "<b>bold</b>",
    "&lt;b&gt; &amp; &#36;",
    "$\\frac{1}{2}$",
    "%{x} of %{y:.2f}",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_escaped_reads_as_it_was(text: str) -> None:
    escaped = escape(text)
    assert not set("<>$%") & set(escaped)
    assert html.unescape(escaped) == text


def test_lines_and_broken_unicode_do_no_harm() -> None:
    assert escape("a\nb\tc") == "a b c"
    assert escape("half \ud800 pair") == "half ? pair"


@pytest.mark.parametrize("make", [wrap, code])
def test_lines_are_cut_before_they_are_escaped(
    make: Callable[[str, int], str],
) -> None:
    text = "x<y&z>0 $a$ " * 20
    lines = [html.unescape(x) for x in make(text, 17).split("<br>")]
    assert len(lines) > 10
    assert max(map(len, lines)) <= 17
    # Of an entity that is cut, a semicolon would be left.
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_program_text_keeps_its_lines_and_indents() -> None:
    assert code("f(\n    x < 1,\n)", 60) == "f(<br>    x &lt; 1,<br>)"
    assert code("a\n\nb", 60) == "a<br><br>b"


def test_a_long_name_keeps_its_ends() -> None:
    assert shorten("short", 5) == "short"
    short = shorten("encoder/lstm/recurrent_kernel[f]", 20)
    assert len(short) == 20
    assert short.startswith("encoder/l")
    assert short.endswith("kernel[f]")


def test_names_that_shorten_to_the_same_are_told_apart() -> None:
    names = ["aaaa-1-zzzz", "aaaa-2-zzzz", "<b>"]
    marks = labels_of(names, 9)
    assert len(set(marks)) == 3
    assert marks[2] == "&lt;b&gt;"
