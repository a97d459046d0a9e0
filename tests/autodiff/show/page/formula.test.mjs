import assert from "node:assert/strict";
import { test } from "node:test";

import { Writer, textOf } from "../../../../autodiff/show/page/formula.js";
import { A, B, C, E, F, X, example, graphOf, leaf } from "./example.mjs";

const VALUES = [2, -3, 4, -6, -1, -2, 1, -1];
const writer = new Writer(example(), VALUES);
const written = (trees) => trees.map(textOf).join("");

test("the text of a tree is that of its leaves, without tags", () => {
  assert.equal(textOf(["mfrac", ["mi", "x"], ["mrow", ["mn", "2"], ["mo", "+"], "y"]]), "x2+y");
});

test("a formula in names and in numbers", () => {
  assert.equal(written(writer.calculation(E)), "c2=(−1)2");
  assert.equal(written(writer.calculation(B)), "x·y=2·(−3)");
  assert.equal(written(writer.calculation(C)), "x+y=2+−3");
});

test("slots become the symbols of nodes, with their tags", () => {
  assert.deepEqual(writer.value(C, writer.names), ["mrow", ["mi", "x"], ["mo", "+"], ["mi", "y"]]);
});

test("brackets stand around what has a sign, where the formula allows for them", () => {
  assert.deepEqual(writer.value(E, writer.numbers), [
    "msup",
    ["mrow", ["mo", "("], ["mn", "−1"], ["mo", ")"]],
    ["mn", "2"],
  ]);
});

test("a number and what it multiplies are joined by a point, in names by nothing that is seen", () => {
  const edge = { node: A, parent: X, position: 0 };

  assert.equal(textOf(writer.partial(edge, writer.names)), "2\u2062x");
  assert.equal(textOf(writer.partial(edge, writer.numbers)), "2·2");
});

test("a formula without names is written once", () => {
  const many = {
    name: "s",
    symbol: ["mi", "s"],
    rule: "add",
    operands: [[0], [0]],
    formula: ["mtext", "sum of 50"],
  };
  const graph = graphOf([leaf("x", 1), { ...many, partials: [null, null] }]);
  const short = new Writer(graph, [1, 2]);

  assert.equal(written(short.calculation(1)), "sum of 50");
  assert.equal(short.partial({ node: 1, parent: 0, position: 0 }, short.names), undefined);
});

test("a name that looks like an operation stands in brackets after a sign", () => {
  const graph = example();
  graph.nodes[X].symbol = ["mrow", ["mi", "x"], ["mo", "−"], ["mi", "μ"]];

  assert.equal(textOf(new Writer(graph, VALUES).derivative(F, X)), "∂f∂(x−μ)");
});

test("the sign of a derivative", () => {
  assert.deepEqual(writer.derivative(F, X), [
    "mfrac",
    ["mrow", ["mo", "∂"], ["mi", "f"]],
    ["mrow", ["mo", "∂"], ["mi", "x"]],
  ]);
});

test("fractions of an exact graph stand in brackets inside a product", () => {
  assert.equal(textOf(new Writer(example({ exact: true })).factor(1 / 32)), "(1/32)");
});
