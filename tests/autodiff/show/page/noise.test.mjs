import assert from "node:assert/strict";
import { test } from "node:test";

import { sweptWith } from "../../../../autodiff/show/page/model.js";
import { restOf } from "../../../../autodiff/show/page/noise.js";
import { RULES, graphOf, leaf, product, sum } from "./example.mjs";

const SIN = { ...RULES, sin: { value: (x) => [Math.sin(x)], partials: (x) => [Math.cos(x)] } };
const sine = (name, i) => ({ ...sum(name, i, i), rule: "sin", operands: [[i]] });

/** x·a + x·b + x·c, by x. */
const slopeOf = (a, b, c) => {
  const numbers = [leaf("x", 1), leaf("a", a), leaf("b", b), leaf("c", c)];
  const products = [product("p", 0, 1), product("q", 0, 2), product("r", 0, 3)];
  return sweptWith(graphOf([...numbers, ...products, sum("s", 4, 5), sum("f", 7, 6)]), new Map(), RULES);
};

test("what cancels but for rounding is 0", () => {
  assert.equal(0.1 + 0.2 - 0.3 === 0, false);
  assert.equal(slopeOf(0.1, 0.2, -0.3).adjoints[0], 0);
});

test("what is small and does not come of cancellation stays", () => {
  assert.equal(slopeOf(1e-17, 0, 0).adjoints[0], 1e-17);
  assert.equal(slopeOf(0.1, 0.2, -0.3 + 1e-12).adjoints[0] > 0, true);
});

test("a partial that is only the rounding of its operand is 0", () => {
  const at = (x) => sweptWith(graphOf([leaf("x", x), sine("f", 0)]), new Map(), SIN).adjoints[0];

  assert.notEqual(Math.cos(Math.PI / 2), 0);
  assert.equal(at(Math.PI / 2), 0);
  assert.equal(at(Math.PI / 2 - 1e-12), Math.cos(Math.PI / 2 - 1e-12));
});

test("what is left of a sum is 0 if nothing but rounding is", () => {
  assert.equal(restOf(0.3, [0.1, 0.2]), 0);
  assert.equal(restOf(0.5, [0.25]), 0.25);
});
