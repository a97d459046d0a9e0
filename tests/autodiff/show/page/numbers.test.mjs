import assert from "node:assert/strict";
import { test } from "node:test";

import { needsBrackets, numberText, read } from "../../../../autodiff/show/page/numbers.js";

for (const [text, number] of [
  ["17", 17],
  [" -0.5 ", -0.5],
  ["−0,5", -0.5],
  [".5", 0.5],
  ["5.", 5],
  ["+3", 3],
  ["1e-3", 1e-3],
  ["2.5E2", 250],
  ["1/32", 1 / 32],
  ["- 1 / 32", -1 / 32],
  ["1⁄-4", -0.25],
  ["10÷4", 2.5],
  ["0.5/1,5", 1 / 3],
]) {
  test("a number halfway between two is rounded to the even one, as Python does", () => {
    assert.deepEqual(
      [65.53125, 65.53135, 0.40625, -0.40625].map((x) => numberText(x, x > 1 ? 6 : 4)),
      ["65.5312", "65.5314", "0.4062", "−0.4062"],
    );
    assert.deepEqual([numberText(2.5, 1), numberText(3.5, 1), numberText(0.125, 2)], ["2", "4", "0.12"]);
  });

  test(`${JSON.stringify(text)} is read`, () => assert.equal(read(text)?.number, number));
}

for (const text of [
  "",
  "-",
  ".",
  "1/",
  "/2",
  "1/0",
  "1/2/3",
  "two",
  "1.2.3",
  "1 1/2",
  "1 000",
  "1e",
  "1e9999",
]) {
  test(`${JSON.stringify(text)} is no number`, () => assert.equal(read(text), undefined));
}

test("neither hexadecimals nor names of numbers nor digits of other scripts are read", () => {
  assert.deepEqual(["0x10", "Infinity", "NaN", "١"].map(read), [undefined, undefined, undefined, undefined]);
});

test("a number has at most 40 characters", () => {
  assert.equal(read("1".repeat(40))?.digits, 40);
  assert.equal(read("1".repeat(41)), undefined);
});

test("the digits that were typed tell how exact a number claims to be", () => {
  assert.deepEqual(read("0.0310"), { number: 0.031, digits: 3, unit: 10 ** -4 });
  assert.deepEqual(read("-1.50e3"), { number: -1500, digits: 3, unit: 10 });
  assert.deepEqual(read("1/4"), { number: 0.25, digits: 0, unit: 0 });
  assert.equal(read("0")?.digits, 0);
});

test("numbers are written short, with a true minus sign", () => {
  const numbers = [0, -0, 5, -0.5, 1 / 3, 123456789, 1234567.8, 0.00001, -1e-7, 1e300];

  assert.deepEqual(
    numbers.map((x) => numberText(x)),
    ["0", "0", "5", "−0.5", "0.333333", "123456789", "1.23457e+6", "1e−5", "−1e−7", "1e+300"],
  );
});

test("fewer or more digits", () => {
  assert.deepEqual([numberText(2 / 3, 2), numberText(0.1 + 0.2, 17)], ["0.67", "0.30000000000000004"]);
});

test("what is no ordinary number has a name", () => {
  assert.deepEqual(
    [undefined, NaN, Infinity, -Infinity].map((x) => numberText(x)),
    ["?", "nan", "∞", "−∞"],
  );
});

test("the numbers of an exact graph are fractions", () => {
  const numbers = [1 / 32, -2 / 3, 4, 22 / 7, Math.PI, 1e-20];

  assert.deepEqual(
    numbers.map((x) => numberText(x, 6, true)),
    ["1/32", "−2/3", "4", "22/7", "3.14159", "1e−20"],
  );
});

test("what is written is read again", () => {
  for (const x of [0, 5, -0.5, 1e-5, -1234567, 1e300, 0.30000000000000004]) {
    assert.equal(read(numberText(x, 17))?.number, x);
  }
});

test("signs, exponents and fractions need brackets in a product", () => {
  assert.deepEqual(["2", "0.5", "−2", "1e+6", "1/3"].map(needsBrackets), [false, false, true, true, true]);
});
