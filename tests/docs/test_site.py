"""The pages build without a warning, and work from disk, without network."""

from __future__ import annotations

import re
import resource
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import Page

import kgrad
from tests.docs.pages import DOCS, ROOT
from tests.tensorboard_tab.browser import chromium

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("site")]

SECONDS = 60
"""Longest time of the processor that it may take to build them."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built pages."""
    folder = tmp_path_factory.mktemp("site")
    command = ["-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html"]
    trees = ["-d", str(folder / "trees")]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, *command, *trees, str(DOCS), str(folder / "html")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime - before.ru_utime < SECONDS
    return folder / "html"


class Links(HTMLParser):
    """What a page refers to, and the places in it."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.places: set[str] = set()
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(
        self, tag: str, attrs: list[tuple[str, str | None]]
    ) -> None:
        given = {name: value or "" for name, value in attrs}
        self.places.add(given.get("id", ""))
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        for name in ("src", "href"):
            if tag in ("img", "script", "link") and name in given:
                self.loaded.append(given[name])


def test_every_link_leads_somewhere(site: Path) -> None:
    pages = {page: Links(page) for page in site.rglob("*.html")}
    assert len(pages) > 35
    for page, found in pages.items():
        for link in (*found.links, *found.loaded):
            parts = urlsplit(link)
            if parts.scheme in ("http", "https"):
                assert link in found.links, f"{page.name} loads {link}"
                continue
            target = page
            if parts.path:
                target = (page.parent / unquote(parts.path)).resolve()
            assert target.is_file(), f"{page.name}: {link}"
            if parts.fragment and target in pages:
                places = pages[target].places
                assert parts.fragment in places, f"{page.name}: {link}"


def test_nothing_is_fetched_by_a_style(site: Path) -> None:
    for file in site.rglob("*.css"):
        assert not re.search(r"(url\(|@import)[\"' ]*https?:", file.read_text())


def test_every_public_name_is_in_the_reference(site: Path) -> None:
    from sphinx.util.inventory import InventoryFile

    with (site / "objects.inv").open("rb") as file:
        found = InventoryFile.load(file, "", lambda base, name: name)
    names = {name for of_kind in found.values() for name in of_kind}
    modules = {"actions", "figures", "reporters", "signs"}
    for name in set(kgrad.__all__) - modules:
        assert f"kgrad.{name}" in names, name
    for module in modules:
        for name in getattr(kgrad, module).__all__:
            assert {f"kgrad.{module}.{name}", f"kgrad.{name}"} & names, name


@pytest.fixture(scope="module")
def opened() -> Iterator[tuple[Page, list[str]]]:
    """A page of a browser, and what it complains about."""
    complaints: list[str] = []
    with chromium() as browser:
        page = browser.new_page()
        page.on(
            "console",
            lambda message: (
                message.type in ("error", "warning")
                and complaints.append(message.text)
            ),
        )
        page.on("requestfailed", lambda r: complaints.append(r.url))
        yield page, complaints


@pytest.mark.parametrize("width", [700, 1400])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_fit_the_window(
    width: int, scheme: str, site: Path, opened: tuple[Page, list[str]]
) -> None:
    page, complaints = opened
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.set_viewport_size({"width": width, "height": 900})
    for name in ("index", "start", "signs/vanishing", "zoo", "remedies"):
        page.goto((site / f"{name}.html").as_uri())
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, name
    assert not complaints


def test_the_search_works_from_disk(
    site: Path, opened: tuple[Page, list[str]]
) -> None:
    page, complaints = opened
    page.goto((site / "search.html").as_uri() + "?q=horizon")
    page.wait_for_selector("#search-results li")
    found = page.locator("#search-results li").all_inner_texts()
    assert any("Glossary" in text for text in found), found
    assert not complaints
