/** The figure, drawn by Plotly: the page is there before that is loaded. */

import { load } from "./page.js";
import { ask } from "./server.js";

export class Figure {
  /** @param {HTMLElement} place Where it is drawn. */
  constructor(place) {
    this.place = place;
    this.drawn = { figure: null, key: "" };
    this.plotly = null;
  }

  /** Whether there is one. */
  get isDrawn() {
    return this.drawn.key !== "";
  }

  /** Begins to load Plotly, megabytes, or waits until it is loaded. */
  async load() {
    this.plotly ||= load("script", "plotly.min.js");
    try {
      await this.plotly;
    } catch (error) {
      this.plotly = null;
      throw error;
    }
  }

  clear() {
    if (this.isDrawn) Plotly.purge(this.place);
    this.place.replaceChildren();
    this.drawn = { figure: null, key: "" };
  }

  /** Asks for a figure; one that does not exist is not left on the page. */
  async read(path, given, signal) {
    const key = JSON.stringify([path, ...given]);
    const dark = document.documentElement.classList.contains("dark");
    const asked = [...given, ["dark", dark ? "1" : "0"]];
    try {
      return { figure: await ask(path, asked, signal), key };
    } catch (error) {
      const gone = this.drawn.key !== key && error.name !== "TypeError";
      if (!signal.aborted && gone) this.clear();
      throw error;
    }
  }

  /** Draws what was read, unless it is there already; keeps its zoom. */
  async show({ figure, key }, signal) {
    await this.load();
    if (signal.aborted || this.drawn.figure === figure) return;
    this.drawn = { figure, key };
    const layout = { ...figure.layout, autosize: true, uirevision: key };
    const config = { responsive: true, displaylogo: false };
    await Plotly.react(this.place, structuredClone(figure.data), layout, config);
  }
}
