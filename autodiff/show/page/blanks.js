// The blanks of an exercise: what was typed, which hints were given, and what is said to it.

import { judged } from "./answers.js";
import { say } from "./say.js";

/** @import { Verdict } from "./answers.js" */
/**
 * What Python tells of a blank; the traps are numbers that come of common mistakes, with what to say to them.
 * @typedef {{mark: string, label: string, answer: number, text: string, hints: string[],
 *   traps: [number, string][]}} Asked
 * @typedef {Record<Verdict, string>} Messages
 */

export class Blank {
  given = 0; // hints that were given
  told = false; // whether the answer was shown
  message = ""; // what is said to what was typed
  /** @type {Verdict} */
  verdict = "open";

  /**
   * @param {Asked} asked
   * @param {Messages} messages
   */
  constructor(asked, messages) {
    this.asked = asked;
    this.messages = messages;
  }

  get isFound() {
    return this.told || this.verdict === "right";
  }

  get state() {
    return this.told ? "told" : this.verdict;
  }

  /**
   * Judge what was typed; a number that comes of a common mistake is told so.
   * @param {string} text
   */
  settle(text) {
    if (this.told) return;
    this.verdict = judged(text, this.asked.answer);
    this.message = this.messages[this.verdict];
    if (["right", "open", "unreadable"].includes(this.verdict)) return;
    const trap = this.asked.traps.find(([number]) => judged(text, number) === "right");
    if (trap) [this.verdict, this.message] = ["wrong", trap[1]];
  }

  /**
   * While one types, only a right answer is told at once: half of one is not wrong.
   * @param {string} text
   */
  follow(text) {
    this.settle(text);
    if (this.verdict !== "right") this.verdict = "open";
  }

  /** Give one more hint; after the last one, the answer. */
  hint() {
    if (this.isFound) return;
    if (this.given < this.asked.hints.length) this.given += 1;
    else Object.assign(this, { told: true, verdict: "open" });
  }

  startOver() {
    Object.assign(this, { given: 0, told: false, verdict: "open" });
  }

  // -------------------------------------------------------------- what is said

  get shown() {
    return this.isFound ? this.asked.text : this.asked.mark;
  }

  get buttonText() {
    const { length } = this.asked.hints;
    if (this.given === 0) return say("Hint");
    return this.given < length
      ? say("Hint {number} of {count}", { number: this.given + 1, count: length })
      : say("Answer");
  }

  get messageText() {
    if (this.told) return say("This is the answer.");
    return this.verdict === "right" || this.verdict === "open" ? "" : this.message;
  }
}

/**
 * The hints that were given: the first is in words, the others are formulas.
 * @param {Blank} blank
 * @param {Blank[]} blanks
 */
export function hintsOf(blank, blanks) {
  if (blank.verdict === "right") return [];
  const [idea, ...formulas] = blank.asked.hints.slice(0, blank.given);
  const lines = formulas.map((formula) => `${blank.asked.label} = ${withNumbers(formula, blanks)}`);
  return idea === undefined ? [] : [idea, ...lines];
}

/**
 * A formula in which the marks of blanks that are found have become numbers.
 * @param {string} formula
 * @param {Blank[]} blanks
 */
export function withNumbers(formula, blanks) {
  return formula.replace(/(\(?)\?(\d+)(\)?)/g, (whole, open, number, close) => {
    const blank = blanks[number - 1];
    if (!blank.isFound) return whole;
    const bare = (open && close) || /^[\d.]+$/.test(blank.shown);
    return open + (bare ? blank.shown : `(${blank.shown})`) + close;
  });
}

/** @param {Blank[]} blanks */
export function scoreText(blanks) {
  const found = blanks.filter((blank) => blank.isFound).length;
  if (found < blanks.length) return say("{found} of {count} found", { found, count: blanks.length });
  const hints = blanks.reduce((sum, blank) => sum + blank.given, 0);
  const told = blanks.filter((blank) => blank.told).length;
  const { length: count } = blanks;
  if (!hints && !told) return say("✓ All {count} found, without a hint.", { count });
  const help = [hints && hintsText(hints), told && toldText(told)].filter(Boolean).join(", ");
  return say("✓ All {count} found, with {help}.", { count, help });
}

/** @param {number} count */
const hintsText = (count) => (count === 1 ? say("1 hint") : say("{count} hints", { count }));
/** @param {number} count */
const toldText = (count) => (count === 1 ? say("1 answer shown") : say("{count} answers shown", { count }));

/**
 * The next blank, or the one before; past what is found already, if there is anything else.
 * @param {Blank[]} blanks
 * @param {Blank} blank
 * @param {1 | -1} by
 */
export function nextTo(blanks, blank, by) {
  const ring = by > 0 ? blanks : [...blanks].reverse();
  const start = ring.indexOf(blank) + 1;
  const around = [...ring.slice(start), ...ring.slice(0, start)];
  return around.find((other) => !other.isFound) ?? around[0];
}
