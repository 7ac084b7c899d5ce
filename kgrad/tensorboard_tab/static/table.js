/** A table of runs that sorts by any column, at first the ill ones on top. */

import { element, pairs } from "./elements.js";
import { ask } from "./server.js";
import { explanations } from "./terms.js";

const AT_A_TIME = 10;

/** The columns that are always there, and come first. */
const FIRST = ["run", "signs"];

/** Those that a narrow page has no room for: they are in the names of runs. */
const SPARE = ["task", "cell", "variant"];

export class Table {
  /**
   * @param {HTMLElement} place Where it goes.
   * @param {function(string)} open Called with the run that was clicked.
   */
  constructor(place, open) {
    this.place = place;
    this.open = open;
    this.column = "";
    this.descending = false;
    this.rows = [];
    this.names = "";
  }

  /** Asks for the rows a few runs at a time, and shows what has come. */
  async show(names, signal) {
    const rows = [];
    // Other runs: rows of those before must not stay meanwhile.
    const other = this.names !== JSON.stringify(names);
    this.names = JSON.stringify(names);
    if (other) this.rows = [];
    for (let i = 0; i < names.length; i += AT_A_TIME) {
      const some = names.slice(i, i + AT_A_TIME).map((name) => ["run", name]);
      const answer = await ask("table", some, signal);
      if (signal.aborted) return;
      rows.push(...answer.rows);
      if (rows.length > this.rows.length) this.draw([...rows]);
    }
    this.draw(rows);
  }

  draw(rows) {
    const content = JSON.stringify([rows, this.column, this.descending]);
    if (this.content === content) return;
    this.content = content;
    this.rows = rows;
    const others = Object.keys(rows[0] || {}).filter(
      (column) =>
        !FIRST.includes(column) &&
        rows.some((row) => known(row[column]) !== null),
    );
    const columns = [...FIRST, ...others];
    this.place.replaceChildren(
      element("p", {}, count(rows)),
      element(
        "table",
        {},
        element("thead", {}, element("tr", {}, ...columns.map((c) => this.head(c)))),
        element("tbody", {}, ...this.sorted().map((row) => this.row(row, columns))),
      ),
      pairs([
        ["metric", "what a run is judged by; value: at the end of its last epoch"],
        ...explanations(columns.join(" ")),
        ["signs", "what was found, the cause first: the story says why"],
      ]),
    );
  }

  head(column) {
    const sorted = column === this.column;
    const direction = this.descending ? "descending" : "ascending";
    const onclick = () => {
      this.descending = sorted && !this.descending;
      this.column = column;
      this.draw(this.rows);
    };
    const number = this.rows.some((row) => typeof row[column] === "number");
    const spare = SPARE.includes(column);
    return element(
      number ? "th.number" : spare ? "th.spare" : "th",
      { "aria-sort": sorted ? direction : "none" },
      element("button", { onclick }, column),
    );
  }

  row(row, columns) {
    const onclick = () => this.open(row.run);
    return element(
      "tr",
      { onclick },
      ...columns.map((column) => {
        const inside =
          column === "run"
            ? element("button.link", {}, ...breakable(row.run))
            : element("span", {}, ...breakable(text(row[column])));
        if (column === "signs") return signs(row, inside);
        const number = typeof row[column] === "number";
        const spare = SPARE.includes(column);
        return element(number ? "td.number" : spare ? "td.spare" : "td", {}, inside);
      }),
    );
  }

  /**
   * What is not known comes last, whichever way it is sorted; at first the
   * ill ones, then what was not measured, then what is healthy.
   */
  sorted() {
    const sign = this.descending ? -1 : 1;
    return [...this.rows].sort((a, b) => {
      if (!this.column) return rank(a) - rank(b) || ordered(a.run, b.run);
      const [x, y] = [a[this.column], b[this.column]].map(known);
      if (x === null || y === null) return (x === null) - (y === null);
      if (typeof x === "number" && typeof y === "number") return sign * (x - y);
      return sign * ordered(text(x), text(y));
    });
  }
}

function rank({ signs, steps }) {
  return signs.length ? 0 : steps ? 2 : 1;
}

function ordered(a, b) {
  return a.localeCompare(b, "en", { numeric: true });
}

function count(rows) {
  const ill = rows.filter((row) => row.signs.length).length;
  const runs = `${rows.length} run${rows.length === 1 ? "" : "s"}`;
  return `${runs}, something was found in ${ill || "none"}. A click tells the story.`;
}

/** Of a run in which nothing was found, that it is so. */
function signs(row, inside) {
  if (row.signs.length) return element("td.ill", {}, inside);
  if (!row.steps) return element("td", {}, "no step was measured");
  return element("td.healthy", {}, "no problem found");
}

/** A text that may continue on the next line after `/` and `_`. */
function breakable(text) {
  const pieces = text.split(/(?<=[/_])/);
  return pieces.flatMap((piece) => [piece, element("wbr")]);
}

function known(value) {
  return value === undefined || value === "" || value === "NaN" ? null : value;
}

function text(value) {
  if (known(value) === null || value === null) return "–";
  if (typeof value === "number") return String(Number(value.toPrecision(4)));
  if (Array.isArray(value)) return value.map(text).join(", ") || "–";
  return String(value);
}
