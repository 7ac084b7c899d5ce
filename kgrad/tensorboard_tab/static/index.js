/** The page of the tab: choices above, what was found, and the figure. */

import { outerWindow, readChoices, writeChoices } from "./choices.js";
import { element, facts, fill, findings } from "./elements.js";
import { ask } from "./server.js";
import { Table } from "./table.js";

/** The figures of one run, those of several, and what each lets choose. */
const VIEWS = {
  story: { title: "Story", choices: ["run"] },
  parameters: { title: "Parameters", choices: ["run", "statistic"] },
  time_map: { title: "Through time", choices: ["run", "layer", "state"] },
  time_profiles: { title: "Profiles", choices: ["run", "layer", "state"] },
  horizon: { title: "Horizon", choices: ["run"] },
  activity: { title: "Activity", choices: ["run"] },
  compare: { title: "Compare", choices: ["runs", "state"] },
  table: { title: "Runs", choices: [] },
};
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
const parts = {};
let table;
let current = new AbortController();
let next;
let drawn = { figure: null, key: "" };

/** Called by TensorBoard when the tab is opened. */
export async function render() {
  build();
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
  follow(outer);
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

function load(kind, address) {
  return new Promise((resolve, reject) => {
    const place =
      kind === "link"
        ? element("link", { rel: "stylesheet", href: address })
        : element("script", { src: address });
    place.onload = resolve;
    place.onerror = () => reject(new Error(`${address} cannot be loaded`));
    document.head.append(place);
  });
}

/** Takes on TensorBoard's light or dark mode, now and when it changes. */
function follow(outer) {
  const preferred = window.matchMedia("(prefers-color-scheme: dark)");
  const body = outer === window ? null : outer.document.body;
  const apply = () => {
    const dark = body ? body.classList.contains("dark-mode") : preferred.matches;
    if (document.documentElement.classList.contains("dark") !== dark) {
      document.documentElement.classList.toggle("dark", dark);
      if (drawn.key) update();
    }
  };
  preferred.addEventListener("change", apply);
  if (body) {
    const filter = { attributes: true, attributeFilter: ["class"] };
    new outer.MutationObserver(apply).observe(body, filter);
  }
  apply();
}

function build() {
  for (const name of ["run", "layer", "state", "statistic"]) {
    const onchange = () => choose({ [name]: parts[name].value });
    parts[name] = element("select", { id: name, onchange });
  }
  parts.views = element(
    "nav",
    { role: "tablist", "aria-label": "What is shown" },
    ...Object.entries(VIEWS).map(([name, { title }]) =>
      element(
        "button",
        { id: `view-${name}`, role: "tab", onclick: () => choose({ view: name }) },
        title,
      ),
    ),
  );
  parts.runs = element("fieldset", { id: "runs" });
  parts.status = element("p", { id: "status", role: "status" });
  parts.notes = element("section", { id: "notes" });
  parts.summary = element("summary");
  parts.findings = element("div", { id: "findings" });
  parts.told = element("details", { id: "told" }, parts.summary, parts.findings);
  parts.facts = element("section", { id: "facts" });
  parts.figure = element("div", { id: "figure" });
  parts.table = element("section", { id: "table" });
  table = new Table(parts.table, (run) => choose({ run, view: "story" }));
  const labels = { run: "Run", layer: "Layer", state: "State", statistic: "Statistic" };
  document.body.append(
    parts.views,
    element(
      "form",
      { id: "choices", onsubmit: (event) => event.preventDefault() },
      ...Object.entries(labels).map(([name, text]) =>
        element("label", { id: `choose-${name}` }, text, parts[name]),
      ),
    ),
    parts.runs,
    parts.status,
    parts.notes,
    parts.told,
    parts.figure,
    parts.facts,
    parts.table,
  );
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
  show();
  const slow = setTimeout(() => say("Reading …"), 400);
  try {
    await showChosen(signal);
    if (!signal.aborted) say("");
  } catch (error) {
    if (signal.aborted) return;
    say(
      error instanceof TypeError && error.message.includes("fetch")
        ? "TensorBoard does not answer. What is shown is what it said last."
        : error.message,
    );
  } finally {
    clearTimeout(slow);
  }
  if (signal.aborted) return;
  document.body.ariaBusy = "false";
  if (!document.hidden) next = setTimeout(refresh, POLL);
}

/** Shows which view is chosen, and what can be chosen of it. */
function show() {
  const { choices } = VIEWS[chosen.view];
  for (const button of parts.views.children) {
    const selected = button.id === `view-${chosen.view}`;
    button.setAttribute("aria-selected", String(selected));
  }
  for (const name of ["run", "layer", "state", "statistic"]) {
    document.getElementById(`choose-${name}`).hidden = !choices.includes(name);
  }
  parts.runs.hidden = chosen.view !== "compare";
  parts.table.hidden = chosen.view !== "table";
  for (const name of ["told", "notes", "facts"]) {
    parts[name].hidden = !choices.includes("run");
  }
  if (parts.told.view !== chosen.view) {
    // The story begins with what was found; elsewhere a line has to do.
    parts.told.view = chosen.view;
    parts.told.open = chosen.view === "story";
  }
  parts.figure.hidden = chosen.view === "table";
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
      `There is no run below ${folder}. \`kgrad.GradientMonitor\` writes one.`,
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
  parts.told.told = null;
  parts.summary.textContent = "";
  parts.findings.replaceChildren();
  parts.facts.replaceChildren();
  Plotly.purge(parts.figure);
  parts.figure.replaceChildren();
  drawn = { figure: null, key: "" };
}

/** Facts, what was found, and one figure of one run. */
async function oneRun(signal) {
  const told = await ask("run", [["run", chosen.run]], signal);
  if (signal.aborted) return;
  tell(told);
  limit(told.choices);
  const given = [["run", chosen.run], ["figure", chosen.view]];
  for (const name of ["layer", "state", "statistic"]) {
    if (VIEWS[chosen.view].choices.includes(name) && chosen[name]) {
      given.push([name, chosen[name]]);
    }
  }
  await draw("figure", given, signal);
}

function tell(told) {
  if (parts.told.told === told) return;
  const same = parts.told.run === chosen.run;
  const open = same ? opened() : [];
  parts.told.told = told;
  parts.told.run = chosen.run;
  parts.notes.replaceChildren(
    ...told.damage.map((text) =>
      element("p.damage", {}, `Damaged, the rest is shown: ${text}`),
    ),
    ...told.missing.map((text) => element("p.missing", {}, text)),
  );
  const signs = told.cases.map(({ sign }) => sign).join(", ");
  parts.summary.textContent = signs ? `Found: ${signs}` : "Nothing was found";
  parts.findings.replaceChildren(...findings(told));
  parts.facts.replaceChildren(facts(told.facts));
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
