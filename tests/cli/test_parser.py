"""What help texts show can be typed."""

import re
import shlex

import pytest

from kgrad.cli import parser

EXAMPLES = [
    line
    for text in (
        parser.EXAMPLES,
        parser.REPORT,
        parser.COMPARE,
        parser.EXPORT,
        parser.VIEW,
    )
    for line in text.splitlines()[1:]
]


@pytest.mark.parametrize("line", EXAMPLES)
def test_each_example_is_a_command(line: str) -> None:
    assert len(line) <= 80
    command = re.split(r"\s{2,}", line.strip())[0]
    program, *rest = shlex.split(command)
    assert program == "kgrad"
    options = parser._parser().parse_args(rest)
    assert options.call.__name__ == options.command


def test_help_fits_a_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    for command in ([], ["report"], ["compare"], ["export"], ["view"]):
        with pytest.raises(SystemExit):
            parser.main([*command, "--help"])
        out = capsys.readouterr().out
        assert "examples:" in out
        assert max(map(len, out.splitlines())) <= 80
