/** Asks the plug-in, and remembers what it answered. */

const answers = new Map();
const REMEMBERED = 200;

/**
 * What the server has to say; not sent again if it has not changed.
 *
 * @param {string} path Of the route, without a slash.
 * @param {Array<[string, string]>} given Arguments.
 * @param {AbortSignal} signal Gives up.
 * @returns {Promise<Object>} The same object as long as nothing changed.
 */
export async function ask(path, given = [], signal = undefined) {
  const query = new URLSearchParams(given).toString();
  const address = query ? `${path}?${query}` : path;
  const known = answers.get(address);
  const response = await fetch(address, {
    signal,
    cache: "no-store",
    headers: known ? { "If-None-Match": known.version } : {},
  });
  if (response.status === 304) {
    return known.content;
  }
  const content = await response.json();
  if (!response.ok) {
    throw new Error(content.error);
  }
  answers.delete(address);
  answers.set(address, { version: response.headers.get("ETag"), content });
  if (answers.size > REMEMBERED) {
    answers.delete(answers.keys().next().value);
  }
  return content;
}
