"""What is installed here, of what can change the last bits of a result."""

from __future__ import annotations

import platform
from importlib.metadata import version
from pathlib import Path

_CPU = Path("/proc/cpuinfo")


def versions() -> dict[str, str]:
    """Python, packages and kind of processor, by name."""
    packages = ("kgrad", "keras", "tensorflow", "numpy")
    return (
        {"python": platform.python_version()}
        | {package: version(package) for package in packages}
        | {"cpu": cpu()}
    )


def cpu() -> str:
    """The kind of processor: TensorFlow and XLA compute differently on each.

    On Linux vendor, family and model, "AuthenticAMD 25 17": what the names of
    virtual machines hide. Elsewhere what Python knows.
    """
    if not _CPU.exists():
        return platform.processor() or platform.machine()
    pairs = (line.partition(":") for line in _CPU.read_text().splitlines())
    known = {key.strip(): value.strip() for key, _, value in pairs}
    wanted = ("vendor_id", "cpu family", "model")
    return " ".join(known[k] for k in wanted if k in known) or (
        platform.machine()
    )
