import assert from "node:assert/strict";
import { test } from "node:test";

import { Writer, textOf } from "../../../../autodiff/show/page/formula.js";
import { State } from "../../../../autodiff/show/page/state.js";
import { changeText, crumbOf, spoken, storyOf, sumAt } from "../../../../autodiff/show/page/story.js";
import {
  C,
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

const told = (state, position) => {
  state.goTo(position);
  return storyOf(state.step, state.swept, new Writer(state.graph, state.swept.values));
};
const lines = ({ formulas }) => formulas.map((formula) => formula.map(textOf).join(""));

const state = new State(example(), RULES);
const additions = state.steps.flatMap((step, place) => (step.kind === "addition" ? [place + 1] : []));
const toX = additions.filter((position) => state.steps[position - 1].parent === X);

/** l = log(x) at −1, and what needs it. */
const failing = () =>
  new State(graphOf([leaf("x", -1), leaf("y", 2), logarithm("l", 0), product("f", 2, 1)]), RULES);

test("before the first step", () => {
  const story = told(state, 0);

  assert.equal(story.phase, "ready");
  assert.match(story.sentence, /from the inputs to f,/);
});

test("an input is given", () => {
  const story = told(state, X + 1);

  assert.deepEqual([story.heading, lines(story)], ["The input x", ["x=2"]]);
});

test("a node is computed, and its edge keeps the partial", () => {
  const story = told(state, E + 1);

  assert.deepEqual([story.phase, story.heading], ["forward", "Compute e"]);
  assert.deepEqual(lines(story), ["e=c2=52=25", "∂e∂c=2\u2062c=10"]);
  assert.equal(story.sentence, "The edge into it keeps its partial derivative.");
  assert.match(told(state, C + 1).sentence, /^Each edge/);
});

test("the sweep turns at the output", () => {
  const story = told(state, F + 2);

  assert.deepEqual([story.phase, lines(story)], ["reverse", ["∂f∂f=1"]]);
});

test("where paths meet, it says what is added", () => {
  const stories = toX.map((position) => told(state, position));

  assert.equal(stories[1].heading, "From b down to x");
  assert.deepEqual(lines(stories[1]), ["∂f∂x+=∂f∂b·∂b∂x", "∂f∂x=10+1·3=13"]);
  assert.deepEqual(
    stories.map(({ sentence }) => sentence),
    [
      "1 of 3 edges has reached x; the others will be added.",
      "Paths meet at x: 3 is added, nothing is overwritten. 2 of 3 edges have reached x.",
      "Paths meet at x: 4 is added, nothing is overwritten. All 3 edges have arrived.",
    ],
  );
});

test("what is used once is told so", () => {
  assert.equal(
    told(state, additions[0]).sentence,
    "Adjoint times partial: d is used once, so this is its whole derivative.",
  );
});

test("the end shows the derivatives", () => {
  const story = told(state, state.steps.length);

  assert.deepEqual([story.heading, lines(story)], ["f = 35 and its derivatives", ["∂f∂x=17", "∂f∂y=12"]]);
});

test("a screen reader hears heading, formulas and sentence", () => {
  assert.equal(spoken(told(state, X + 1)), "The input x. x=2 An input: its number is given.");
});

test("crumbs of the trail", () => {
  const crumbs = [X + 1, F + 2, toX[1], state.steps.length].map((position) =>
    crumbOf(state.steps[position - 1], state.swept),
  );
  const long = new State(graphOf([leaf("a name that is long", 1)]), RULES);

  assert.deepEqual(crumbs, ["x = 2", "∂f = 1", "∂x += 3", "result"]);
  assert.equal(crumbOf(long.steps[0], long.swept), "a name that i… = 1");
});

test("the sum at a card where an adjoint arrives", () => {
  const negative = new State(graphOf([leaf("x", 2), leaf("y", -3), product("f", 0, 1)]), RULES);

  assert.equal(sumAt(state.steps[toX[1] - 1], state.swept), "10 + 1·3 = 13");
  assert.equal(sumAt(negative.steps[4], negative.swept), "0 + 1·(−3) = −3");
});

test("what cannot be computed is told, with the numbers it happened at", () => {
  const story = told(failing(), 3);

  assert.deepEqual(
    [story.phase, story.heading, lines(story)],
    ["failure", "l cannot be computed", ["l=log(−1)"]],
  );
  assert.equal(story.sentence, "log: the result is not a real number at x = −1; defined for x > 0.");
  assert.equal(told(failing(), 4).sentence, "l has no value.");
});

test("without a value of the output there are no derivatives", () => {
  const broken = failing();

  for (const position of [5, 6, broken.steps.length]) {
    const story = told(broken, position);

    assert.equal(story.heading, "No derivatives: l cannot be computed");
    assert.match(story.sentence, /So f has no value\.$/);
  }
  assert.equal(sumAt(broken.steps[5], broken.swept), "");
});

test("a mistake that overwrites is told", () => {
  const wrong = new State(mistaken(OVERWRITING), RULES);

  assert.equal(told(wrong, 19).sentence, "Overwritten: the 3 that x had is lost.");
  assert.equal(sumAt(wrong.steps[18], wrong.swept), "= 1·4");
  assert.equal(crumbOf(wrong.steps[18], wrong.swept), "∂x = 4");
  assert.match(told(wrong, 20).sentence, /; what has a ✗ is wrong\./);
});

test("what a mistake does is told anew for a new input", () => {
  const wrong = new State(mistaken(OVERWRITING), RULES);
  wrong.change(X, 0);
  const said = changeText(X, wrong.swept);

  assert.equal(told(wrong, 19).sentence, "Overwritten: the 3 that x had is lost.");
  assert.equal(sumAt(wrong.steps[18], wrong.swept), "= 1·0");
  assert.match(
    said,
    /^x is 0, f is 9, derivative 0\. 2 of 8 derivatives are wrong\. The first is that of y: /,
  );
});

test("what a new input has done", () => {
  const changed = new State(example(), RULES);
  changed.change(X, 0.5);
  const broken = failing();

  assert.equal(changeText(X, changed.swept), "x is 0.5, f is 14, derivative 11");
  assert.equal(changeText(0, broken.swept), "l cannot be computed: the result is not a real number");
});
