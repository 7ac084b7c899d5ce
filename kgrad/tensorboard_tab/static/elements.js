/** Makes elements; text is always text, never HTML. */

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

/** Each diagnosis with its evidence, and beside it what to change. */
export function diagnosed({ diagnoses }) {
  if (!diagnoses.length) {
    return [element("p.healthy", {}, "Nothing was found.")];
  }
  return diagnoses.map(({ sentence, findings, changes }) =>
    element(
      "section.diagnosis",
      {},
      element("h2", {}, sentence),
      element("div.evidence", {}, ...evidence(findings)),
      element(
        "div.changes",
        {},
        element("h3", {}, "What to change"),
        ...changes.map(changeOf),
      ),
    ),
  );
}

/** The cause, and what follows from it behind a click. */
function evidence([cause, ...others]) {
  return others.length ? [findingOf(cause), also(others)] : [findingOf(cause)];
}

function findingOf(finding) {
  const { sign, explanation, picture } = finding;
  return element(
    "article.finding",
    {},
    element("h3", {}, sign, element("span", {}, where(finding))),
    element("p", {}, explanation),
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
    element("p", {}, `${effect} ${expectation}`),
  );
}

function where({ target, steps }) {
  const word = steps.includes(" ") ? "steps" : "step";
  return ` ${target}, ${word} ${steps}`;
}

function also(others) {
  return element(
    "details",
    {},
    element("summary", {}, `What came of it: ${named(others)}`),
    ...others.map(findingOf),
  );
}

/** The signs of findings, each once. */
export function named(findings) {
  return [...new Set(findings.map(({ sign }) => sign))].join(", ");
}

/** What was trained: headings and texts. */
export function facts(pairs) {
  return element(
    "dl.facts",
    {},
    ...pairs.flatMap(([name, text]) => [
      element("dt", {}, name),
      element("dd", {}, text),
    ]),
  );
}
