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

/** The signs that were found, and beside them what to change. */
export function findings({ cases, changes }) {
  if (!cases.length) {
    return [element("p.healthy", {}, "No sign of ill training was found.")];
  }
  return [
    element("div.cases", {}, ...cases.map(caseOf)),
    element(
      "div.changes",
      {},
      element("h2", {}, "What to change"),
      ...changes.map(changeOf),
    ),
  ];
}

function caseOf({ sign, findings }) {
  const [first, ...others] = findings;
  return element(
    "article.finding",
    {},
    element("h3", {}, sign, element("span", {}, where(first))),
    element("p", {}, first.explanation),
    ...(others.length ? [also(others)] : []),
  );
}

function changeOf({ name, signs, code, effect }) {
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
    element("p", {}, effect),
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
    element("summary", {}, `and at ${others.length} more`),
    element(
      "ul",
      {},
      ...others.map((finding) =>
        element("li", {}, `${where(finding)}: ${finding.explanation}`),
      ),
    ),
  );
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
