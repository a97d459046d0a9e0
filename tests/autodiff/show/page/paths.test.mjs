import assert from "node:assert/strict";
import { test } from "node:test";

import { sweptWith } from "../../../../autodiff/show/page/model.js";
import { besideNode, pathProduct, pathsFrom, termsOf } from "../../../../autodiff/show/page/paths.js";
import { D, F, RULES, X, Y, example, graphOf, leaf, minimum, product, sum } from "./example.mjs";

const graph = example();
const swept = sweptWith(graph, new Map(), RULES);

test("every path, as the nodes it comes to", () => {
  const { paths, count } = pathsFrom(graph, X, 12);
  const ways = paths.map((path) => path.map((edge) => graph.nodes[graph.edges[edge].node].name).join(""));

  assert.deepEqual([ways, count], [["adf", "bdf", "cef"], 3]);
});

test("of many paths only the first are listed, and all are counted", () => {
  const doubled = Array.from({ length: 40 }, (_, i) => sum(`v${i}`, i, i));
  const { paths, count } = pathsFrom(graphOf([leaf("x", 1), ...doubled]), 0, 12);

  assert.deepEqual([paths.length, count], [12, 2 ** 40]);
});

test("the output has one path, without edges; a node that is not used has none", () => {
  assert.deepEqual(pathsFrom(graph, F, 12), { paths: [[]], count: 1 });
  assert.deepEqual(pathsFrom(graphOf([leaf("x", 1), leaf("y", 1)]), 0, 12), { paths: [], count: 0 });
});

test("the products along the paths add up to the adjoint", () => {
  for (const place of graph.nodes.keys()) {
    const products = pathsFrom(graph, place, 12).paths.map((path) => pathProduct(swept, path));

    assert.equal(
      products.reduce((total, x) => total + x),
      swept.adjoints[place],
    );
  }
});

test("a product of 0 and infinity is NaN, unless an edge is cut", () => {
  const nodes = [leaf("x", 1), leaf("y", Infinity), leaf("z", 0), product("a", 0, 1)]; // a is infinite
  const unknown = sweptWith(graphOf([...nodes, product("f", 3, 2)]), new Map(), RULES);
  const cut = sweptWith(graphOf([...nodes, minimum("f", 3, 2)]), new Map(), RULES);

  assert.equal(pathProduct(unknown, pathsFrom(unknown.graph, 0, 1).paths[0]), NaN);
  assert.equal(pathProduct(cut, pathsFrom(cut.graph, 0, 1).paths[0]), 0);
});

test("each term has the look of its path, and the last one stands for the rest", () => {
  /** @type {(limit: number) => unknown[]} */
  const shown = (limit) =>
    termsOf(swept, pathsFrom(graph, X, limit), X).map(({ text, color, more }) => [text, color, more]);

  assert.deepEqual(shown(1), [
    ["4", "#D55E00", undefined],
    ["13", undefined, 2],
  ]);
  assert.deepEqual(shown(2), shown(3)); // a single path that is left out is shown in place of a line about it
  assert.deepEqual(
    shown(3).map((term) => term?.[2]),
    [undefined, undefined, undefined],
  );
});

test("beside a node stands the sum, the only product, or nothing", () => {
  const beside = [X, Y, D, F].map((place) => besideNode(swept, pathsFrom(graph, place, 12), place));
  const only = graphOf([leaf("x", -2), leaf("y", 3), product("a", 0, 1), product("f", 2, 1)]);
  const onlySwept = sweptWith(only, new Map(), RULES);

  assert.deepEqual(
    beside.map((terms) => terms.map(({ text }) => text)),
    [["4", "3", "10"], ["2", "10"], [], []],
  );
  assert.deepEqual(
    besideNode(onlySwept, pathsFrom(only, 0, 12), 0).map(({ text }) => text),
    ["3·3"],
  );
});
