/** What words mean that a reader may not know, told where they stand. */

const TERMS = {
  clinic:
    "training runs of kgrad's whose problem is known: each was trained again " +
    "with every change that kgrad suggests, and it was counted what helped",
  horizon:
    "how many time steps back from the last one the gradient stays above 1 % of " +
    "its largest; healthy: as many as the task has to remember",
  decay:
    "decades (factors of 10) by which the gradient falls per time step on its " +
    "way back; healthy: near 0",
};

const WORDS = new RegExp(`\\b(${Object.keys(TERMS).join("|")})\\b`);

/** A text as nodes, in which known words tell what they mean. */
export function explained(text) {
  return text.split(WORDS).map((part, i) => {
    if (i % 2 === 0) return part;
    const marked = document.createElement("abbr");
    marked.title = TERMS[part];
    marked.textContent = part;
    return marked;
  });
}

/** The known words in a text, each with what it means. */
export function explanations(text) {
  return Object.entries(TERMS).filter(([term]) =>
    new RegExp(`\\b${term}\\b`).test(text),
  );
}
