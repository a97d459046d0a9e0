// Kinks on the page: where there is one, what is used, and both sides, in the words of Python's pictures.

import assert from "node:assert/strict";
import test from "node:test";
import { kinkOf, kinkText } from "../../../../autodiff/show/page/kinks.js";

const RELU = {
  value: (x) => [Math.max(x, 0)],
  partials: (x) => [x > 0 ? 1 : 0],
  kinked: (x) => [x === 0 ? 1 : 0],
};
const MAXIMUM = {
  value: (x, y) => [Math.max(x, y)],
  partials: (x, y) => [(x > y) + (x === y) / 2, (x < y) + (x === y) / 2],
  kinked: (x, y) => [x === y ? 1 : 0],
};
const STEP = { value: (x) => [x > 0 ? 1 : 0], partials: () => [0], kinked: (x) => [x === 0 ? 1 : 0] };
const on = (...parents) => ({ parents, operands: parents.map((parent) => [parent]) });

test("a kink says what is used and what both sides say", () => {
  assert.equal(kinkText(kinkOf(on(0), RELU, [0]), false), "kink: slope 0 used, one-sided 0 and 1");
  const tie = kinkOf(on(0, 1), MAXIMUM, [3, 3]);
  assert.equal(kinkText(tie, false), "kink: slope 0.5 each used, one-sided 0 and 1 each");
  assert.deepEqual(kinkOf(on(0), STEP, [0]), { used: [0], sides: [[0, Infinity]] });
});

test("beside a kink, and where both sides agree, there is none", () => {
  assert.equal(kinkOf(on(0), RELU, [1e-200]), undefined);
  assert.equal(kinkOf(on(0, 0), MAXIMUM, [3, 3]), undefined);
  assert.equal(kinkOf(on(0), { value: (x) => [x], partials: () => [1] }, [0]), undefined);
});
