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

/** The signs that were found, each with where, when and how much. */
export function findings(told) {
  if (!told.cases.length) {
    return [element("p.healthy", {}, "No sign of ill training was found.")];
  }
  return [
    ...told.cases.map(({ sign, findings }) => {
      const [first, ...others] = findings;
      return element(
        "article.finding",
        {},
        element("h3", {}, sign, element("span", {}, where(first))),
        element("p", {}, first.explanation),
        ...(others.length ? [also(others)] : []),
      );
    }),
    ...told.changes.map((change) =>
      element(
        "details.change",
        {},
        element(
          "summary",
          {},
          element("strong", {}, change.name),
          ` against ${change.signs.join(", ")}`,
        ),
        element("pre", {}, change.code),
        element("p", {}, change.effect),
      ),
    ),
  ];
}

function where({ target, steps }) {
  return ` ${target}, step ${steps}`;
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
