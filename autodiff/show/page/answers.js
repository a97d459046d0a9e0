// Answers to an exercise: whether what was typed is the right number, by the rule of practice/answers.py.

import { mayBeThousands, read } from "./numbers.js";

/** @import { Typed } from "./numbers.js" */
/** @typedef {"right" | "close" | "sign" | "wrong" | "unreadable" | "open"} Verdict */

const FEWEST_DIGITS = 3; // of a rounded answer
const [EXACT, CLOSE] = [5e-6, 0.02]; // relative errors; pictures show six digits
const WITHIN = 1 - 1e-6; // of a unit: less than one, whatever a float makes of it
const NOTHING = 1e-12; // what counts as 0 where that is right, as floats that cancel leave something
/**
 * Tell what a typed number is; "open" where nothing was typed.
 * @param {string} text
 * @param {number} answer
 * @returns {Verdict}
 */
export function judged(text, answer) {
  if (!text.trim()) return "open";
  if (mayBeThousands(text)) {
    const verdict = judged(text.replaceAll(",", ""), answer);
    if (verdict === "right" || verdict === "sign") return verdict;
  }
  const typed = read(text);
  if (!typed) return "unreadable";
  if (isRight(typed, typed.number, answer)) return "right";
  if (isRight(typed, -typed.number, answer)) return "sign";
  const whole = Number.isInteger(typed.number) && Number.isInteger(answer); // 101 is not a rounded 100
  return !whole && Math.abs(typed.number - answer) <= CLOSE * Math.abs(answer) ? "close" : "wrong";
}

/** @type {(typed: Typed, number: number, answer: number) => boolean} */
function isRight({ digits, unit }, number, answer) {
  const error = Math.abs(number - answer);
  const rounded = digits >= FEWEST_DIGITS && error < WITHIN * unit;
  return rounded || error <= (answer === 0 ? NOTHING : EXACT * Math.abs(answer));
}
