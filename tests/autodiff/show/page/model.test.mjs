import assert from "node:assert/strict";
import { test } from "node:test";

import { stepsOf, sweptWith, targetOf, viewsAround } from "../../../../autodiff/show/page/model.js";
import {
  B,
  C,
  E,
  F,
  RULES,
  X,
  Y,
  example,
  graphOf,
  leaf,
  logarithm,
  minimum,
  product,
  sum,
} from "./example.mjs";

const NONE = new Map();

test("edges lead down to the parents and up to the uses", () => {
  const graph = example();

  assert.deepEqual(graph.nodes[B].parents, [X, Y]);
  assert.deepEqual(
    graph.nodes[X].uses.map((edge) => graph.edges[edge].node),
    [2, B, C],
  );
  assert.deepEqual(graph.edges[graph.nodes[B].edges[1]], { node: B, parent: Y, position: 1 });
  assert.deepEqual([graph.leaves, graph.output], [[X, Y], F]);
});

test("leaves are in the order of their names, w9 before w10", () => {
  const graph = graphOf([leaf("w10", 1), leaf("x", 1), leaf("w9", 1), sum("a", 0, 1), sum("f", 2, 3)]);

  assert.deepEqual(graph.leaves, [2, 0, 1]);
});

test("numbers that JSON cannot hold come as text", () => {
  const graph = graphOf([leaf("x", "-Infinity"), leaf("y", "NaN"), sum("f", 0, 1)]);

  assert.deepEqual(
    graph.nodes.slice(0, 2).map(({ value }) => value),
    [-Infinity, NaN],
  );
});

test("both sweeps", () => {
  const { values, partials, adjoints, right, wrong, failures } = sweptWith(example(), NONE, RULES);

  assert.deepEqual(values, [2, 3, 4, 6, 5, 10, 25, 35]);
  assert.deepEqual(partials, [[], [], [4], [3, 2], [1, 1], [1, 1], [10], [1, 1]]);
  assert.deepEqual(adjoints, [17, 12, 1, 1, 10, 1, 1, 1]);
  assert.deepEqual([right, wrong], [adjoints, []]);
  assert.equal(failures.size, 0);
});

test("inputs take the place of the values of leaves", () => {
  const { values, adjoints } = sweptWith(example(), new Map([[X, -1]]), RULES);

  assert.deepEqual([values[F], adjoints[X], adjoints[Y]], [2, 5, 3]);
});

test("the moves of the reverse sweep add up", () => {
  const graph = example();
  const { moves } = sweptWith(graph, NONE, RULES);
  const toX = moves.filter(({ edge }) => graph.edges[edge].parent === X);

  assert.equal(moves.length, graph.edges.length);
  assert.deepEqual(
    toX.map(({ before, product: brought, after }) => [before, brought, after]),
    [
      [0, 10, 10],
      [10, 3, 13],
      [13, 4, 17],
    ],
  );
});

test("0 times infinity is NaN, but nothing comes from what is not chosen", () => {
  const nodes = [leaf("x", Infinity), leaf("y", 1), product("a", 0, 1)];
  const adjoints = (...more) => sweptWith(graphOf([...nodes, ...more]), NONE, RULES).adjoints;

  assert.equal(adjoints(leaf("z", 0), product("f", 2, 3))[Y], NaN);
  assert.equal(adjoints(leaf("z", 0), minimum("f", 2, 3))[Y], 0);
});

test("what cannot be computed fails, and so does what needs it", () => {
  const graph = graphOf([leaf("x", -1), logarithm("l", 0), leaf("y", 3), product("f", 1, 2)]);
  const { values, failures, adjoints, moves } = sweptWith(graph, NONE, RULES);

  assert.deepEqual(values, [-1, undefined, 3, undefined]);
  assert.deepEqual(
    [...failures],
    [
      [1, { message: "the result is not a real number", own: true }],
      [3, { message: "l has no value", own: false }],
    ],
  );
  assert.deepEqual(new Set(adjoints), new Set([undefined]));
  assert.deepEqual(new Set(moves.map(({ after }) => after)), new Set([undefined]));
});

test("an error that is none of mathematics is not hidden", () => {
  const wrong = { ...RULES, add: { value: () => null.x, partials: () => [] } };

  assert.throws(() => sweptWith(example(), NONE, wrong), TypeError);
});

test("steps go forward node by node, turn, and come back edge by edge", () => {
  const graph = example();
  const steps = stepsOf(graph, sweptWith(graph, NONE, RULES).moves);
  const [down] = steps.slice(9);

  assert.deepEqual(
    steps.map(({ kind }) => kind),
    [...Array(8).fill("value"), "seed", ...Array(10).fill("addition"), "result"],
  );
  assert.deepEqual([down.node, down.parent, targetOf(down)], [F, 5, 5]);
  assert.deepEqual([targetOf(steps[E]), targetOf(steps[8]), targetOf(steps.at(-1))], [E, F, undefined]);
});

test("a card of a fold shows its exit", () => {
  const folds = [{ nodes: [C, E], exit: E, within: [0] }];
  const views = [{ name: "overview", cards: [{ fold: 0 }, { node: F }], lines: [] }];
  const graph = example({ folds, views });

  assert.deepEqual(graph.views[0].cards, [
    { fold: 0, node: E, nodes: new Set([C, E]) },
    { node: F, nodes: new Set([F]) },
  ]);
  assert.deepEqual([viewsAround(graph, 0), viewsAround(graph, 1)], [[0], [0, 1]]);
});
