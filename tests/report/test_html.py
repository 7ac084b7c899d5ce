"""One file, no network, what was found first, and no text that is a script."""

import json
import re
from pathlib import Path

import numpy as np
import plotly.io
import pytest

from kgrad import cli, figures
from kgrad.figures.views import Plots, html_page, plots
from kgrad.storage.history import RunHistory
from tests.reporters import made
from tests.tensorboard_tab.browser import chromium
from tests.tensorboard_tab.runs import window, write

SCRIPT = "</script><script>document.title = 'hacked'</script>"


@pytest.fixture
def history(tmp_path: Path) -> RunHistory:
    write(tmp_path / "run", window(1), findings=[made.finding()])
    return RunHistory.load(tmp_path / "run")


def drawn(page: str) -> list[object]:
    texts = re.findall(r'<script type="application/json">(.*)</script>', page)
    return [plotly.io.from_json(text) for text in texts]


def test_it_holds_every_figure_of_the_run(history: RunHistory) -> None:
    states = [("sequential/lstm", "h"), ("sequential/lstm", "c")]
    expected = [
        figures.story(history),
        figures.data(history),
        figures.parameters(history),
        *(figures.time_map(history, *state) for state in states),
        *(figures.time_profiles(history, *state) for state in states),
        figures.horizon(history),
        figures.activity(history),
    ]
    page = html_page("run", history)
    assert drawn(page) == [
        plotly.io.from_json(figure.to_json()) for figure in expected
    ]
    assert page.count('<div class="figure">') == len(expected)


def test_what_was_found_comes_first_and_the_recipe_last(
    history: RunHistory,
) -> None:
    page = html_page("run", history, {"task": "adding"})
    order = [
        "The norm of <code>lstm/kernel</code> was 1234.5 at step 3.",
        "global_clipnorm=1.0",
        '<div class="figure">',
        "<dt>optimizer</dt><dd>SGD(learning_rate=0.1)</dd>",
        "&quot;task&quot;: &quot;adding&quot;",
    ]
    places = [page.index(text) for text in order]
    assert places == sorted(places)


def test_what_is_missing_or_damaged_is_said() -> None:
    page = html_page("run", RunHistory(damage=["<lost>"]))
    assert "Damaged, the rest is shown: &lt;lost&gt;" in page
    assert "No steps have been recorded yet" in page
    lost = window(loss=np.full(8, np.nan), gradient_norm=np.inf, samples=())
    page = html_page("run", RunHistory([lost]))
    assert "No step was sampled" in page
    assert len(drawn(page)) == 2


@pytest.mark.slow
def test_it_opens_from_disk_without_network_and_runs_nothing_of_a_file(
    tmp_path: Path,
) -> None:
    sample = made.sample(profiles=(made.profile(layer=SCRIPT),))
    finding = made.finding(
        SCRIPT, explanation=SCRIPT, target=SCRIPT, remedies=(made.REMEDY,)
    )
    run = tmp_path / "run"
    write(run, window(samples=(sample,)), findings=[finding])
    (run / "recipe.json").write_text(json.dumps({SCRIPT: SCRIPT}))
    file = tmp_path / "page.html"
    assert cli.main(["report", str(run), "--html", str(file)]) == 0
    assert file.stat().st_size < 6_000_000
    asked, complaints = [], []
    with chromium() as browser:
        page = browser.new_page(offline=True)
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(file.as_uri())
        page.locator(".figure .main-svg").first.wait_for()
        assert page.title() == "run – kgrad"
        count = page.locator(".figure").count()
        assert page.locator(".figure .gtitle").count() == count == 7
        shown = page.locator(".finding").first.inner_text()
        assert SCRIPT in shown
        assert SCRIPT in page.locator("pre").last.inner_text().replace(
            '\\"', '"'
        )
        for width in (1400, 700):
            page.set_viewport_size({"width": width, "height": 1000})
            page.wait_for_timeout(300)
            too_wide = page.evaluate(
                "document.documentElement.scrollWidth - window.innerWidth"
            )
            assert too_wide <= 0
    assert asked == [file.as_uri()]
    assert complaints == []


def test_a_script_that_is_put_in_does_not_run(history: RunHistory) -> None:
    page = html_page("run", history)
    policy = re.search(r'Content-Security-Policy" content="(.*?)"', page)
    assert policy is not None
    directives = dict(
        part.strip().split(" ", 1) for part in policy[1].split(";")
    )
    assert directives["default-src"] == "'none'"
    assert "unsafe" not in directives["script-src"]
    assert directives["script-src"].count("'sha256-") == 2


def test_the_command_says_what_it_cannot_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path / "run")
    (tmp_path / "run" / "recipe.json").write_text("{")
    file = str(tmp_path / "page.html")
    assert cli.main(["report", str(tmp_path / "no"), "--html", file]) == 2
    assert "there is no folder" in capsys.readouterr().err
    run = str(tmp_path / "run")
    assert cli.main(["report", run, "--html", str(tmp_path)]) == 2
    assert "cannot be written" in capsys.readouterr().err
    assert cli.main(["report", run, "--html", file]) == 0
    printed = capsys.readouterr()
    assert printed.out == f"{file}\n"
    assert "recipe.json cannot be read" in printed.err


def test_an_embedded_figure_fetches_nothing(
    history: RunHistory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("plotly.io.renderers.default", "plotly_mimetype")
    figures.embed()
    assert plotly.io.renderers.default == "plotly_mimetype+kgrad"
    figure = figures.story(history).to_dict()
    html = plotly.io.renderers["kgrad"].to_mimebundle(figure)["text/html"]
    assert "Plotly.newPlot(" in html
    assert not re.search(r"<script[^>]+src=", html)


def test_plots_show_themselves_in_a_notebook(
    history: RunHistory, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[object] = []
    every = plots(history)
    monkeypatch.setattr(
        type(every[0]), "show", lambda f, renderer: shown.append((f, renderer))
    )
    monkeypatch.setattr("plotly.io.renderers.default", "plotly_mimetype")
    every._ipython_display_()
    # The second part is what `nbconvert --to html` takes.
    renderer = "plotly_mimetype+kgrad"
    assert shown == [(figure, renderer) for figure in every]
    assert len(every) == 9
    assert isinstance(every[:2], Plots)
    assert repr(every[:1]) == "<Plots: Story of the run>"
    assert every[0] == figures.story(history)
    assert plots(history, dark=True)[0] == figures.story(history, dark=True)
