import assert from "node:assert/strict";
import { test } from "node:test";

import {
  cardAt,
  cardNumber,
  cardTexts,
  lineAt,
  lineText,
  numbersFor,
  roomOn,
  spokenCard,
  titleFor,
} from "../../../../autodiff/show/page/cards.js";
import { State } from "../../../../autodiff/show/page/state.js";
import {
  A,
  B,
  C,
  D,
  E,
  F,
  OVERWRITING,
  RULES,
  X,
  example,
  graphOf,
  leaf,
  logarithm,
  mistaken,
  product,
} from "./example.mjs";

const holding = (classes) => Object.keys(classes).filter((name) => classes[name]);
const card = (state, place) => cardAt(state.graph.views[0].cards[place], state);
const texts = (state, place) =>
  cardTexts(state.graph.views[0].cards[place], card(state, place), state.graph.exact);
const at = (position) => {
  const state = new State(example(), RULES);
  state.goTo(position);
  return state;
};

test("numbers on cards are short", () => {
  assert.deepEqual(
    [1 / 3, -1 / 3, 35, 1234567.8].map((x) => cardNumber(x, false)),
    ["0.3333", "−0.3333", "35", "1.235e+6"],
  );
});

test("letters grow where the picture is small, until one line alone fits", () => {
  const rooms = [2, 1, 0.6, 0.45, 0.25].map((zoom) => roomOn(154, zoom));

  assert.deepEqual(
    rooms.map(({ size, lines }) => [Math.round(size), lines]),
    [
      [14, 2],
      [14, 2],
      [17, 2],
      [22, 2],
      [40, 1],
    ],
  );
  assert.deepEqual(
    rooms.map(({ characters }) => characters),
    [Infinity, Infinity, 13, 9, 5],
  );
});

test("of a title as much is shown as there is room for", () => {
  const shown = [20, 10, 4, 3, 2].map((characters) => titleFor("hidden = a + b", "hidden", characters));

  assert.deepEqual(shown, ["hidden = a + b", "hidden", "hi…", "h…", ""]);
});

const numbersOn = (width, zoom, value, adjoint, exact = false) =>
  numbersFor(
    (digits, isExact) => ({
      value: cardNumber(value, isExact, digits),
      adjoint: adjoint === undefined ? "" : `∂ ${cardNumber(adjoint, isExact, digits)}`,
    }),
    exact,
    roomOn(width, zoom),
  );

test("numbers have as many digits as there is room for beside each other", () => {
  const [value, adjoint] = [-0.00056271, -0.0123412];

  assert.deepEqual(
    [170, 160, 150].map((width) => numbersOn(width, 1, value, adjoint)),
    [
      { value: "−0.0005627", adjoint: "∂ −0.01234" },
      { value: "−0.000563", adjoint: "∂ −0.0123" },
      { value: "−0.00056", adjoint: "∂ −0.012" },
    ],
  );
});

test("a fraction that has no room is written with a point", () => {
  const both = (width) => numbersOn(width, 1, -2 / 7, -83509 / 190512, true);

  assert.deepEqual(both(180), { value: "−2/7", adjoint: "∂ −83509/190512" });
  assert.deepEqual(both(154), { value: "−0.2857", adjoint: "∂ −0.4383" });
});

test("what is not whole does not look so for want of digits", () => {
  assert.deepEqual(
    [1.04, -0.996, 99.6, 1.0004, 3].map((x) => cardNumber(x, false, 2)),
    ["1.0", "−1.0", "99.6", "1.0", "3"],
  );
});

test("where there is no room for the mark of a kink its value stands alone", () => {
  const written = (digits) => ({ value: "1 (kink)", adjoint: `∂ ${cardNumber(-0.333, false, digits)}` });

  assert.deepEqual(
    [160, 100].map((width) => numbersFor(written, false, roomOn(width, 1)).value),
    ["1 (kink)", "1"],
  );
});

test("where two numbers have no room the adjoint stays, or until it is known the value", () => {
  assert.deepEqual(numbersOn(170, 0.5, -0.267, -2.27), { value: "−0.27", adjoint: "∂ −2.3" });
  assert.deepEqual(numbersOn(130, 0.5, -0.267, -2.27), { value: "", adjoint: "∂ −2.27" });
  assert.deepEqual(numbersOn(130, 0.5, -0.267), { value: "−0.267", adjoint: "" });
  assert.deepEqual(numbersOn(170, 0.3, -0.267, -2.27), { value: "", adjoint: "" });
});

test("a card shows its value and adjoint once they are known", () => {
  const states = [0, F + 1, F + 2].map(at);

  assert.deepEqual(
    states.map((state) => texts(state, F)),
    [
      { value: "", adjoint: "" },
      { value: "35", adjoint: "" },
      { value: "35", adjoint: "∂ 1" },
    ],
  );
});

test("what a card has to do with a step", () => {
  const down = at(F + 3); // from f to d

  assert.deepEqual(holding(card(at(E), E).classes), ["pending"]);
  assert.deepEqual(holding(card(at(E + 1), E).classes), ["current"]);
  assert.deepEqual(
    [F, D, E].map((place) => holding(card(down, place).classes)),
    [["source"], ["target"], []],
  );
});

test("chosen cards and breakpoints are marked", () => {
  const state = at(1000);
  state.chooseNode(X);
  state.toggleBreakpoint(B);

  assert.deepEqual(
    [X, B, C].map((place) => holding(card(state, place).classes)),
    [["chosen"], ["stop"], []],
  );
});

test("failures are marked, the culprit and what needs it", () => {
  const state = new State(
    graphOf([leaf("x", -1), logarithm("l", 0), leaf("y", 3), product("f", 1, 2)]),
    RULES,
  );

  assert.deepEqual(
    [1, 2, 3].map((place) => [texts(state, place).value, holding(card(state, place).classes)]),
    [
      ["⚠ not defined", ["failed"]],
      ["3", []],
      ["?", ["blocked"]],
    ],
  );
});

test("what is wrong is marked when all is done", () => {
  const state = new State(mistaken(OVERWRITING), RULES);

  assert.equal(texts(state, X).adjoint, "✗ ∂ 4");
  state.goTo(state.position - 1);
  assert.equal(texts(state, X).adjoint, "∂ 4");
});

test("a fold without an exit invites to open it", () => {
  const views = [{ name: "overview", cards: [{ fold: 0 }], lines: [] }];
  const state = new State(example({ views, folds: [{ nodes: [A, B], exit: null, within: [0] }] }), RULES);
  const shown = card(state, 0);

  assert.equal(texts(state, 0).value, "open ▸");
  assert.equal(
    spokenCard(state.graph.views[0].cards[0], "layer", shown, false),
    "layer, folded, opens, not computed yet",
  );
});

test("what a screen reader says of a card", () => {
  const state = at(1000);
  state.toggleBreakpoint(X);
  const said = [X, C].map((place) =>
    spokenCard(state.graph.views[0].cards[place], "t", card(state, place), false),
  );

  assert.deepEqual(said, ["t, value 2, adjoint 17, breakpoint", "t, value 5, adjoint 10"]);
});

test("a line shows symbol and number of its partial", () => {
  const state = at(1000);
  const edges = [A, E, D].map((place) => state.graph.nodes[place].edges[0]);

  assert.deepEqual(
    edges.map((edge) => lineText([edge], lineAt([edge], state).partial, state.graph)),
    ["2x = 4", "2c = 10", "1"],
  );
});

test("what a line has to do with a step", () => {
  const [edge] = example().nodes[E].edges;
  const classes = [E, E + 1, F + 5, F + 6].map((position) => holding(lineAt([edge], at(position)).classes));

  assert.deepEqual(classes, [["pending"], ["fed"], ["current", "passed"], ["passed"]]);
});
