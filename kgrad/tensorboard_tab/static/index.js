/** The tab: asks for what was chosen, and shows it. */

import { outerWindow, readChoices, writeChoices } from "./choices.js";
import {
  diagnosed,
  element,
  facts,
  fill,
  named,
  numbers,
  prose,
} from "./elements.js";
import { build, follow, load, parts, show, VIEWS } from "./page.js";
import { ask } from "./server.js";
import { Table } from "./table.js";

const COMPARED = 12;
const COMPARED_AT_FIRST = 6;
const POLL = 2000;

const chosen = {
  view: "story",
  run: "",
  runs: "",
  layer: "",
  state: "",
  statistic: "",
};
let table;
let current = new AbortController();
let next;
let drawn = { figure: null, key: "" };

/** Called by TensorBoard when the tab is opened. */
export async function render() {
  build(choose);
  table = new Table(parts.table, (run) => choose({ run, view: "story" }));
  Object.assign(chosen, known(readChoices()));
  const outer = outerWindow();
  outer.addEventListener("hashchange", () => {
    // TensorBoard itself writes into the fragment, too.
    const now = known(readChoices());
    if (Object.entries(now).some(([name, value]) => chosen[name] !== value)) {
      Object.assign(chosen, now);
      update();
    }
  });
  follow(outer, () => {
    if (drawn.key) update();
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) refresh();
  });
  await Promise.all([load("link", "style.css"), load("script", "plotly.min.js")]);
  await update();
}

function known(choices) {
  const kept = Object.entries(choices).filter(([name]) => name in chosen);
  const all = Object.fromEntries(kept);
  if (!(all.view in VIEWS)) delete all.view;
  return all;
}

function choose(changes) {
  Object.assign(chosen, changes);
  update();
}

/** Asks for what is chosen and shows it; again after a while. */
async function update() {
  document.body.ariaBusy = "true";
  await refresh();
}

async function refresh() {
  clearTimeout(next);
  current.abort();
  current = new AbortController();
  const { signal } = current;
  show(chosen.view);
  const slow = setTimeout(() => say("Reading …"), 400);
  try {
    await showChosen(signal);
    if (!signal.aborted) say("");
  } catch (error) {
    if (signal.aborted) return;
    say(
      error instanceof TypeError && error.message.includes("fetch")
        ? "TensorBoard does not respond. What is shown may be out of date."
        : error.message,
    );
  } finally {
    clearTimeout(slow);
  }
  if (signal.aborted) return;
  document.body.ariaBusy = "false";
  if (!document.hidden) next = setTimeout(refresh, POLL);
}

function say(sentence) {
  if (parts.status.textContent !== sentence) {
    parts.status.textContent = sentence;
  }
}

async function showChosen(signal) {
  const { folder, runs } = await ask("runs", [], signal);
  const names = runs.map((run) => run.name);
  if (!names.length) {
    clear();
    throw new Error(
      folder
        ? `There is no run below ${folder}. \`kgrad.GradientMonitor\` writes one.`
        : "TensorBoard was started without a log directory: `--logdir runs`.",
    );
  }
  if (chosen.run && !names.includes(chosen.run)) {
    const gone = chosen.run;
    clear();
    fillRuns(["", ...names], "");
    throw new Error(`There is no run ${JSON.stringify(gone)}.`);
  }
  chosen.run ||= names[0];
  fillRuns(names, chosen.run);
  if (chosen.view === "table") {
    await table.show(names, signal);
  } else if (chosen.view === "compare") {
    await compare(names, signal);
  } else {
    await oneRun(signal);
  }
  if (!signal.aborted) writeChoices(inAddress());
}

function fillRuns(names, value) {
  fill(parts.run, names.map((name) => ({ value: name, label: name })), value);
}

/** What this view takes: the rest is not worth a place in a link. */
function inAddress() {
  const names = ["view", ...VIEWS[chosen.view].choices];
  return Object.fromEntries(names.map((name) => [name, chosen[name]]));
}

function clear() {
  parts.notes.replaceChildren();
  parts.report.report = null;
  parts.summary.textContent = "";
  parts.findings.replaceChildren();
  parts.facts.replaceChildren();
  parts.numbers.report = null;
  parts.numbers.replaceChildren();
  Plotly.purge(parts.figure);
  parts.figure.replaceChildren();
  drawn = { figure: null, key: "" };
}

/** Facts, what was found, and one figure of one run. */
async function oneRun(signal) {
  const report = await ask("run", [["run", chosen.run]], signal);
  if (signal.aborted) return;
  showReport(report);
  limit(report.choices);
  const given = [["run", chosen.run], ["figure", chosen.view]];
  for (const name of ["layer", "state", "statistic"]) {
    if (VIEWS[chosen.view].choices.includes(name) && chosen[name]) {
      given.push([name, chosen[name]]);
    }
  }
  await draw("figure", given, signal);
  if (parts.all.open) await showNumbers(signal);
}

async function showNumbers(signal) {
  const report = await ask("numbers", [["run", chosen.run]], signal);
  if (signal.aborted || parts.numbers.report === report) return;
  parts.numbers.report = report;
  parts.numbers.replaceChildren(...numbers(report));
}

function showReport(report) {
  if (parts.report.report === report) return;
  const same = parts.report.run === chosen.run;
  const open = same ? opened() : [];
  parts.report.report = report;
  parts.report.run = chosen.run;
  parts.notes.replaceChildren(
    ...report.damage.map((text) =>
      element("p.damage", {}, `Damaged, the rest is shown: ${text}`),
    ),
    ...report.actions.map((text) => element("p.action", {}, ...prose(text))),
    ...report.missing.map((text) => element("p.missing", {}, ...prose(text))),
  );
  const signs = named(report.diagnoses.flatMap(({ findings }) => findings));
  parts.summary.textContent = signs ? `Found: ${signs}` : report.headline;
  parts.findings.replaceChildren(...diagnosed(report));
  parts.facts.replaceChildren(facts(report.facts));
  for (const details of parts.findings.querySelectorAll("details")) {
    details.open = open.includes(details.firstChild.textContent);
  }
}

function opened() {
  const details = parts.findings.querySelectorAll("details[open]");
  return [...details].map((each) => each.firstChild.textContent);
}

/** Offers what this run has; what it has not got is chosen anew. */
function limit({ layers, statistics }) {
  if (!layers.some(({ name }) => name === chosen.layer)) {
    chosen.layer = layers.length ? layers[0].name : "";
  }
  const layer = layers.find(({ name }) => name === chosen.layer);
  const states = layer ? layer.states : [];
  if (!states.includes(chosen.state)) chosen.state = states[0] || "";
  if (!statistics.some(({ name }) => name === chosen.statistic)) {
    chosen.statistic = statistics.length ? statistics[0].name : "";
  }
  fill(
    parts.layer,
    layers.map(({ name, label }) => ({ value: name, label })),
    chosen.layer,
  );
  fillStates(states);
  fill(
    parts.statistic,
    statistics.map(({ name, description }) => ({
      value: name,
      label: name.replaceAll("_", " "),
      title: description,
    })),
    chosen.statistic,
  );
}

function fillStates(states) {
  const options = states.map((state) => ({ value: state, label: state }));
  fill(parts.state, options, chosen.state);
}

/** The runs that are ticked, side by side. */
async function compare(names, signal) {
  const ticked = wanted(names);
  if (!["h", "c"].includes(chosen.state)) chosen.state = "h";
  fillStates(["h", "c"]);
  tick(names, ticked);
  chosen.runs = JSON.stringify(ticked);
  if (!ticked.length) {
    clear();
    throw new Error("No run is chosen.");
  }
  const given = [...ticked.map((name) => ["run", name]), ["state", chosen.state]];
  await draw("compare", given, signal);
}

function wanted(names) {
  let list = null;
  try {
    list = JSON.parse(chosen.runs);
  } catch {
    // Nothing was chosen, or the link is broken.
  }
  if (!Array.isArray(list)) return names.slice(0, COMPARED_AT_FIRST);
  return names.filter((name) => list.includes(name)).slice(0, COMPARED);
}

function tick(names, ticked) {
  const content = JSON.stringify([names, ticked]);
  if (parts.runs.dataset.content === content) return;
  parts.runs.dataset.content = content;
  const onchange = () => {
    const boxes = [...parts.runs.querySelectorAll("input:checked")];
    choose({ runs: JSON.stringify(boxes.map((box) => box.value)) });
  };
  parts.runs.replaceChildren(
    element("legend", {}, `Runs (${ticked.length} of ${names.length})`),
    ...names.map((name) => {
      const checked = ticked.includes(name);
      const disabled = !checked && ticked.length >= COMPARED;
      return element(
        "label",
        {},
        element("input", { type: "checkbox", value: name, checked, disabled, onchange }),
        name,
      );
    }),
  );
}

/** Draws a figure, unless it is the one that is there; keeps its zoom. */
async function draw(path, given, signal) {
  const key = JSON.stringify([path, ...given]);
  const dark = document.documentElement.classList.contains("dark");
  let figure;
  try {
    figure = await ask(path, [...given, ["dark", dark ? "1" : "0"]], signal);
  } catch (error) {
    if (!signal.aborted && drawn.key !== key && error.name !== "TypeError") {
      Plotly.purge(parts.figure);
      parts.figure.replaceChildren();
      drawn = { figure: null, key: "" };
    }
    throw error;
  }
  if (signal.aborted || drawn.figure === figure) return;
  drawn = { figure, key };
  const layout = { ...figure.layout, autosize: true, uirevision: key };
  const config = { responsive: true, displaylogo: false };
  await Plotly.react(parts.figure, structuredClone(figure.data), layout, config);
}
