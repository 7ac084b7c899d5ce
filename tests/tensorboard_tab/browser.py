"""TensorBoard as users start it, and the tab in a real browser."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import pytest
from playwright.sync_api import Browser, Locator, Page, sync_playwright

ROOT = Path(__file__).parent.parent.parent

SECONDS = 30_000
"""Longest wait for anything in the page, in milliseconds."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, without a window."""
    path = shutil.which("chromium")
    if path is None:
        pytest.fail("There is no chromium: `apt-get install chromium`.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox"]
        )
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def server(*command: str) -> Iterator[str]:
    """A Python program that prints the address that it serves; the address.

    Args:
        *command: What goes after `python`.
    """
    process = subprocess.Popen(
        [sys.executable, *command],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert process.stdout is not None
        said = []
        for line in process.stdout:
            said.append(line)
            words = [w for w in line.split() if w.startswith("http://local")]
            if words:
                yield words[0]
                break
        else:
            pytest.fail(f"It did not start: {''.join(said)}")
    finally:
        process.terminate()
        process.communicate(timeout=20)


class Tab:
    """The tab in a page of the browser, and what the page complained of.

    Args:
        page: An empty page.
        address: Of TensorBoard.
    """

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self._address = address.partition("#")[0]
        self.complaints: list[str] = []
        page.set_default_timeout(SECONDS)
        page.on("pageerror", lambda e: self.complaints.append(str(e)))
        page.on("dialog", self._dialog)
        page.on("console", self._console)
        self.frame = page.frame_locator("iframe[src*='name=gradients']")

    def _dialog(self, dialog: Any) -> None:
        self.complaints.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _console(self, message: Any) -> None:
        if message.type == "error":
            self.complaints.append(message.text)

    def link(self, view: str = "story", **choices: str) -> str:
        """A link with these choices."""
        chosen = {"view": view, **choices}
        fragment = "&".join(
            f"p.gradients.{name}={quote(value, safe='')}"
            for name, value in chosen.items()
        )
        return f"{self._address}#gradients&{fragment}"

    def open(self, view: str = "story", **choices: str) -> Tab:
        """Opens a link with these choices."""
        self.page.goto("about:blank")
        self.page.goto(self.link(view, **choices))
        return self.settled()

    def in_address(self, name: str) -> str:
        """What the address says of a choice, `""` if it does not."""
        for part in self.page.url.partition("#")[2].split("&"):
            key, _, value = part.partition("=")
            if unquote(key) == f"p.gradients.{name}":
                return unquote(value)
        return ""

    def settled(self) -> Tab:
        """Waits until what is chosen is shown."""
        self.frame.locator("body[aria-busy='false']").wait_for()
        return self

    def find(self, selector: str) -> Locator:
        return self.frame.locator(selector)

    def view(self, name: str) -> Tab:
        self.find(f"#view-{name}").click()
        return self.settled()

    def choose(self, what: str, label: str) -> Tab:
        self.find(f"#{what}").select_option(label=label)
        return self.settled()

    def status(self) -> str:
        return self.find("#status").inner_text()

    def title(self) -> str:
        return self.find("#figure .gtitle").text_content() or ""

    def run(self, script: str, *arguments: Any) -> Any:
        """What a function of JavaScript returns inside the tab."""
        element = self.find("body").element_handle()
        return element.evaluate(
            f"(body, given) => ({script})(...given)", list(arguments)
        )
