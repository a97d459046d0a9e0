// Special functions, which few pages need: those whose rows use them.

import { checked } from "./primitives.js";

/** @typedef {import("./primitives.js").Unary} Unary */

// ---------------------------------------------------------------- the error function

/**
 * exp(-x²): x is split so that the large square is exact.
 * @type {Unary}
 */
function bell(x) {
  const high = Math.fround(x);
  return Math.exp(-high * high) * Math.exp(-(x - high) * (x + high));
}

/**
 * erf(x) = 2/√π exp(-x²) (x + 2x³/3 + 4x⁵/15 + ...): no term is negative, so nothing cancels.
 * @type {Unary}
 */
function erfSeries(x) {
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > Math.abs(sum) * 1e-17; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * bell(x) * sum;
}

/**
 * erfc(x) for x >= 1 as the continued fraction exp(-x²)/√π / (x + 1/2/(x + 1/(x + 3/2/(x + ...)))), from its
 * end.
 * @type {Unary}
 */
function erfcFraction(x) {
  let below = x;
  for (let n = Math.ceil(20 + 300 / (x * x)); n > 0; n--) below = x + n / 2 / below;
  return bell(x) / Math.sqrt(Math.PI) / below;
}

/** @type {Unary} */
export function erf(x) {
  if (Number.isNaN(x) || x === 0) return x;
  if (Math.abs(x) < 2) return erfSeries(x);
  return Math.sign(x) * (Math.abs(x) > 6 ? 1 : 1 - erfcFraction(Math.abs(x)));
}

/** @type {Unary} */
export function erfc(x) {
  if (Number.isNaN(x)) return x;
  if (x < 1) return 1 - erf(x);
  return x > 28 ? 0 : erfcFraction(x);
}

// ---------------------------------------------------------------- the gamma function

const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
]; // for g = 7 and nine terms, as Godfrey computed them

/** @type {Unary} */
const lanczos = (x) => LANCZOS.reduce((sum, c, k) => sum + c / (x - 1 + k));

/**
 * sin(πx), of which only what x is off a whole number counts.
 * @type {Unary}
 */
function sinPi(x) {
  const whole = Math.round(x);
  return (whole % 2 === 0 ? 1 : -1) * Math.sin(Math.PI * (x - whole));
}

export const gamma = checked((x) => {
  if (x === Infinity) return x;
  if (x <= 0 && Number.isInteger(x)) return NaN;
  if (x < 24 && Number.isInteger(x)) {
    let product = 1; // exact
    for (let k = 2; k < x; k++) product *= k;
    return product;
  }
  if (x < 0.5) return Math.PI / (sinPi(x) * gamma(1 - x));
  const base = x + 6.5;
  const root = Math.pow(base, (x - 0.5) / 2);
  return Math.sqrt(2 * Math.PI) * root * Math.exp(-base) * root * lanczos(x);
});

/**
 * The logarithm of |Γ(x)|.
 */
export const lgamma = checked((x) => {
  if (Math.abs(x) === Infinity) return Infinity;
  if (Math.abs(x) < 1e-20 && x !== 0) return -Math.log(Math.abs(x));
  if (x <= 0 && Number.isInteger(x)) return NaN;
  if (x < 0.5) return Math.log(Math.PI) - Math.log(Math.abs(sinPi(x))) - lgamma(1 - x);
  if (x < 20) return Math.log(gamma(x));
  const base = x + 6.5;
  return (x - 0.5) * (Math.log(base) - 1) - 7 + Math.log(Math.sqrt(2 * Math.PI) * lanczos(x));
});
