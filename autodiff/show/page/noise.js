// Noise: partials and adjoints that are 0 but for rounding. The rule is that of derivations/noise.py.

import { DomainError } from "./primitives.js";

const SUSPECT = 2 ** -30; // below that one asks whether a partial is anything but rounding
const UNIT = 2 ** -52;
const FACTOR = 4 * UNIT; // how far a product or a sum may be off: a few roundings went into it

/**
 * How far the value of a node may be off if every input and every operation is rounded.
 * @param {number} value
 * @param {number[]} partials
 * @param {number[]} doubts Those of its parents.
 */
export const valueDoubt = (value, partials, doubts) =>
  partials.reduce((sum, partial, i) => sum + Math.abs(partial) * doubts[i], UNIT * Math.abs(value));

/**
 * Partials with 0 for those that the rounding of their operands changes by half of themselves or more.
 * @param {number[]} partials
 * @param {(by: number) => number[]} shifted The partials where the operands are off by so many roundings.
 */
export function cleanPartials(partials, shifted) {
  /** @type {(x: number) => boolean} */
  const isSuspect = (x) => x !== 0 && Math.abs(x) < SUSPECT;
  if (!partials.some(isSuspect)) return partials;
  const moved = [-1, 1].map((by) => defined(() => shifted(by), partials));
  return partials.map((partial, i) => {
    const isNoise = moved.some((others) => 2 * Math.abs(others[i] - partial) >= Math.abs(partial));
    return isSuspect(partial) && isNoise ? 0 : partial;
  });
}

/**
 * What a function gives, or something else where it is not defined.
 * @template T
 * @param {() => T} compute
 * @param {T} otherwise
 */
function defined(compute, otherwise) {
  try {
    return compute();
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return otherwise;
  }
}

/**
 * How far a sum may be off to which a product is added.
 * @param {number} before How far it was off.
 * @param {number} product
 * @param {number} after The sum.
 * @param {number} passed How far the product is off because its factors are.
 */
export const sumDoubt = (before, product, after, passed) =>
  Math.hypot(before, FACTOR * (Math.abs(product) + Math.abs(after)), passed);

/**
 * A sum, or 0 if it is nothing but rounding.
 * @param {number} sum
 * @param {number} doubt
 */
export const cleanSum = (sum, doubt) => (Math.abs(sum) <= doubt && doubt < Infinity ? 0 : sum);

/**
 * What is left of a sum without some of its terms; 0 if that is nothing but rounding.
 * @param {number} total
 * @param {number[]} products
 */
export function restOf(total, products) {
  const size = products.reduce((sum, product) => sum + Math.abs(product), 0);
  return cleanSum(total - products.reduce((sum, product) => sum + product, 0), FACTOR * size);
}
