"""What README and docs/ say in numbers and names is what the code says."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path

import kgrad
import zoo.cli
from kgrad import signs
from tests.docs.pages import DOCS, PAGES, README, ROOT, page, rows_of
from zoo.results.text import short


def test_the_readme_fits_a_few_screens() -> None:
    assert len(README.text.splitlines()) <= 150


def test_it_lists_every_sign_and_each_has_a_page() -> None:
    names = {kind.name for kind in signs.SIGNS}
    assert {linked(row[0]) for row in README.table("The signs")} == names
    pages = {file.stem for file in (DOCS / "signs").glob("*.md")}
    assert pages == names | {"index"}


def linked(cell: str) -> str:
    (name,) = re.findall(r"\[`(\w+)`\]\(docs/signs/\1\.md\)", cell)
    return str(name)


def test_every_page_of_a_sign_has_all_parts() -> None:
    for name in {kind.name for kind in signs.SIGNS}:
        text = page(f"docs/signs/{name}.md").text
        for made in ("run-of", "rules-of", "remedies-of"):
            assert f"```{{{made}}} {name}\n```" in text, name
        assert f"](../pictures/sign-{name}.png)" in text


def test_what_the_readme_says_of_scores_is_in_the_table() -> None:
    (kgrad,) = (r for r in rows_of(page("docs/clinic.md").text) if ours(r))
    *_, scored, alarmed = kgrad
    said = " ".join(README.text.split())
    assert f"{of(scored)} are told right" in said, scored
    assert f"{of(alarmed)} are alarmed" in said, alarmed


def of(share: str) -> str:
    return share.replace("/", " of ")


def ours(row: list[str]) -> bool:
    return row[0] == "kgrad" and "/" in row[-1]


def test_what_the_readme_says_of_mutants_is_in_the_table() -> None:
    text = page("docs/mutants.md").text
    kgrad = next(row for row in rows_of(text) if row[0] == "kgrad")
    _, _, _, _, found, _, alarmed, _ = (cell.split()[0] for cell in kgrad)
    (counted,) = re.findall(r"- scored: .*; (\d+) ill, (\d+) healthy", text)
    said = re.findall(
        r"(\w+) of (\d+) ill ones are found, and (\w+) of (\d+) healthy ones "
        "alarmed",
        " ".join(README.text.split()),
    )
    ((some, ill, few, healthy),) = said
    assert (ill, healthy) == counted
    assert share(some, ill) == found
    assert share(few, healthy) == alarmed


def share(some: str, of: str) -> str:
    return f"{(0 if some == 'none' else int(some)) / int(of):.2f}"


def test_what_the_readme_says_of_costs_is_in_the_table() -> None:
    rows = rows_of(page("docs/costs.md").text)
    (kgrad,) = (row for row in rows if row[0] == "**kgrad**")
    large, small = (cell.split()[0] for cell in kgrad[1:])
    said = " ".join(README.text.split())
    assert f"{large} times as long on two LSTM(128), {small} on" in said


def test_the_results_are_those_of_the_presets(tmp_path: Path) -> None:
    shown = page("docs/zoo.md").text
    copied = tmp_path / "zoo.md"
    copied.write_text(shown, encoding="utf-8")
    assert zoo.cli.main(["results", "--write", str(copied)]) == 0
    assert copied.read_text(encoding="utf-8") == shown


def test_the_versions_run_are_those_pinned() -> None:
    pinned = dict(
        line.split("==")
        for line in (ROOT / "constraints.txt").read_text().splitlines()
    )
    rows = page("docs/measured.md").table("Versions run")
    assert [pinned["tensorflow"], pinned["keras"]] in [r[1:3] for r in rows]


def test_the_version_to_be_cited_is_this_one() -> None:
    cited = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"\nversion: {kgrad.__version__}\n" in cited


def test_every_file_that_is_linked_or_shown_is_there() -> None:
    count = 0
    for shown in PAGES:
        text = re.sub(r"^```.*?^```$", "", shown.text, flags=re.M | re.S)
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", text):
            file = shown.file.parent / target
            assert file.is_file(), f"{shown.name}: {target}"
            count += 1
    assert count > 100


def test_the_pictures_of_the_demo_are_of_the_same_runs() -> None:
    """Those of the tab are of the runs whose numbers are in the table."""
    pictures = DOCS / "pictures"
    table = html.unescape((pictures / "demo.svg").read_text(encoding="utf-8"))
    rows = re.findall(r"<text[^>]*>(.*?)</text>", table)
    shown = " ".join(" ".join(rows).split())
    for name, told in json.loads((pictures / "demo.json").read_text()).items():
        _, row = shown.split(f"{name.split('/')[1]} ", 1)
        row = re.split(r" (?:simple_rnn|lstm|gru)-", row)[0]
        assert row.startswith(short(told["metric"])), name
        assert set(re.findall(r"(\w+)(?: in \S+)? from step (\d+)", row)) == {
            (sign, str(step)) for sign, step in told["signs"].items()
        }


def test_pages_of_notebooks_have_their_code() -> None:
    files = list((ROOT / "examples").glob("*.ipynb"))
    assert len(files) >= 3
    for file in files:
        cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
        code = [
            "".join(cell["source"]).strip() + "\n"
            for cell in cells
            if cell["cell_type"] == "code"
        ]
        shown = page(f"docs/notebooks/{file.stem}.md").blocks
        assert [b.text for b in shown if b.language == "py"] == code, file


def test_pictures_of_signs_are_small_and_quoted() -> None:
    told = json.loads((DOCS / "pictures" / "runs.json").read_text())
    files = {f.stem for f in (DOCS / "pictures").glob("sign-*.png")}
    assert files == {f"sign-{name}" for name in told}
    for name in files:
        size = (DOCS / "pictures" / f"{name}.png").stat().st_size
        assert 2_000 < size < 150_000, name
