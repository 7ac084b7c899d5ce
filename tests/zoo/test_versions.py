from __future__ import annotations

import platform
from pathlib import Path

import pytest

from zoo import versions


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "processor\t: 0\nvendor_id\t: GenuineIntel\ncpu family\t: 6\n"
            "model\t\t: 143\nmodel name\t: Xeon: gold\n\nprocessor\t: 1\n",
            "GenuineIntel 6 143",
        ),
        ("processor\t: 0\nBogoMIPS\t: 50\n", platform.machine()),
    ],
)
def test_the_kind_of_processor_comes_from_linux(
    text: str,
    expected: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = tmp_path / "cpuinfo"
    file.write_text(text)
    monkeypatch.setattr(versions, "_CPU", file)
    assert versions.cpu() == expected


def test_elsewhere_it_is_what_python_knows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(versions, "_CPU", tmp_path / "none")
    assert versions.cpu() in (platform.processor(), platform.machine())
