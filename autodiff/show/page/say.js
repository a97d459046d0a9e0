// Texts of the page in its language.

import { TEXTS } from "./texts.js";

/**
 * Say something in the language of the page: English texts are the keys of the others.
 * @param {string} english
 * @param {Record<string, unknown>} [parts] what {name} in it stands for
 */
export function say(english, parts = {}) {
  return (TEXTS[english] ?? english).replace(/\{(\w+)\}/g, (_, name) => String(parts[name]));
}
