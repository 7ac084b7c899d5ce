/** Which runs are compared: at first ill and healthy ones side by side. */

import { element } from "./elements.js";
import { ask } from "./server.js";

const MOST = 12;
const AT_FIRST = 4;
const LOOKED_AT = 40;
const AT_A_TIME = 10;

/** The runs that are ticked, in the order in which they were. */
export class Comparison {
  /**
   * @param {HTMLFieldSetElement} place Where the runs are listed.
   * @param {function(Object)} choose Called with what was chosen.
   */
  constructor(place, choose) {
    this.place = place;
    this.choose = choose;
  }

  /**
   * The runs to compare, those of the link if it names some.
   *
   * @param {string} runs Of the link: a list as JSON, or nothing.
   * @param {Array<string>} names All runs.
   * @param {Array<string>} shown Those that the filter lets through.
   */
  async wanted(runs, names, shown, signal) {
    let list = null;
    try {
      list = JSON.parse(runs);
    } catch {
      // Nothing was chosen, or the link is broken.
    }
    if (!Array.isArray(list)) return this.beginning(shown, signal);
    return list.filter((name) => names.includes(name)).slice(0, MOST);
  }

  async beginning(names, signal) {
    if (!names.length) return [];
    const rows = [];
    for (let i = 0; i < Math.min(names.length, LOOKED_AT); i += AT_A_TIME) {
      const some = names.slice(i, i + AT_A_TIME).map((name) => ["run", name]);
      rows.push(...(await ask("table", some, signal)).rows);
      if (beginning(rows).pairs >= AT_FIRST / 2) break;
    }
    return beginning(rows).runs;
  }

  /** Lists the runs, and ticks those that are compared. */
  tick(shown, ticked) {
    const content = JSON.stringify([shown, ticked]);
    if (this.place.dataset.content === content) return;
    this.place.dataset.content = content;
    const listed = [...new Set([...ticked, ...shown])].sort((a, b) =>
      a.localeCompare(b, "en", { numeric: true }),
    );
    const again = () => this.choose({ runs: "" });
    this.place.replaceChildren(
      element(
        "legend",
        {},
        `Runs (${ticked.length} of ${listed.length}, at most ${MOST}) `,
        element(
          "button.link",
          { type: "button", onclick: again, title: "Of those that the filter shows" },
          "ill and healthy ones",
        ),
      ),
      ...listed.map((name) => this.box(name, ticked)),
    );
  }

  box(name, ticked) {
    const checked = ticked.includes(name);
    const disabled = !checked && ticked.length >= MOST;
    const onchange = () => {
      const runs = checked
        ? ticked.filter((other) => other !== name)
        : [...ticked, name];
      this.choose({ runs: JSON.stringify(runs) });
    };
    return element(
      "label",
      {},
      element("input", { type: "checkbox", value: name, checked, disabled, onchange }),
      name,
    );
  }
}

/**
 * Ill and healthy runs in turn, of one task if that has both.
 *
 * @param {Array<Object>} rows Of the table of runs.
 */
function beginning(rows) {
  const tasks = [...new Set(rows.map(taskOf))];
  const groups = tasks.map((task) => parted(rows.filter((r) => taskOf(r) === task)));
  const best = groups.reduce((a, b) => (b.pairs > a.pairs ? b : a));
  const { pairs } = best;
  const { ill, well } = pairs ? best : parted(rows);
  const chosen = [];
  for (let i = 0; i < AT_FIRST; i++) {
    chosen.push(...ill.slice(i, i + 1), ...well.slice(i, i + 1));
  }
  return { pairs, runs: chosen.slice(0, AT_FIRST).map(({ run }) => run) };
}

/** What ran on the same data: the task, or the folder that the run is in. */
function taskOf({ task, run }) {
  return task || run.slice(0, Math.max(run.lastIndexOf("/"), 0));
}

/** Those with a horizon first: they have something to show of time. */
function parted(rows) {
  const known = [...rows].sort((a, b) => (a.horizon === null) - (b.horizon === null));
  const ill = known.filter(({ signs }) => signs.length);
  const well = known.filter(({ signs, steps }) => steps && !signs.length);
  return { ill, well, pairs: Math.min(ill.length, well.length, AT_FIRST / 2) };
}
