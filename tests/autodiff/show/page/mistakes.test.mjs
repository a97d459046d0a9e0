import assert from "node:assert/strict";
import { test } from "node:test";

import { sweptWith } from "../../../../autodiff/show/page/model.js";
import { C, OVERWRITING, RULES, X, Y, leaf, logarithm, minimum, mistaken, product, sum } from "./example.mjs";

const swept = (graph, inputs = []) => sweptWith(graph, new Map(inputs), RULES);

test("the right parts make the right sweep", () => {
  const { adjoints, right, wrong, sentence } = swept(mistaken({}));

  assert.deepEqual(adjoints, right);
  assert.deepEqual([wrong, sentence], [[], "no harm"]);
});

test("a mistake is made anew for other inputs", () => {
  const graph = mistaken(OVERWRITING, { joint: ", then " });
  const found = [[], [[X, 1], [Y, -1]]].map((inputs) => swept(graph, inputs)); // prettier-ignore

  assert.deepEqual(
    found.map(({ adjoints, right }) => [adjoints[X], right[X]]),
    [
      [4, 17],
      [2, 1],
    ],
  );
  assert.deepEqual(found[0].wrong, [X, Y]);
  assert.equal(
    found[1].sentence,
    "1 of 8 derivatives is wrong. The first is that of x: 0·1 + 1·(−1) + 1·2 = 1 is right, " +
      "0·1, then 1·(−1), then 1·2 = 2 came out, as it went wrong.",
  );
});

test("where the mistake does not show, that is said", () => {
  const { wrong, sentence } = swept(mistaken({ factor: (partial, value) => value }), [[X, 0], [Y, 0]]); // prettier-ignore

  assert.notEqual(wrong.length, 0);
  assert.equal(swept(mistaken(OVERWRITING), [[X, 0], [Y, 0]]).sentence, "no harm"); // prettier-ignore
  assert.notEqual(sentence, "no harm");
});

test("parts: what is used as partial, held at first, passed on", () => {
  const ofX = (parts) => swept(mistaken(parts)).adjoints[X];

  assert.equal(ofX({ factor: (partial, value) => value }), 25 * 5 * 2 + 10 * 6 * 2 + 10 * 4 * 2);
  assert.equal(ofX({ start: (left) => left }), 10 + 2 * 10 + 3 * 3 + 3 * 4);
  assert.equal(ofX({ passing: () => 1 }), 1 + 3 + 4);
  assert.equal(ofX({ leaf: (x) => x / 2 }), 2 + 1.5 + 10);
});

test("turns: their order, their sources, their signs", () => {
  const path = [[9, null, 1], [7, 0, 1], [5, 1, -1]]; // prettier-ignore
  const { moves, adjoints } = swept(mistaken({}, { turns: path }));

  assert.deepEqual(
    moves.map(({ edge, product: brought }) => [edge, brought]),
    [
      [9, 1],
      [7, 10],
      [5, -10],
    ],
  );
  assert.deepEqual([adjoints[X], adjoints[C]], [0, 10]);
});

test("a walk that breaks off is right in the end", () => {
  const { adjoints, right, moves } = swept(mistaken({}, { turns: [[9, null, 1]], breaks_off: true }));

  assert.deepEqual([adjoints, moves.length], [right, 1]);
});

test("partials outside the domain stay as they are", () => {
  const nodes = [leaf("x", 2), leaf("y", 1), sum("s", 0, 1), logarithm("l", 0), product("f", 2, 3)];
  const graph = mistaken({ leaf: (x) => x - 2 }, { nodes, turns: [[3, null, 1], [4, null, 1], [2, 1, 1]] }); // prettier-ignore

  assert.equal(swept(graph).moves[2].partial, 0.5);
  assert.equal(swept(graph, [[0, 4]]).moves[2].partial, 0.5);
});

test("nothing comes from what is not chosen", () => {
  const nodes = [leaf("x", Infinity), leaf("y", 1), product("a", 0, 1), leaf("z", 0), minimum("f", 2, 3)];
  const turns = [[2, null, 1], [3, null, 1], [0, null, 1], [1, null, 1]]; // prettier-ignore

  assert.equal(swept(mistaken({}, { nodes, turns })).adjoints[Y], 0);
});

test("without a value of the output there is nothing to say", () => {
  const nodes = [leaf("x", -1), logarithm("l", 0)];
  const { wrong, sentence, moves } = swept(mistaken(OVERWRITING, { nodes, turns: [[0, null, 1]] }));

  assert.deepEqual([wrong, sentence, moves], [[], "", [{ edge: 0 }]]);
});
