import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { Blank, hintsOf, nextTo, scoreText, withNumbers } from "../../../../autodiff/show/page/blanks.js";

const MESSAGES = {
  right: "Right.",
  close: "Close.",
  sign: "Sign.",
  wrong: "Not yet.",
  unreadable: "Write.",
  open: "",
};

const asked = (number, answer, more = {}) => ({
  mark: `?${number}`,
  label: `∂f/∂x${number}`,
  answer,
  text: String(answer),
  hints: ["Add up.", "∂f/∂a·y", "?1·3"],
  traps: [],
  ...more,
});

let blanks;
beforeEach(() => {
  const traps = [[10, "That is one edge."]];
  blanks = [asked(1, 4), asked(2, 17, { traps }), asked(3, -2)].map((one) => new Blank(one, MESSAGES));
});

test("what was typed is judged, and said why", () => {
  const [, blank] = blanks;
  const said = ["16", "-17", "lots", "10", "17.01", "17", ""].map((text) => {
    blank.settle(text);
    return [blank.state, blank.messageText];
  });

  assert.deepEqual(said, [
    ["wrong", "Not yet."],
    ["sign", "Sign."],
    ["unreadable", "Write."],
    ["wrong", "That is one edge."],
    ["close", "Close."],
    ["right", ""],
    ["open", ""],
  ]);
});

test("while one types, half of an answer is not wrong", () => {
  const [, blank] = blanks;
  const states = ["1", "17", "170"].map((text) => {
    blank.follow(text);
    return blank.state;
  });

  assert.deepEqual(states, ["open", "right", "open"]);
});

test("hints come one at a time, and then the answer", () => {
  const [, blank] = blanks;
  const steps = Array.from({ length: 5 }, () => {
    const step = [blank.buttonText, hintsOf(blank, blanks).length, blank.shown];
    blank.hint();
    return step;
  });

  assert.deepEqual(steps, [
    ["Hint", 0, "?2"],
    ["Hint 2 of 3", 1, "?2"],
    ["Hint 3 of 3", 2, "?2"],
    ["Answer", 3, "?2"],
    ["Answer", 3, "17"],
  ]);
  assert.deepEqual([blank.state, blank.messageText], ["told", "This is the answer."]);
});

test("nothing is judged any more once the answer was told", () => {
  const [, blank] = blanks;
  for (let i = 0; i < 4; i++) blank.hint();
  blank.settle("16");

  assert.equal(blank.state, "told");
});

test("the first hint is in words, the others are formulas that take up what is found", () => {
  const [first, second] = blanks;
  for (let i = 0; i < 3; i++) second.hint();
  const before = hintsOf(second, blanks);
  first.settle("4");

  assert.deepEqual(before, ["Add up.", "∂f/∂x2 = ∂f/∂a·y", "∂f/∂x2 = ?1·3"]);
  assert.deepEqual(hintsOf(second, blanks).at(-1), "∂f/∂x2 = 4·3");
  second.settle("17");
  assert.deepEqual(hintsOf(second, blanks), []);
});

test("a negative number in a formula has brackets, once", () => {
  blanks[0].settle("4");
  blanks[2].settle("-2");

  assert.equal(withNumbers("?1 + ?2·?3 + log(?3) + (?3 + ?1)", blanks), "4 + ?2·(-2) + log(-2) + ((-2) + 4)");
});

test("the score counts what was found, and how", () => {
  const scores = [scoreText(blanks)];
  ["4", "17", "-2"].forEach((text, place) => blanks[place].settle(text));
  scores.push(scoreText(blanks));
  blanks.forEach((blank) => blank.startOver());
  for (let i = 0; i < 4; i++) blanks[0].hint();
  blanks[1].hint();
  ["", "17", "-2"].forEach((text, place) => blanks[place].settle(text));
  scores.push(scoreText(blanks));

  assert.deepEqual(scores, [
    "0 of 3 found",
    "✓ All 3 found, without a hint.",
    "✓ All 3 found, with 4 hints, 1 answer shown.",
  ]);
});

test("one goes round, past what is found", () => {
  const [first, second, third] = blanks;
  second.settle("17");

  assert.deepEqual([nextTo(blanks, first, 1), nextTo(blanks, third, 1)], [third, first]);
  assert.deepEqual([nextTo(blanks, third, -1), nextTo(blanks, first, -1)], [first, third]);
  first.settle("4");
  third.settle("-2");
  assert.equal(nextTo(blanks, first, 1), second);
});
