"""The tab in a real browser, in a real TensorBoard, on runs really trained."""

from __future__ import annotations

import json
import math
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import pytest
from playwright.sync_api import Browser, BrowserContext, Route

from kgrad.records import DataSummary, Remedy, Target
from kgrad.storage.history import RunHistory
from tests.reporters import made
from tests.tensorboard_tab.browser import Tab, chromium, server
from tests.tensorboard_tab.runs import window, write
from zoo.recipe import Recipe
from zoo.training.train import train

pytestmark = [
    pytest.mark.xdist_group("chromium"),
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:__array__ implementation doesn't"),
]

VIEWS = (
    "story",
    "data",
    "parameters",
    "time_map",
    "time_profiles",
    "horizon",
    "activity",
    "compare",
)
RNN, LSTM = "temporal_order/simple_rnn-base", "temporal_order/lstm-base"
SCRIPT = "<script>alert(1)</script>"
IMAGE = '<img src=x onerror="alert(1)"> $\\alpha$ %{x} <b>bold'


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The log directory: two runs of the demo, and some that are ill."""
    folder = tmp_path_factory.mktemp("logs")
    for cell in ("simple_rnn", "lstm"):
        recipe = Recipe.of(
            "temporal_order", cell=cell, epochs=3, train_size=1280, units=8
        )
        train(recipe, folder)
    write(
        folder / "not_recurrent",
        window(samples=(), epochs=()),
    )
    write(folder / "ill", findings=[made.finding(), made.finding("vanishing")])
    write(folder / "damaged", window(1), window(9))
    path = folder / "damaged" / "gradients-0000.kgrad"
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    (folder / "no_run").mkdir()
    (folder / "no_run" / "gradients-0000.kgrad").write_bytes(b"something else")
    hostile(folder / SCRIPT)
    return folder


def hostile(folder: Path) -> None:
    """A run whose every text would like to be a script."""
    targets = tuple(
        Target(f"{IMAGE}/{t.role}{i}", IMAGE, SCRIPT, depth=0, size=i + 1)
        for i, t in enumerate(made.TARGETS[:5])
    )
    sample = made.sample(
        1,
        profiles=(made.profile(layer=IMAGE), made.profile(layer=SCRIPT)),
        activities=(made.Activity(IMAGE, made.ACTIVITY.values),),
        data=DataSummary(
            tuple(replace(t, name=IMAGE) for t in made.DATA.tensors)
        ),
    )
    write(
        folder,
        window(
            targets=(*targets, made.TARGETS[-1]),
            samples=(sample,),
            epochs=(made.epoch(0, 8, **{IMAGE: 1.0}),),
            setup=made.Setup(SCRIPT, {IMAGE: IMAGE}, hparams={"task": SCRIPT}),
        ),
        findings=[
            made.finding(
                SCRIPT,
                target=targets[0].name,
                explanation=f"`{IMAGE}` {SCRIPT}",
                remedies=(Remedy("id", IMAGE, SCRIPT, IMAGE, SCRIPT),),
            )
        ],
    )


@pytest.fixture(scope="module")
def address(logs: Path) -> Iterator[str]:
    arguments = ("--logdir", str(logs), "--port", "0")
    with server("-m", "tensorboard.main", *arguments) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def context(browser: Browser) -> Iterator[BrowserContext]:
    """One for all pages: TensorBoard's megabytes are loaded once."""
    context = browser.new_context(viewport={"width": 1400, "height": 1000})
    yield context
    context.close()


@pytest.fixture
def tab(context: BrowserContext, address: str) -> Iterator[Tab]:
    page = context.new_page()
    tab = Tab(page, address)
    yield tab
    page.close()
    assert not tab.complaints


def test_of_several_runs_the_tab_opens_on_a_list_with_the_ill_ones_first(
    tab: Tab, address: str
) -> None:
    tab.page.goto(address)
    tab.page.get_by_text("Gradients", exact=True).click()
    tab.settled()
    assert tab.find("nav [aria-selected='true']").inner_text() == "Runs"
    rows = tab.find("#table tbody tr").all_inner_texts()
    found = [row.split("\t")[1].strip() for row in rows]
    ill = [text not in NOT_ILL for text in found]
    assert ill == sorted(ill, reverse=True)
    assert ill[0]
    assert found[-1] == "no problem found"
    assert "something was found in" in tab.find("#table > p").inner_text()
    assert "above 1 % of its largest" in tab.find("#table dl").inner_text()
    tab.find("#table tr").filter(has_text="ill").last.click()
    tab.settled()
    assert tab.find("#run").input_value() == "ill"
    assert tab.title().startswith("Story of the run")


NOT_ILL = ("no problem found", "no step was measured")


def test_the_frame_is_there_before_plotly(tab: Tab) -> None:
    waiting: list[Route] = []
    tab.page.route("**/plotly.min.js", lambda route: waiting.append(route))
    tab.page.goto(tab.link(run="ill"))
    tab.find(".diagnosis h2").wait_for()
    assert tab.find("nav button").count() == len(VIEWS) + 2
    assert "8, from 1 to 8" in tab.find("#facts").inner_text()
    assert tab.find("#figure .gtitle").count() == 0
    assert tab.status() in ("", "Reading …")
    for route in waiting:
        route.continue_()
    assert tab.settled().title().startswith("Story of the run")


def test_that_nothing_was_found_is_said_once(tab: Tab) -> None:
    tab.open(run="not_recurrent")
    said = "No problem found in 8 steps"
    assert tab.find("body").inner_text().count(said) == 1
    color = "(e) => getComputedStyle(e).color"
    assert tab.find("#report summary").evaluate(color) == "rgb(0, 105, 77)"
    assert not tab.find("#report.flat #findings").inner_text()
    tab.open(run="no_run")
    measured = tab.find("#report summary")
    assert measured.inner_text().startswith("Nothing was measured")
    assert measured.evaluate(color) != "rgb(0, 105, 77)"


def test_words_of_the_trade_are_explained_where_they_stand(tab: Tab) -> None:
    tab.open(run="ill")
    tab.find(".change summary").click()
    marked = tab.find(".change abbr").first
    assert marked.inner_text() == "clinic"
    meaning = marked.get_attribute("title") or ""
    assert "whose problem is known" in meaning
    assert meaning in tab.find("#findings > dl").inner_text()
    for view in ("time_map", "time_profiles", "horizon"):
        tab.view(view)
        subtitle = tab.find("#figure .gtitle-subtitle").text_content() or ""
        assert "Horizon: how many time steps back" in subtitle, view


def test_what_was_found_comes_first_with_what_to_change(
    tab: Tab,
) -> None:
    tab.open(run="ill")
    assert tab.find(".diagnosis h2").all_text_contents() == [
        "Exploding at lstm/kernel since step 3; with it came vanishing (step "
        "3)."
    ]
    shown = tab.find(".finding h3").all_text_contents()
    assert shown == [
        "exploding lstm/kernel, steps 3 to 7",
        "vanishing lstm/kernel, steps 3 to 7",
    ]
    text = tab.find(".finding p").first.inner_text()
    assert text == (
        "The norm of lstm/kernel was 1234.5 at step 3. (Measured 1230, "
        "limit 10.)"
    )
    remedy = tab.find(".change")
    assert "against exploding, vanishing" in remedy.inner_text()
    assert not remedy.locator("pre").is_visible()
    remedy.locator("summary").click()
    assert remedy.locator("pre").inner_text() == made.REMEDY.code
    above = tab.find("#report").bounding_box()
    figure = tab.find("#figure").bounding_box()
    assert above is not None
    assert figure is not None
    assert above["y"] + above["height"] <= figure["y"]


MARKS = """() => {
  const figure = document.getElementById("figure");
  const lines = figure.data.filter((t) => t.type === "scatter");
  const maps = figure.data.filter((t) => t.type === "heatmap");
  return {
    lines: lines.length,
    drawn: figure.querySelectorAll(".scatterlayer .trace").length,
    maps: maps.length,
    images: [...figure.querySelectorAll(".heatmaplayer image")].filter(
      (image) => image.getBoundingClientRect().width > 50
    ).length,
  };
}"""


def test_every_figure_draws(tab: Tab) -> None:
    tab.open(run=LSTM, runs=json.dumps([RNN, LSTM]))
    for view in VIEWS:
        assert tab.view(view).status() == "", view
        marks = tab.run(MARKS)
        assert marks["drawn"] == marks["lines"], view
        assert marks["images"] == marks["maps"], view
        assert marks["lines"] + marks["maps"] > 0, view
        maps = {"parameters": 1, "time_map": 1, "compare": 2}
        assert marks["maps"] >= maps.get(view, 0), view


def test_choices_change_the_figure(tab: Tab) -> None:
    tab.open("time_map", run=LSTM)
    assert "lstm, state h" in tab.title()
    tab.choose("state", "c")
    assert "lstm, state c" in tab.title()
    tab.choose("run", RNN)
    assert "simple_rnn, state h" in tab.title()
    tab.view("parameters")
    before = tab.title()
    tab.choose("statistic", "weight norm")
    assert tab.title() != before


def test_ill_and_healthy_runs_are_compared_at_first(
    tab: Tab, logs: Path
) -> None:
    tab.open("compare")
    runs = json.loads(tab.in_address("runs"))
    ill = [bool(RunHistory.load(logs / name).diagnoses) for name in runs]
    assert ill[:2] == [True, False]
    assert all((logs / name).parent == (logs / runs[0]).parent for name in runs)
    assert tab.find("#runs input:checked").count() == len(runs) == 3
    box = tab.find("#runs label").filter(has_text=runs[0]).locator("input")
    box.uncheck()
    tab.settled()
    assert json.loads(tab.in_address("runs")) == runs[1:]


def test_runs_are_compared_by_what_is_chosen(tab: Tab) -> None:
    tab.open("compare", runs=json.dumps(["ill", LSTM]))
    assert tab.run(MARKS)["images"] == 2
    options = tab.find("#show option").all_inner_texts()
    assert {"loss", "metric", "gradient norm", "horizon"} <= set(options)
    for what in ("loss", "metric", "gradient norm", "horizon", "silent units"):
        tab.choose("show", what)
        assert tab.status() == "", what
        marks = tab.run(MARKS)
        assert marks["drawn"] == marks["lines"] == 2, what
        assert not marks["maps"]
        assert not tab.find("#state").is_visible()
    shown = tab.find("#figure .legendtext").all_text_contents()
    assert shown[0] == "ill: exploding"
    tab.find("#own").check()
    tab.settled()
    assert tab.find("#figure .subplot.xy").count() == 1
    assert tab.find("#figure .subplot.x2y2").count() == 1
    assert tab.in_address("own") == "1"
    tab.choose("show", "gradient norm")
    tab.find("#layers").fill("dense")
    tab.find("#figure .gtitle").filter(has_text="of dense").wait_for()
    assert tab.settled().in_address("layers") == "dense"


def test_runs_and_layers_are_filtered_by_regular_expressions(tab: Tab) -> None:
    tab.open("table")
    every = tab.find("#table tbody tr").count()
    tab.find("#filter").fill("LSTM-|simple")
    tab.find("#table > p").filter(has_text="2 runs").wait_for()
    names = tab.settled().find("td .link").all_text_contents()
    assert sorted(names) == [LSTM, RNN]
    tab.find("#filter").fill("(")
    tab.find("#status").filter(has_text="no regular expression").wait_for()
    tab.find("#filter").fill("")
    tab.find("#table > p").filter(has_text=f"{every} runs").wait_for()
    tab.open("parameters", run=LSTM, layers="^READ")
    marks = tab.find("#figure .ytick").all_text_contents()
    assert {mark.partition("/")[0] for mark in marks} == {"readout"}
    tab.view("activity")
    assert tab.find("#layers").input_value() == "^READ"
    tab.find("#layers").fill("(")
    tab.find("#status").filter(has_text="no regular expression").wait_for()


def test_a_link_keeps_the_choices(tab: Tab) -> None:
    tab.open("time_map", run=LSTM).choose("state", "c")
    fragment = unquote(tab.page.url.partition("#")[2])
    assert fragment.startswith("gradients&")
    assert f"p.gradients.run={LSTM}" in fragment
    assert "p.gradients.state=c" in fragment
    title = tab.title()
    tab.page.reload()
    assert tab.settled().title() == title
    other = tab.page.get_by_text("Time Series", exact=True).first
    for _ in range(20):  # TensorBoard reads its event files meanwhile.
        if other.is_visible():
            break
        tab.page.reload()
        tab.settled()
    other.click()
    tab.page.get_by_text("Gradients", exact=True).click()
    assert tab.settled().title() == title
    assert unquote(tab.page.url.partition("#")[2]) == fragment


def test_a_link_that_is_changed_is_followed(tab: Tab) -> None:
    tab.open("story", run=LSTM)
    fragment = f"gradients&p.gradients.view=horizon&p.gradients.run={RNN}"
    tab.page.evaluate(f"location.hash = {fragment!r}")
    tab.find("#view-horizon[aria-selected='true']").wait_for()
    assert "Horizon" in tab.settled().title()


def test_hovering_tells_the_numbers_of_the_history(
    tab: Tab, logs: Path
) -> None:
    tab.open("time_map", run=RNN)
    profiles = RunHistory.load(logs / RNN).time_profiles("simple_rnn")
    box = tab.find("#figure .nsewdrag").first.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    tab.page.mouse.move(x, y)
    tab.find("#figure .hovertext").first.wait_for()
    point = tab.run(
        """() => {
          const { _hoverdata: [point] } = document.getElementById("figure");
          return { x: point.x, y: point.y, z: point.z };
        }"""
    )
    row = int(np.abs(profiles.steps - point["x"]).argmin())
    norm = profiles.norm[row, -1 - round(point["y"])]
    assert point["z"] == pytest.approx(math.log10(norm), rel=1e-3)
    label = tab.find("#figure .hovertext").filter(
        has_text=f"{point['y']} steps backgradient"
    )
    text = label.first.text_content() or ""
    # The number, not its logarithm, with a minus as mathematicians write it.
    shown = re.search("norm: ([-+.e\\d]+)$", text.replace("−", "-"))
    assert shown is not None, text
    assert float(shown[1]) == pytest.approx(norm, rel=0.01)


def test_the_data_are_those_of_the_history(tab: Tab, logs: Path) -> None:
    tab.open("data", run=LSTM)
    assert tab.title() == "Data: inputs, targets and predictions"
    last = RunHistory.load(logs / LSTM).samples[-1]
    assert last.data is not None
    (predicted,) = last.data.of("prediction")
    bars = tab.find("#figure .barlayer .trace").nth(1).locator(".point")
    assert bars.count() == len(predicted.class_counts)
    places = [i for i in range(bars.count()) if predicted.class_counts[i] > 0]
    box = bars.nth(places[0]).bounding_box()
    assert box is not None
    tab.page.mouse.move(
        box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    )
    shown = tab.find("#figure .hovertext").filter(
        has_text=f"class {places[0]}: "
    )
    count, total = predicted.class_counts[places[0]], predicted.shape[0]
    text = shown.first.text_content() or ""
    assert f"predictions, step {last.step}" in text
    assert f"{count} of {total}" in text


def test_a_run_that_goes_on_is_followed_and_keeps_its_zoom(
    tab: Tab, logs: Path
) -> None:
    folder = logs / "live"
    try:
        recorder = write(folder)
        tab.open(run="live")
        assert "8, from 1 to 8" in tab.find("#facts").inner_text()
        tab.run("""() => Plotly.relayout("figure", {"xaxis.range": [2, 5]})""")
        recorder.write(window(9, 8), [made.finding()])
        facts = tab.find("#facts dd")
        facts.filter(has_text="16, from 1 to 16").wait_for()
        tab.find(".finding h3").filter(has_text="exploding").wait_for()
        steps = "() => document.getElementById('figure').calcdata[0].at(-1).x"
        tab.page.wait_for_timeout(500)
        assert tab.run(steps) == 16
        zoom = "() => document.getElementById('figure').layout.xaxis.range"
        assert tab.run(zoom) == [2, 5]
    finally:
        shutil.rmtree(folder)


def test_nothing_is_drawn_again_as_long_as_nothing_changes(tab: Tab) -> None:
    tab.open(run=LSTM)
    tab.run(
        """() => {
          window.drawn = 0;
          document.getElementById("figure").on("plotly_afterplot",
            () => window.drawn++);
        }"""
    )
    asked: list[int] = []
    tab.page.on(
        "response",
        lambda r: asked.append(r.status) if "/figure?" in r.url else None,
    )
    tab.page.wait_for_timeout(5000)
    assert asked
    assert set(asked) == {304}
    assert tab.run("() => window.drawn") == 0


def test_histograms_are_ridges_of_the_tensor_that_is_chosen(
    tab: Tab, logs: Path
) -> None:
    tab.open("histograms", run=LSTM)
    said = tab.find("#figure .annotation").text_content() or ""
    assert "histograms=True" in said
    folder = logs / "counted"
    try:
        samples = [
            made.sample(step, histograms=made.HISTOGRAMS) for step in (1, 5)
        ]
        write(folder, window(samples=tuple(samples)))
        tab.open("histograms", run="counted")
        assert tab.title() == "Histogram: gradient of lstm/kernel"
        assert tab.run(MARKS) == {
            "lines": 4,
            "drawn": 4,
            "maps": 0,
            "images": 0,
        }
        assert tab.run(OVERLAPS) == []
        tab.choose("tensor", "activation of lstm")
        assert tab.title() == "Histogram: activation of lstm"
        assert tab.in_address("tensor") == "activation sequential/lstm"
    finally:
        shutil.rmtree(folder)


def test_what_is_missing_is_said(tab: Tab) -> None:
    tab.open("time_map", run="not_recurrent")
    assert "No step was sampled" in tab.find("#notes .missing").inner_text()
    assert not tab.run(MARKS)["maps"]
    tab.open(run="damaged")
    assert "checksum mismatch" in tab.find(".damage").inner_text()
    assert "8, from 1 to 8" in tab.find("#facts").inner_text()
    tab.open(run="no_run")
    assert "is not a kgrad run file" in tab.find(".damage").inner_text()
    tab.open(run="gone")
    assert tab.status() == 'There is no run "gone".'
    tab.choose("run", LSTM)
    assert tab.status() == ""
    assert tab.run(MARKS)["lines"]


def test_the_numbers_stay_open_while_the_run_is_read_again(tab: Tab) -> None:
    tab.open(run=LSTM)
    numbers = tab.find("#numbers")
    numbers.locator("summary").click()
    tab.settled()
    table = numbers.locator("table").nth(1)
    assert "gradient norm" in table.locator("thead").inner_text()
    assert "global" in table.locator("tbody").inner_text()
    assert numbers.locator("table").count() == 4
    tab.page.wait_for_timeout(2500)
    assert table.is_visible()


def test_hostile_texts_are_shown_as_text(tab: Tab) -> None:
    tab.open(run=SCRIPT, runs=json.dumps([SCRIPT]))
    for view in VIEWS:
        assert tab.view(view).status() == ""
        made_of = (
            "() => document.querySelectorAll('img, b, body script').length"
        )
        assert tab.run(made_of) == 1  # The script that loads the page.
    tab.view("story")
    assert tab.find(".finding h3").first.inner_text().startswith(SCRIPT)
    assert IMAGE in tab.find(".finding p").first.inner_text()
    assert tab.find("#run option:checked").inner_text() == SCRIPT
    tab.view("table")
    assert tab.find("td .link").filter(has_text=SCRIPT).count() == 1
    assert SCRIPT in unquote(tab.open("story", run=SCRIPT).page.url)


def test_the_table_sorts_and_opens_a_run(tab: Tab, logs: Path) -> None:
    tab.open("table")
    values = {
        name: RunHistory.load(logs / name).epochs[-1].logs["val_accuracy"]
        for name in (RNN, LSTM)
    }
    head = tab.find("th button").filter(has_text="value")
    head.click()
    names = tab.find("td .link").all_text_contents()
    assert len(names) == 7
    assert "task" in tab.find("thead").inner_text()
    ordered = [name for name in names if name in values]
    assert ordered == sorted(values, key=lambda name: values[name])
    assert names[-1] in ("no_run", "not_recurrent")
    assert tab.find("th[aria-sort='ascending']").inner_text() == "value"
    head.click()
    names = tab.find("td .link").all_text_contents()
    assert [n for n in names if n in values] == ordered[::-1]
    assert names[-1] in ("no_run", "not_recurrent")
    tab.find("td .link").filter(has_text="lstm").click()
    tab.settled()
    assert tab.find("#run").input_value() == LSTM
    assert tab.title().startswith("Story of the run")


OVERLAPS = """() => {
  const wide = document.documentElement.scrollWidth - window.innerWidth;
  const wrong = wide > 0 ? [`the page is ${wide} pixels too wide`] : [];
  const boxes = (selector) => [...document.querySelectorAll(selector)]
    .filter((e) => e.textContent.trim() && !e.closest("[hidden]"))
    .map((e) => ({ text: e.textContent, box: e.getBoundingClientRect() }))
    .filter(({ box }) => box.width && box.height);
  const check = (found) => {
    found.forEach((one, i) => {
      if (one.box.left < -1 || one.box.right > window.innerWidth + 1) {
        wrong.push(`${one.text} is cut`);
      }
      for (const other of found.slice(i + 1)) {
        const [a, b] = [one.box, other.box];
        const x = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const y = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        if (x > 2 && y > 2) wrong.push(`${one.text} is over ${other.text}`);
      }
    });
  };
  check(boxes("body > *"));
  check(boxes("nav button, #choices > label"));
  check(boxes("#table tr:first-child > *"));
  const texts = [".infolayer text", ".xtick text", ".ytick text"];
  check(boxes(texts.map((text) => `#figure ${text}`).join(", ")));
  return wrong;
}"""


@pytest.mark.parametrize(("width", "dark"), [(1400, False), (700, True)])
def test_nothing_overlaps_in_light_and_dark(
    browser: Browser, address: str, width: int, dark: bool
) -> None:
    page = browser.new_page(
        viewport={"width": width, "height": 1000},
        color_scheme="dark" if dark else "light",
    )
    tab = Tab(page, address)
    tab.open(run=RNN, runs=json.dumps([RNN, LSTM]))
    for view in (*VIEWS, "table"):
        tab.view(view)
        assert tab.run(OVERLAPS) == [], view
        color = "() => getComputedStyle(document.body).backgroundColor"
        assert (tab.run(color) == "rgb(48, 48, 48)") == dark
        if view != "table":
            font = tab.run(
                "() => getComputedStyle(document.querySelector('.gtitle')).fill"
            )
            light = sum(map(int, font[4:-1].split(","))) > 3 * 128
            assert light == dark
    page.close()
    assert not tab.complaints


def test_dark_mode_of_tensorboard_is_followed(tab: Tab) -> None:
    tab.open(run=LSTM)
    tab.page.evaluate("document.body.classList.add('dark-mode')")
    tab.find(".gtitle[style*='rgb(242, 245, 250)']").wait_for()
    tab.page.evaluate("document.body.classList.remove('dark-mode')")
    tab.find(".gtitle[style*='rgb(42, 63, 95)']").wait_for()


def test_the_figure_has_the_width_of_the_page(tab: Tab) -> None:
    tab.open(run=LSTM)
    for width in (1000, 700, 1400):
        tab.page.set_viewport_size({"width": width, "height": 1000})
        tab.page.wait_for_timeout(500)
        box = tab.find("#figure .main-svg").first.bounding_box()
        assert box is not None
        assert width - 60 < box["width"] <= width - 32


def test_a_server_that_is_gone_is_said_to_be(
    browser: object, tmp_path: Path
) -> None:
    write(tmp_path / "run")
    page = browser.new_page()  # type: ignore[attr-defined]
    command = ("-m", "kgrad", "view", str(tmp_path), "--port", "0")
    with server(*command, "--no-browser") as address:
        assert address.endswith("#gradients")
        tab = Tab(page, address).open()
        assert tab.title().startswith("Story of the run")
    tab.find("#status").filter(
        has_text="TensorBoard does not respond"
    ).wait_for()
    assert tab.title().startswith("Story of the run")
    page.close()


def test_a_folder_without_runs_is_said_to_be_and_watched(
    browser: object, tmp_path: Path
) -> None:
    page = browser.new_page()  # type: ignore[attr-defined]
    command = ("-m", "kgrad", "view", str(tmp_path), "--port", "0")
    with server(*command, "--no-browser") as address:
        tab = Tab(page, address).open()
        assert f"There is no run below {tmp_path}" in tab.status()
        write(tmp_path / "run")
        tab.find("#figure .gtitle").wait_for()
    page.close()
