/** The elements of the page, and which of them a view shows. */

import { element } from "./elements.js";

/** What is shown of several runs, the figures of one, and what each lets choose. */
export const VIEWS = {
  table: { title: "Runs", choices: ["filter"] },
  compare: {
    title: "Compare",
    choices: ["runs", "show", "state", "filter", "layers", "own"],
  },
  story: { title: "Story", choices: ["run"] },
  data: { title: "Data", choices: ["run"] },
  parameters: { title: "Parameters", choices: ["run", "statistic", "layers"] },
  time_map: { title: "Through time", choices: ["run", "layer", "state"] },
  time_profiles: { title: "Profiles", choices: ["run", "layer", "state"] },
  horizon: { title: "Horizon", choices: ["run", "layers"] },
  activity: { title: "Activity", choices: ["run", "layers"] },
  histograms: { title: "Histograms", choices: ["run", "tensor"] },
};

/** What can be chosen, and its label. */
const CHOICES = {
  run: "Run",
  show: "What",
  layer: "Layer",
  state: "State",
  statistic: "Statistic",
  tensor: "Tensor",
  filter: "Filter runs",
  layers: "Filter layers",
  own: "Own scale",
};

const HINTS = {
  filter: "Regular expression that is looked for in the name of a run",
  layers: "Regular expression that is looked for in the name of a layer",
  own: "Each run has a plot and a scale of its own",
};

const TYPING = 300;

/** The elements by name, once they are made. */
export const parts = {};

/**
 * Makes the elements and puts them on the page.
 *
 * @param {function(Object)} choose Called with what was chosen.
 */
export function build(choose) {
  for (const name of ["run", "show", "layer", "state", "statistic", "tensor"]) {
    const onchange = () => choose({ [name]: parts[name].value });
    parts[name] = element("select", { id: name, onchange });
  }
  for (const name of ["filter", "layers"]) {
    parts[name] = field(name, choose);
  }
  const onchange = () => choose({ own: parts.own.checked ? "1" : "" });
  parts.own = element("input", { id: "own", type: "checkbox", onchange });
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
  parts.report = element(
    "details",
    { id: "report" },
    parts.summary,
    parts.findings,
  );
  parts.facts = element("section", { id: "facts" });
  parts.numbers = element("div");
  parts.all = element(
    "details",
    // They are asked for when they are opened.
    { id: "numbers", ontoggle: () => choose({}) },
    element("summary", {}, "Numbers"),
    parts.numbers,
  );
  parts.figure = element("div", { id: "figure" });
  parts.table = element("section", { id: "table" });
  document.body.append(
    parts.views,
    element(
      "form",
      { id: "choices", onsubmit: (event) => event.preventDefault() },
      ...Object.entries(CHOICES).map(([name, text]) =>
        element(
          "label",
          { id: `choose-${name}`, title: HINTS[name] || "" },
          text,
          parts[name],
        ),
      ),
    ),
    parts.runs,
    parts.status,
    parts.notes,
    parts.report,
    parts.figure,
    parts.facts,
    parts.all,
    parts.table,
  );
}

/** A line of text that is chosen a moment after the last key. */
function field(name, choose) {
  let waits;
  const oninput = () => {
    clearTimeout(waits);
    waits = setTimeout(() => choose({ [name]: parts[name].value }), TYPING);
  };
  const placeholder = name === "filter" ? "lstm|gru" : "lstm|dense";
  const type = "search";
  return element("input", { id: name, type, placeholder, oninput, spellcheck: false });
}

/** Shows which view is chosen, and what can be chosen of it. */
export function show(chosen) {
  const { view } = chosen;
  const { choices } = VIEWS[view] || { choices: [] };
  for (const button of parts.views.children) {
    const selected = button.id === `view-${view}`;
    button.setAttribute("aria-selected", String(selected));
  }
  for (const name of Object.keys(CHOICES)) {
    document.getElementById(`choose-${name}`).hidden = !choices.includes(name);
  }
  const mapped = view !== "compare" || chosen.show === "time_map";
  if (!mapped) document.getElementById("choose-state").hidden = true;
  for (const name of ["filter", "layers"]) {
    // Not under the hands of whoever types.
    if (document.activeElement !== parts[name]) parts[name].value = chosen[name];
  }
  parts.own.checked = Boolean(chosen.own);
  parts.runs.hidden = view !== "compare";
  parts.table.hidden = view !== "table";
  for (const name of ["report", "notes", "facts", "all"]) {
    parts[name].hidden = !choices.includes("run");
  }
  if (parts.report.view !== view) {
    // The story begins with what was found; elsewhere a line has to do.
    parts.report.view = view;
    parts.report.open = view === "story";
  }
  parts.figure.hidden = view === "table";
}

/** Loads a style sheet ("link") or a script. */
export function load(kind, address) {
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

/**
 * Takes on TensorBoard's light or dark mode, now and when it changes.
 *
 * @param {Window} outer Of TensorBoard.
 * @param {function()} changed Is called when it has changed.
 */
export function follow(outer, changed) {
  const preferred = window.matchMedia("(prefers-color-scheme: dark)");
  const body = outer === window ? null : outer.document.body;
  const apply = () => {
    const dark = body ? body.classList.contains("dark-mode") : preferred.matches;
    if (document.documentElement.classList.contains("dark") !== dark) {
      document.documentElement.classList.toggle("dark", dark);
      changed();
    }
  };
  preferred.addEventListener("change", apply);
  if (body) {
    const filter = { attributes: true, attributeFilter: ["class"] };
    new outer.MutationObserver(apply).observe(body, filter);
  }
  apply();
}
