/**
 * What is chosen, kept in the address so that a link shows the same.
 *
 * TensorBoard keeps what begins with `p.gradients.` for this plug-in in the
 * fragment of its address. Where the tab stands alone, its own is used.
 */

const PREFIX = "p.gradients.";

/** The window whose address the reader sees. */
export function outerWindow() {
  try {
    return window.parent.document ? window.parent : window;
  } catch {
    return window; // The parent is of another origin, as in some notebooks.
  }
}

/** What the address says, by name. */
export function readChoices() {
  const chosen = {};
  for (const part of parts()) {
    const [name, value] = part.split("=").map(decoded);
    if (name.startsWith(PREFIX) && value !== undefined) {
      chosen[name.slice(PREFIX.length)] = value;
    }
  }
  return chosen;
}

/** Writes the choices into the address; empty ones are left out. */
export function writeChoices(chosen) {
  const others = parts().filter((part) => !decoded(part).startsWith(PREFIX));
  const ours = Object.entries(chosen)
    .filter(([, value]) => value)
    .map(([name, value]) => `${PREFIX}${name}=${encodeURIComponent(value)}`);
  const outer = outerWindow();
  const { pathname, search } = outer.location;
  const fragment = `#${[...others, ...ours].join("&")}`;
  if (fragment !== outer.location.hash) {
    const address = pathname + search + fragment;
    outer.history.replaceState(outer.history.state, "", address);
  }
}

function parts() {
  return outerWindow().location.hash.slice(1).split("&").filter(Boolean);
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
