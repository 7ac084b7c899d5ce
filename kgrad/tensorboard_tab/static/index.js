/** The tab: asks for what was chosen, and shows it. */

import { outerWindow, readChoices, writeChoices } from "./choices.js";
import { Comparison } from "./comparison.js";
import {
  diagnosed,
  element,
  facts,
  fill,
  named,
  numbers,
  prose,
} from "./elements.js";
import { Figure } from "./figure.js";
import { build, follow, load, parts, show, VIEWS } from "./page.js";
import { ask } from "./server.js";
import { Table } from "./table.js";

const POLL = 2000;

const chosen = {
  view: "",
  run: "",
  runs: "",
  show: "time_map",
  layer: "",
  state: "",
  statistic: "",
  tensor: "",
  filter: "",
  layers: "",
  own: "",
};
let table;
let figure;
let comparison;
let current = new AbortController();
let next;

/** Called by TensorBoard when the tab is opened. */
export async function render() {
  build(choose);
  table = new Table(parts.table, (run) => choose({ run, view: "story" }));
  figure = new Figure(parts.figure);
  comparison = new Comparison(parts.runs, choose);
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
    if (figure.isDrawn) update();
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) refresh();
  });
  await load("link", "style.css");
  // Who waits for a figure says so if this fails.
  figure.load().catch(() => {});
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
  show(chosen);
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
  const { folder, runs, comparisons } = await ask("runs", [], signal);
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
  if (!chosen.view) {
    // Of several runs, one has to be chosen first.
    chosen.view = names.length > 1 && !chosen.run ? "table" : "story";
    show(chosen);
  }
  chosen.run ||= names[0];
  fillRuns(names, chosen.run);
  if (chosen.view === "table") {
    await table.show(filtered(names), signal);
  } else if (chosen.view === "compare") {
    await compare(names, comparisons, signal);
  } else {
    await oneRun(signal);
  }
  if (!signal.aborted) writeChoices(inAddress());
}

/** The names that the filter finds. */
function filtered(names) {
  const finds = pattern("filter");
  return names.filter((name) => finds.test(name));
}

/** What was typed; an error if it is no pattern, as while it is typed. */
function pattern(name) {
  try {
    return new RegExp(chosen[name], "i");
  } catch (error) {
    throw new Error(`The filter is no regular expression: ${error.message}`);
  }
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
  clearReport();
  figure.clear();
}

function clearReport() {
  parts.notes.replaceChildren();
  parts.report.report = null;
  parts.summary.textContent = "";
  parts.findings.replaceChildren();
  parts.facts.replaceChildren();
  parts.numbers.report = null;
  parts.numbers.replaceChildren();
}

/** Facts, what was found, and one figure of one run. */
async function oneRun(signal) {
  // Of a long run the story is read before all else, and not waited for again.
  const early = chosen.view === "story";
  const story = early ? await settled(readFigure(signal)) : {};
  const drawn = story.value && settled(figure.show(story.value, signal));
  if (signal.aborted) return;
  if (parts.report.run !== chosen.run) clearReport();
  const report = await ask("run", [["run", chosen.run]], signal);
  if (signal.aborted) return;
  showReport(report);
  limit(report.choices);
  const { choices } = VIEWS[chosen.view];
  if (choices.includes("layers")) pattern("layers");
  if (!early) await figure.show(await readFigure(signal), signal);
  for (const { reason } of [story, (await drawn) ?? {}]) {
    if (reason) throw reason;
  }
  if (parts.all.open) await showNumbers(signal);
}

/** What became of a promise; what it throws waits until it is asked for. */
async function settled(promise) {
  const [outcome] = await Promise.allSettled([promise]);
  return outcome;
}

function readFigure(signal) {
  const { choices } = VIEWS[chosen.view];
  const given = [["run", chosen.run], ["figure", chosen.view]];
  for (const name of ["layer", "state", "statistic", "tensor", "layers"]) {
    if (choices.includes(name) && chosen[name]) {
      given.push([name, chosen[name]]);
    }
  }
  return figure.read("figure", given, signal);
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
  const inside = diagnosed(report);
  parts.summary.textContent = signs ? `Found: ${signs}` : report.headline;
  parts.summary.className = signs ? "ill" : report.steps ? "healthy" : "";
  // What cannot be opened does not look as if it could.
  parts.report.classList.toggle("flat", !inside.length);
  parts.findings.replaceChildren(...inside);
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
function limit({ layers, statistics, tensors }) {
  const offered = { layer: layers, statistic: statistics, tensor: tensors };
  for (const [what, options] of Object.entries(offered)) {
    if (!options.some(({ name }) => name === chosen[what])) {
      chosen[what] = options.length ? options[0].name : "";
    }
    fill(
      parts[what],
      options.map(({ name, label, description }) => ({
        value: name,
        label: label || name.replaceAll("_", " "),
        title: description,
      })),
      chosen[what],
    );
  }
  const layer = layers.find(({ name }) => name === chosen.layer);
  const states = layer ? layer.states : [];
  if (!states.includes(chosen.state)) chosen.state = states[0] || "";
  fillStates(states);
}

function fillStates(states) {
  const options = states.map((state) => ({ value: state, label: state }));
  fill(parts.state, options, chosen.state);
}

/** The runs that are ticked, side by side. */
async function compare(names, comparisons, signal) {
  if (!comparisons.some(({ name }) => name === chosen.show)) {
    chosen.show = comparisons[0].name;
  }
  const options = comparisons.map(({ name, label }) => ({ value: name, label }));
  fill(parts.show, options, chosen.show);
  if (!["h", "c"].includes(chosen.state)) chosen.state = "h";
  fillStates(["h", "c"]);
  show(chosen);
  pattern("layers");
  const shown = filtered(names);
  const ticked = await comparison.wanted(chosen.runs, names, shown, signal);
  if (signal.aborted) return;
  comparison.tick(shown, ticked);
  chosen.runs = JSON.stringify(ticked);
  if (!ticked.length) {
    clear();
    throw new Error("No run is chosen.");
  }
  const given = [...ticked.map((name) => ["run", name]), ["show", chosen.show]];
  for (const name of ["state", "layers"]) {
    if (chosen[name]) given.push([name, chosen[name]]);
  }
  if (chosen.own) given.push(["own", "1"]);
  await figure.show(await figure.read("compare", given, signal), signal);
}
