import assert from "node:assert/strict";
import { test } from "node:test";

import { judged } from "../../../../autodiff/show/page/answers.js";

// As in tests/autodiff/show/test_practice.py; test_practice_page.py holds the page and Python together.
for (const [text, answer, verdict] of [
  ["", 17, "open"],
  ["  ", 17, "open"],
  ["x", 17, "unreadable"],
  ["17", 17, "right"],
  ["34/2", 17, "right"],
  ["17.01", 17, "close"],
  ["-17", 17, "sign"],
  ["16", 17, "wrong"],
  ["101", 100, "wrong"],
  ["1/32", 1 / 32, "right"],
  ["0.0313", 1 / 32, "right"],
  ["0.0312", 1 / 32, "right"],
  ["0.031", 1 / 32, "close"],
  ["2/3", 2 / 3, "right"],
  ["0.667", 2 / 3, "right"],
  ["0.666", 2 / 3, "right"],
  ["0.665", 2 / 3, "close"],
  ["0.67", 2 / 3, "close"],
  ["0.7", 2 / 3, "wrong"],
  ["1.23e5", 123456, "right"],
  ["123000", 123456, "wrong"],
  ["1,000", 1000, "right"],
  ["1,000", 1, "right"],
  ["-12,345,678", -12345678, "right"],
  ["−1,500", 1500, "sign"],
  ["0,125", 0.125, "right"],
  ["0,125", 125, "wrong"],
  ["1,00", 100, "wrong"],
  ["-0,0", 0, "right"],
  ["0", 5.6e-17, "wrong"],
  ["5.55e-17", 0.0, "right"],
  ["9e-13", 4.24835e-18, "wrong"],
  ["1e-14", 1.0000001e-14, "right"],
  ["1.1e-14", 1e-14, "wrong"],
  ["-1e-14", 1e-14, "sign"],
  ["4.24835e-18", 4.248354255291589e-18, "right"],
  ["4.25e-18", 4.248354255291589e-18, "right"],
  ["4.2e-18", 4.248354255291589e-18, "close"],
  ["0", 0.001, "wrong"],
  ["0.1", 0, "wrong"],
  ["1e999", 1e300, "wrong"],
]) {
  test(`${JSON.stringify(text)} for ${answer} is ${verdict}`, () =>
    assert.equal(judged(text, answer), verdict));
}
