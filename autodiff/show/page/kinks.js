// Kinks: nodes whose operands lie exactly where their operation has no derivative, and what is used there.

import { numberText } from "./numbers.js";
import { say } from "./say.js";

/** @import { GraphNode, Rules } from "./model.js" */
/** @typedef {{used: number[], sides: [number | undefined, number | undefined][]}} Kink */

const MOST_SHOWN = 4; // slopes

/**
 * The kink that a node lies at: by each of its parents what is used, and the one-sided derivatives; undefined
 * where there is none, and where both sides agree, as in max(x, x).
 * @param {GraphNode} node
 * @param {Rules[string]} rule
 * @param {number[]} xs
 * @returns {Kink | undefined}
 */
export function kinkOf(node, rule, xs) {
  if (!rule.kinked?.(...xs)[0] || !xs.every(Number.isFinite)) return undefined;
  const parents = [...new Set(node.parents)];
  const used = parents.map((parent) => slope(node, rule, xs, parent));
  /** @type {Kink["sides"]} */
  const sides = parents.map((parent) => [side(node, rule, xs, parent, -1), side(node, rule, xs, parent, 1)]);
  return sides.every(([left, right], i) => left === used[i] && right === used[i])
    ? undefined
    : { used, sides };
}

/**
 * The derivative by a parent, which may be several of the operands.
 * @param {GraphNode} node
 * @param {Rules[string]} rule
 * @param {number[]} xs
 * @param {number} parent
 */
function slope(node, rule, xs, parent) {
  const partials = rule.partials(...xs, rule.value(...xs)[0]);
  return partials.filter((_, i) => isPlace(node.operands[i], parent)).reduce((x, y) => x + y, 0);
}

/** @type {(operand: [number] | number, place: number) => boolean} */
const isPlace = (operand, place) => Array.isArray(operand) && operand[0] === place;

/**
 * The derivative from the left (-1) or right (1), infinite at a jump; undefined where there is nothing.
 * @param {GraphNode} node
 * @param {Rules[string]} rule
 * @param {number[]} xs
 * @param {number} parent
 * @param {number} direction
 */
function side(node, rule, xs, parent, direction) {
  const x = xs[node.operands.findIndex((operand) => isPlace(operand, parent))];
  const step = Math.max(Math.abs(x) * 2 ** -52, 1e-150);
  const moved = xs.map((y, i) => (isPlace(node.operands[i], parent) ? y + direction * step : y));
  try {
    const change = rule.value(...moved)[0] - rule.value(...xs)[0];
    const found = slope(node, rule, moved, parent);
    return Math.abs(change) > 1000 * step * (1 + Math.abs(found)) ? (change * direction) / 0 : found;
  } catch {
    return undefined;
  }
}

/**
 * The words of Python's pictures: kink: slope 0 used, one-sided 0 and 1; of many operands those at the kink.
 * @param {Kink} kink
 * @param {boolean} exact
 */
export function kinkText({ used, sides }, exact) {
  /** @param {number | undefined} x */
  const text = (x) => (x === undefined ? say("none") : numberText(x, 6, exact));
  const every = used.map((taken, i) => ({ taken, left: sides[i][0], right: sides[i][1] }));
  const turning =
    every.length > MOST_SHOWN
      ? every.filter(({ taken, left, right }) => taken !== left || taken !== right)
      : every;
  const slopes = turning.map(({ taken }) => text(taken));
  const pairs = turning.map(({ left, right }) =>
    say("{left} and {right}", { left: text(left), right: text(right) }),
  );
  const same = slopes.length > 1 && new Set(slopes).size === 1 && new Set(pairs).size === 1;
  const more = same ? say(" each") : slopes.length > MOST_SHOWN ? ", ..." : "";
  const counts = { some: String(turning.length), all: String(every.length) };
  const which = turning.length < every.length ? say(", by {some} of {all} operands", counts) : "";
  /** @param {string[]} texts */
  const joined = (texts) => texts.slice(0, same ? 1 : MOST_SHOWN).join(", ") + more;
  const what = say("slope {used} used", { used: joined(slopes) });
  return `${say("kink")}: ${what}, ${say("one-sided {sides}", { sides: joined(pairs) + which })}`;
}
