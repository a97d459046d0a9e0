import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { State } from "../../../../autodiff/show/page/state.js";
import { C, D, E, F, RULES, X, Y, example } from "./example.mjs";

let state;
beforeEach(() => {
  const folds = [
    { nodes: [C, E], exit: E, within: [0] },
    { nodes: [C], exit: C, within: [0, 1] },
  ];
  state = new State(example({ folds }), RULES);
});

test("it begins at the end, with everything known", () => {
  assert.ok(state.isAtEnd);
  assert.equal(state.step.kind, "result");
  assert.ok(state.known.whole);
  assert.deepEqual(state.known.adjoint, state.swept.adjoints);
  assert.equal(state.known.passed.size, state.graph.edges.length);
});

test("at a step, what comes later is not known", () => {
  state.goTo(F + 4); // the turn, and two edges
  const { value, adjoint, passed, whole } = state.known;

  assert.ok(value.every(Boolean));
  assert.deepEqual([adjoint[F], adjoint[D], adjoint[E], adjoint[C]], [1, 1, 1, undefined]);
  assert.deepEqual([passed.size, whole], [2, false]);
});

test("adjoints are known as far as they are added up", () => {
  const arrivals = state.steps.flatMap((step, place) =>
    step.kind === "addition" && step.parent === X ? [place + 1] : [],
  );
  const sums = arrivals.map((position) => {
    state.goTo(position);
    return state.known.adjoint[X];
  });

  assert.deepEqual(sums, [10, 13, 17]);
});

test("positions end at both ends", () => {
  state.goTo(-1);
  const first = [state.position, state.step];
  state.goTo(1000);

  assert.deepEqual([first, state.position], [[0, undefined], state.steps.length]);
});

test("a new input changes all, and is taken back", () => {
  state.change(Y, 0);
  const changed = state.swept.values[F];
  state.reset();

  assert.deepEqual([changed, state.swept.values[F]], [8, 35]);
});

test("a new input leaves the position where it is", () => {
  state.goTo(3);
  state.change(X, 5);

  assert.deepEqual([state.position, state.known.value[2], state.known.value[3]], [3, true, false]);
});

test("a second choice of a node takes the first one back", () => {
  state.chooseNode(X);
  const once = state.chosen;
  state.chooseNode(X);

  assert.deepEqual([once, state.chosen], [{ node: X }, {}]);
});

test("what one points at goes before what is chosen", () => {
  state.chooseNode(X);
  state.pointed = Y;
  const pointed = state.node;
  state.chooseEdge(0);

  assert.deepEqual([pointed, state.node, state.chosen], [Y, undefined, { edge: 0 }]);
});

test("breakpoints stop at both ends of an edge", () => {
  state.toggleBreakpoint(D);
  const stops = state.steps.flatMap((_, place) => {
    state.goTo(place + 1);
    return state.stop === D ? [state.step.kind] : [];
  });
  state.toggleBreakpoint(D);

  assert.deepEqual(stops, ["value", "addition", "addition", "addition"]);
  assert.equal(state.breakpoints.size, 0);
});

test("one leaves an inner view for the one around it, once nothing is chosen", () => {
  const left = [0, 1, 2].map((view) => {
    state.open(view);
    return state.viewToLeave;
  });
  state.chooseEdge(3);

  assert.deepEqual([left, state.viewToLeave], [[undefined, 0, 1], undefined]);
});
