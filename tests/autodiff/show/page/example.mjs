// f = x² + x·y + (x + y)², as Python tells it, and graphs that are made like it.

import { revived } from "../../../../autodiff/show/page/model.js";
import * as primitives from "../../../../autodiff/show/page/primitives.js";

export const RULES = {
  add: { value: (x, y) => [x + y], partials: () => [1, 1] },
  mul: { value: (x, y) => [x * y], partials: (x, y) => [y, x] },
  pow: { value: (x, n) => [primitives.pow(x, n)], partials: (x, n) => [n * primitives.pow(x, n - 1), NaN] },
  minimum: {
    value: (x, y) => [primitives.minimum(x, y)],
    partials: (x, y) => [primitives.less(x, y), primitives.greater_equal(x, y)],
    kinked: (x, y) => [primitives.equal(x, y)],
    chooses: true,
  },
  log: { value: (x) => [primitives.log(x)], partials: (x) => [primitives.truediv(1, x)] },
};

const slot = (place) => ["slot", place];
const identifier = (name) => ["mi", name];

export const leaf = (name, value) => ({ name, symbol: identifier(name), value });

export const sum = (name, i, j) => ({
  name,
  symbol: identifier(name),
  rule: "add",
  operation: "+",
  operands: [[i], [j]],
  formula: ["mrow", slot(i), ["mo", "+"], slot(j)],
  partials: [
    ["mn", "1"],
    ["mn", "1"],
  ],
  texts: ["1", "1"],
});

export const product = (name, i, j) => ({
  name,
  symbol: identifier(name),
  rule: "mul",
  operation: "*",
  operands: [[i], [j]],
  formula: ["mrow", ["guard", slot(i)], ["mo", "·"], ["guard", slot(j)]],
  partials: [slot(j), slot(i)],
  texts: [name, name],
});

export const minimum = (name, i, j) => ({ ...product(name, i, j), rule: "minimum", operation: "min" });

export const square = (name, i, text = "") => ({
  name,
  symbol: identifier(name),
  rule: "pow",
  operation: "**",
  domain: "x > 0, or n an integer",
  operands: [[i], 2],
  formula: ["msup", ["guard", slot(i)], ["mn", "2"]],
  partials: [["mrow", ["mn", "2"], ["join"], ["guard", slot(i)]]],
  texts: [text],
});

export const logarithm = (name, i) => ({
  name,
  symbol: identifier(name),
  rule: "log",
  operation: "log",
  domain: "x > 0",
  operands: [[i]],
  formula: ["mrow", ["mi", "log"], ["guard", slot(i)]],
  partials: [["mfrac", ["mn", "1"], slot(i)]],
  texts: ["1/x"],
});

/** A graph of such nodes, with one view that shows them all. */
export function graphOf(nodes, more = {}, parts = {}) {
  const places = nodes.flatMap((node, place) => (node.operands ?? []).filter(Array.isArray).map(() => place));
  const view = {
    name: "overview",
    cards: nodes.map((_, node) => ({ node })),
    lines: places.map((_, edge) => [edge]),
  };
  const looks = [
    { color: "#D55E00", style: "solid", penwidth: "2" },
    { color: "#0072B2", style: "dashed", penwidth: "2" },
  ];
  return revived({ nodes, exact: false, folds: [], views: [view], looks, mistake: null, ...more }, parts);
}

export const NODES = [
  leaf("x", 2),
  leaf("y", 3),
  square("a", 0, "2x"),
  product("b", 0, 1),
  sum("c", 0, 1),
  sum("d", 2, 3),
  square("e", 4, "2c"),
  sum("f", 5, 6),
];
export const [X, Y, A, B, C, D, E, F] = NODES.keys();

export const example = (more = {}) => graphOf(NODES, more);

const LAST_FIRST = [8, 9, 7, 5, 6, 3, 4, 1, 2, 0]; // edges, children before their parents

/** The same graph with a mistake; what is not given is as in the right sweep. */
export function mistaken(parts, { nodes = NODES, turns, ...more } = {}) {
  const mistake = {
    name: "a mistake",
    wrong: "it is wrong",
    happened: "it went wrong",
    harmless: "no harm",
    joint: " + ",
    rounding: 1e-9,
    turns: turns ?? LAST_FIRST.map((edge) => [edge, null, 1]),
    breaks_off: false,
    ...more,
  };
  return graphOf(nodes, { mistake }, parts);
}

export const OVERWRITING = { put: (before, brought) => brought };
