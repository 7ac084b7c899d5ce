/** A table of runs that sorts by any column. */

import { element } from "./elements.js";
import { ask } from "./server.js";

const AT_A_TIME = 10;

export class Table {
  /**
   * @param {HTMLElement} place Where it goes.
   * @param {function(string)} open Called with the run that was clicked.
   */
  constructor(place, open) {
    this.place = place;
    this.open = open;
    this.column = "run";
    this.descending = false;
    this.rows = [];
  }

  /** Asks for the rows a few runs at a time, and shows what has come. */
  async show(names, signal) {
    const rows = [];
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
    const columns = Object.keys(rows[0] || {});
    this.place.replaceChildren(
      element(
        "table",
        {},
        element("thead", {}, element("tr", {}, ...columns.map((c) => this.head(c)))),
        element("tbody", {}, ...this.sorted().map((row) => this.row(row, columns))),
      ),
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
    return element(
      number ? "th.number" : "th",
      { "aria-sort": sorted ? direction : "none" },
      element("button", { onclick }, column),
    );
  }

  row(row, columns) {
    return element(
      "tr",
      {},
      ...columns.map((column) => {
        const onclick = () => this.open(row.run);
        const inside =
          column === "run"
            ? element("button.link", { onclick }, ...breakable(row.run))
            : element("span", {}, ...breakable(text(row[column])));
        const number = typeof row[column] === "number";
        return element(number ? "td.number" : "td", {}, inside);
      }),
    );
  }

  /** What is not known comes last, whichever way it is sorted. */
  sorted() {
    const sign = this.descending ? -1 : 1;
    return [...this.rows].sort((a, b) => {
      const [x, y] = [a[this.column], b[this.column]].map(known);
      if (x === null || y === null) return (x === null) - (y === null);
      if (typeof x === "number" && typeof y === "number") return sign * (x - y);
      return sign * text(x).localeCompare(text(y), "en", { numeric: true });
    });
  }
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
