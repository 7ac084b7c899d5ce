/** Makes elements; text is always text, never HTML. */

import { explained, explanations } from "./terms.js";

/**
 * @param {string} tag Name of the element, `"p.note"` with a class.
 * @param {Object} properties Properties of the element.
 * @param {...(Node|string)} children What it holds.
 */
export function element(tag, properties = {}, ...children) {
  const [name, ...classes] = tag.split(".");
  const made = document.createElement(name);
  made.className = classes.join(" ");
  for (const [key, value] of Object.entries(properties)) {
    if (key.startsWith("aria-") || key === "role") {
      made.setAttribute(key, value);
    } else {
      made[key] = value;
    }
  }
  made.append(...children);
  return made;
}

/**
 * A choice of one out of several, kept as it is if nothing changed.
 *
 * @param {HTMLSelectElement} select Is filled.
 * @param {Array<{value: string, label: string, title: string}>} options
 * @param {string} value What is chosen.
 */
export function fill(select, options, value) {
  const content = JSON.stringify(options);
  if (select.dataset.content !== content) {
    select.dataset.content = content;
    select.replaceChildren(
      ...options.map(({ value, label, title }) =>
        element("option", { value, title: title || "" }, label),
      ),
    );
  }
  select.value = value;
}

/** A sentence; names between backticks are code, and terms are explained. */
export function prose(text) {
  return text
    .split("`")
    .flatMap((part, i) => (i % 2 ? [element("code", {}, part)] : explained(part)));
}

/**
 * Each diagnosis with its evidence and what to change beside it, then notes,
 * then the terms that were used.
 */
export function diagnosed({ diagnoses, notes }) {
  const told = [
    ...diagnoses.map(diagnosisOf),
    ...notes.map((text) => element("p.missing", {}, ...prose(text))),
  ];
  const terms = explanations(told.map((node) => node.textContent).join(" "));
  return terms.length ? [...told, pairs(terms)] : told;
}

function diagnosisOf({ sentence, findings, changes }) {
  return element(
    "section.diagnosis",
    {},
    element("h2", {}, ...prose(sentence)),
    element("div.evidence", {}, ...evidence(findings)),
    element(
      "div.changes",
      {},
      element("h3", {}, "What to change"),
      ...changes.map(changeOf),
    ),
  );
}

/** The cause, and what follows from it behind a click. */
function evidence([cause, ...others]) {
  return others.length ? [findingOf(cause), also(others)] : [findingOf(cause)];
}

function findingOf(finding) {
  const { sign, target, steps, explanation, value, limit, picture } = finding;
  const measured = `Measured ${value}, limit ${limit}.`;
  return element(
    "article.finding",
    {},
    element("h3", {}, sign, element("span", {}, ` ${target}, ${steps}`)),
    element("p", {}, ...prose(`${explanation} (${measured})`)),
    ...(picture ? [pictureOf(picture)] : []),
  );
}

function pictureOf({ bars, caption }) {
  return element("p.picture", {}, element("span", {}, bars), ` ${caption}`);
}

function changeOf({ name, signs, code, effect, expectation }) {
  return element(
    "details.change",
    {},
    element(
      "summary",
      {},
      element("strong", {}, name),
      ` against ${signs.join(", ")}`,
    ),
    element("pre", {}, code),
    element("p", {}, ...prose(`${effect} ${expectation}`)),
  );
}

function also(others) {
  return element(
    "details",
    {},
    element("summary", {}, `What followed: ${named(others)}`),
    ...others.map(findingOf),
  );
}

/** The signs of findings, each once. */
export function named(findings) {
  return [...new Set(findings.map(({ sign }) => sign))].join(", ");
}

/** The curves and the tables of a report. */
export function numbers({ curves, tables }) {
  return [
    ...curves.map(pictureOf),
    ...tables.flatMap(({ title, columns, rows, legend, notes }) => [
      element("h3", {}, title),
      element(
        "table",
        {},
        element(
          "thead",
          {},
          element(
            "tr",
            {},
            ...columns.map(({ kind, title }) => element(`th.${kind}`, {}, title)),
          ),
        ),
        element(
          "tbody",
          {},
          ...rows.map((row) =>
            element(
              "tr",
              {},
              ...row.map((cell, i) => element(`td.${columns[i].kind}`, {}, cell)),
            ),
          ),
        ),
      ),
      pairs(legend),
      ...notes.map((text) => element("p.missing", {}, ...prose(text))),
    ]),
  ];
}

/** What was trained: headings and texts. */
export function facts(list) {
  return pairs(list.map(({ name, text }) => [name, text]));
}

/** Headings and texts. */
export function pairs(list) {
  return element(
    "dl.facts",
    {},
    ...list.flatMap(([name, text]) => [
      element("dt", {}, name),
      element("dd", {}, text),
    ]),
  );
}
