"""Files are data: nothing that can run what a file says is in the code."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted(
    [*(ROOT / "kgrad").rglob("*.py"), *(ROOT / "zoo").rglob("*.py")]
)

MODULES = {"pickle", "cPickle", "dill", "cloudpickle", "marshal", "shelve"}
CALLS = {"eval", "exec", "__import__"}
UNSAFE = {
    "yaml": {"load", "load_all", "unsafe_load", "full_load"},
    "joblib": {"load"},
    "os": {"system", "popen"},
    "tf.saved_model": {"load"},
}


def offences(source: str) -> Iterator[str]:
    """What in a source could run something that a file says."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [alias.name.partition(".")[0] for alias in node.names]
            yield from (f"imports {name}" for name in names if name in MODULES)
        if isinstance(node, ast.ImportFrom):
            name = (node.module or "").partition(".")[0]
            if name in MODULES:
                yield f"imports {name}"
        if isinstance(node, ast.Call):
            yield from _offences_of_call(node)


def _offences_of_call(node: ast.Call) -> Iterator[str]:
    called = ast.unparse(node.func)
    owner, _, name = called.rpartition(".")
    given = {k.arg: ast.unparse(k.value) for k in node.keywords}
    if called in CALLS or name in UNSAFE.get(owner, ()):
        yield f"calls {called}"
    if given.get("allow_pickle", "False") != "False":
        yield f"{called} may unpickle"
    if given.get("safe_mode", "True") != "True":
        yield f"{called} may run the model's code"
    if given.get("shell", "False") != "False":
        yield f"{called} runs a shell"
    if name == "load_model" and owner and "safe_mode" not in given:
        # Keras' default is safe, unless somebody switched it off.
        yield f"{called} without safe_mode=True"


@pytest.mark.parametrize(
    "source",
    [
        "import pickle",
        "from dill import load",
        "eval(text)",
        "yaml.load(file)",
        "np.load(file, allow_pickle=True)",
        "keras.saving.load_model(path, safe_mode=False)",
        "keras.saving.load_model(path)",
        "subprocess.run(text, shell=True)",
        "os.system(text)",
    ],
)
def test_an_offence_is_seen(source: str) -> None:
    assert list(offences(source))


@pytest.mark.parametrize(
    "source",
    [
        "yaml.safe_load(file)",
        "np.load(file, allow_pickle=False)",
        "json.loads(text)",
        "model.eval()",
    ],
)
def test_what_is_safe_is_no_offence(source: str) -> None:
    assert not list(offences(source))


@pytest.mark.parametrize(
    "path", SOURCES, ids=[str(p.relative_to(ROOT)) for p in SOURCES]
)
def test_no_file_can_make_the_code_run_anything(path: Path) -> None:
    assert not list(offences(path.read_text(encoding="utf-8")))
