// The primitives that the table's rows are made of, with the meaning they have in Python: where Python
// raises, they throw. autodiff/rules/worlds.py has their counterparts on floats.

/** @typedef {(x: number) => number} Unary */
/** @typedef {(x: number, y: number) => number} Binary */

export class DomainError extends Error {}

/**
 * Let a function throw where it has no result, or one that is too large, for numbers that are neither.
 * @param {Unary} compute
 * @returns {Unary}
 */
export function checked(compute) {
  return (x) => {
    const z = compute(x);
    if (Number.isNaN(z) && !Number.isNaN(x)) throw new DomainError("the result is not a real number");
    if (!Number.isFinite(z) && Number.isFinite(x))
      throw new DomainError("the result is too large for a float");
    return z;
  };
}

export const exp = checked(Math.exp);
export const expm1 = checked(Math.expm1);
export const log = checked((x) => (x > 0 ? Math.log(x) : NaN));
export const log1p = checked((x) => (x > -1 ? Math.log1p(x) : NaN));
export const log2 = checked((x) => (x > 0 ? Math.log2(x) : NaN));
export const log10 = checked((x) => (x > 0 ? Math.log10(x) : NaN));
export const exp2 = checked((x) => 2 ** x);
export const sqrt = checked(Math.sqrt);
export const sin = checked(Math.sin);
export const cos = checked(Math.cos);
export const tan = checked(Math.tan);
export const asin = checked(Math.asin);
export const acos = checked(Math.acos);
export const atan = Math.atan;
export const sinh = checked(Math.sinh);
export const cosh = checked(Math.cosh);
export const tanh = Math.tanh;
export const asinh = Math.asinh;
export const acosh = checked((x) => (x >= 1 ? Math.acosh(x) : NaN));
export const atanh = checked((x) => (Math.abs(x) < 1 ? Math.atanh(x) : NaN));
export const atan2 = Math.atan2;
export const hypot = Math.hypot;
export const floor = Math.floor;
export const absolute = Math.abs;

/**
 * What is left of x after whole multiples of y, with the sign of x.
 * @type {Binary}
 */
export function fmod(x, y) {
  if (y === 0) throw new DomainError("modulo by zero");
  if (Math.abs(x) === Infinity && !Number.isNaN(y)) throw new DomainError("the result is not a real number");
  return x % y;
}

/** @type {Binary} */
export function truediv(x, y) {
  if (y === 0) throw new DomainError("division by zero");
  return x / y;
}

/**
 * x / y, infinite or NaN at y = 0.
 * @type {Binary}
 */
export const divide = (x, y) => (y === 0 ? x * Infinity : x / y);

/**
 * x - y, and 0 where both are the same infinity.
 * @type {Binary}
 */
export const gap = (x, y) => (x === y ? 0 : x - y);

/** @type {Binary} */
export function pow(x, y) {
  const z = ieee_pow(x, y);
  if (Number.isFinite(z) || !Number.isFinite(x) || !Number.isFinite(y)) return z;
  if (Number.isNaN(z)) throw new DomainError("the result is not a real number");
  throw new DomainError(x === 0 ? "0 to a negative power" : "the result is too large for a float");
}

/**
 * x to the power y, infinite or NaN where pow throws.
 * @type {Binary}
 */
export function ieee_pow(x, y) {
  if (x === 1 || (x === -1 && Math.abs(y) === Infinity)) return 1; // where JavaScript says NaN
  return Math.pow(x === 0 && y < 0 ? 0 : x, y); // -0 counts as 0
}

/**
 * x log(y): 0 where x is 0, NaN where y is negative.
 * @type {Binary}
 */
export function xlogy(x, y) {
  if (x === 0) return 0;
  if (y > 0) return x * Math.log(y);
  return y === 0 ? x * -Infinity : NaN;
}

/**
 * 1 / (1 + exp(-x)), where neither tail overflows or loses digits.
 * @type {Unary}
 */
export function sigmoid(x) {
  if (x >= 0) return 1 / (1 + Math.exp(-x));
  const e = Math.exp(x);
  return e / (1 + e);
}

/** @type {(condition: number, x: number, y: number) => number} */
export const choose = (condition, x, y) => (condition === 0 ? y : x);
/** @type {Binary} */
export const maximum = (x, y) => Math.max(x, y);
/** @type {Binary} */
export const minimum = (x, y) => Math.min(x, y);
/** @type {Binary} */
export const greater = (x, y) => (x > y ? 1 : 0);
/** @type {Binary} */
export const greater_equal = (x, y) => (x >= y ? 1 : 0);
/** @type {Binary} */
export const less = (x, y) => (x < y ? 1 : 0);
/** @type {Binary} */
export const less_equal = (x, y) => (x <= y ? 1 : 0);
/** @type {Binary} */
export const equal = (x, y) => (x === y ? 1 : 0);
/** @type {Unary} */
export const sign = (x) => (x > 0 ? 1 : x < 0 ? -1 : Math.abs(x * 0));

// ---------------------------------------------------------------- vectors

/**
 * compute(j) for each element.
 * @type {(length: number, compute: (j: number) => number) => number[]}
 */
export const each = (length, compute) => Array.from({ length }, (_, j) => compute(j));

/**
 * All elements combined from the left.
 * @type {(combine: Binary, start: number, xs: number[]) => number}
 */
export function fold(combine, start, xs) {
  let sofar = start;
  for (const x of xs) sofar = combine(sofar, x);
  return sofar;
}

/**
 * For each element what those before it come to.
 * @type {(combine: Binary, start: number, xs: number[]) => number[]}
 */
export function before(combine, start, xs) {
  let sofar = start;
  return xs.map((x) => {
    const own = sofar;
    sofar = combine(sofar, x);
    return own;
  });
}

/**
 * For each element what those after it come to.
 * @type {(combine: Binary, start: number, xs: number[]) => number[]}
 */
export const after = (combine, start, xs) => before(combine, start, [...xs].reverse()).reverse();
