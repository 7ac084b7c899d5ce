"""What the package exports, and what it needs."""

from __future__ import annotations

import subprocess
import sys

import zoo

WITHOUT = """
import importlib.util as util
find = util.find_spec
util.find_spec = lambda name: None if name == "sklearn" else find(name)
import zoo
"""


def test_everything_that_is_exported_is_there() -> None:
    for name in zoo.__all__:
        assert getattr(zoo, name) is not None
    recipe = zoo.Recipe.of("parity", cell="gru", units=3)
    assert zoo.compiled(recipe).layers[0].units == 3
    assert zoo.TASKS["parity"] is zoo.task("parity")


def test_a_package_that_is_missing_is_named_with_the_command() -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT],
        capture_output=True,
        text=True,
        check=False,
    )
    *_, line = done.stderr.strip().splitlines()
    assert line == (
        "ImportError: The zoo needs the package 'sklearn', which is not "
        'installed: pip install "kgrad[zoo]"'
    )
