import assert from "node:assert/strict";
import { test } from "node:test";

import * as general from "../../../../autodiff/show/page/primitives.js";
import * as special from "../../../../autodiff/show/page/special.js";

const primitives = { ...general, ...special };
const { DomainError } = primitives;

/** Whether two numbers are the same to almost all digits. */
const near = (actual, expected) =>
  assert.ok(Math.abs(actual - expected) <= 1e-15 * Math.abs(expected), `${actual} is not ${expected}`);

// Computed with mpmath at 50 digits.
for (const [name, x, z] of [
  ["exp", 1, 2.718281828459045],
  ["expm1", 1e-9, 1.0000000005000001e-9],
  ["log1p", 1e-9, 9.999999995e-10],
  ["sigmoid", 2, 0.8807970779778824],
  ["sigmoid", -800, 0],
  ["sigmoid", -40, 4.248354255291589e-18],
  ["erf", 0.5, 0.5204998778130465],
  ["erf", -3, -0.9999779095030014],
  ["erf", 7, 1],
  ["erfc", 0.5, 0.4795001221869535],
  ["erfc", 5, 1.537459794428035e-12],
  ["erfc", 30, 0],
]) {
  test(`${name}(${x})`, () => near(primitives[name](x), z));
}

for (const [name, xs, message] of [
  ["log", [0], "the result is not a real number"],
  ["log1p", [-1], "the result is not a real number"],
  ["sqrt", [-1], "the result is not a real number"],
  ["asin", [1.5], "the result is not a real number"],
  ["exp", [1000], "the result is too large for a float"],
  ["truediv", [1, 0], "division by zero"],
  ["pow", [0, -1], "0 to a negative power"],
  ["pow", [-8, 1 / 3], "the result is not a real number"],
  ["pow", [1e200, 2], "the result is too large for a float"],
]) {
  test(`${name}(${xs}) throws as Python raises`, () => {
    assert.throws(
      () => primitives[name](...xs),
      (error) => error instanceof DomainError && error.message === message,
    );
  });
}

test("infinities and NaN pass", () => {
  assert.equal(primitives.exp(Infinity), Infinity);
  assert.equal(primitives.pow(Infinity, 2), Infinity);
  assert.ok(Number.isNaN(primitives.log(NaN)));
  assert.ok(Number.isNaN(primitives.maximum(NaN, 1)));
});

test("one to any power is one, as Python has it", () => {
  assert.deepEqual([primitives.ieee_pow(1, NaN), primitives.ieee_pow(-1, Infinity)], [1, 1]);
});

test("x log(y) at its edges", () => {
  const { xlogy } = primitives;

  assert.deepEqual([xlogy(0, 0), xlogy(2, 0), xlogy(2, -1), xlogy(2, 1)], [0, -Infinity, NaN, 0]);
});

test("comparisons give 1 or 0", () => {
  const { choose, equal, greater, greater_equal, less, less_equal, sign } = primitives;

  assert.deepEqual(
    [greater(2, 1), greater(1, 1), greater_equal(1, 1), less(1, 1), less_equal(1, 1)],
    [1, 0, 1, 0, 1],
  );
  assert.deepEqual(
    [equal(2, 2), equal(NaN, NaN), sign(-3), sign(0), choose(1, 5, 6), choose(0, 5, 6)],
    [1, 0, -1, 0, 5, 6],
  );
});
