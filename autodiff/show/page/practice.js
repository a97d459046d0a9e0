"use strict";

// Practice: checks what is typed, gives hints one at a time, and fills in the picture.

const EXERCISE = JSON.parse(document.getElementById("exercise").textContent);
const PAUSE = 900; // milliseconds without typing after which an answer counts as given
const FEWEST_DIGITS = 3; // of a rounded answer
const [EXACT, CLOSE, NOTHING, WITHIN] = [5e-6, 0.02, 1e-12, 1 - 1e-6]; // as in answers.py
const SMALLEST = 0.6; // of the picture's own size, at which its letters are 11 pixels high
const PAPER = 680; // pixels between the margins of a page: a wider picture is printed across
const SIGNS = { right: "✓", wrong: "✗", sign: "✗", close: "✗", unreadable: "✗", told: "○" };

// ---------------------------------------------------------------- numbers

/** Read 2, -0.5, 0,5, 1e-3, 1/3; undefined if it is no number. */
function read(text) {
  const written = text.trim().replace(/[−–]/g, "-").replace(/,/g, ".").replace(/[⁄÷]/g, "/");
  const plain = written.replace(/\s*(\/)\s*|(?<=[-+])\s+/g, "$1"); // in 1 1/2 the blank may not be left out
  const parts = plain
    .split("/")
    .map((part) => /^[-+]?(?:\d+\.?(\d*)|\.(\d+))(?:e([-+]?\d{1,3}))?$/i.exec(part));
  if (plain.length > 40 || parts.length > 2 || parts.includes(null)) return undefined;
  const [numerator, denominator] = parts.map((part) => Number(part[0]));
  if (denominator === 0) return undefined;
  if (denominator !== undefined) return { number: numerator / denominator, digits: 0, unit: 0 };
  const [, decimals, bare, exponent] = parts[0];
  const places = (decimals || bare || "").length - Number(exponent || 0);
  const digits = plain.split(/e/i)[0].replace(/\D/g, "").replace(/^0+/, "").length;
  return { number: numerator, digits, unit: 10 ** -places };
}

/** Tell what a typed number is, by the rule of answers.py. */
function judged(text, answer) {
  if (!text.trim()) return "open";
  const typed = read(text);
  if (!typed) return "unreadable";
  if (isRight(typed, typed.number, answer)) return "right";
  if (isRight(typed, -typed.number, answer)) return "sign";
  const whole = Number.isInteger(typed.number) && Number.isInteger(answer);
  return !whole && Math.abs(typed.number - answer) <= CLOSE * Math.abs(answer) ? "close" : "wrong";
}

function isRight({ digits, unit }, number, answer) {
  const error = Math.abs(number - answer);
  const rounded = digits >= FEWEST_DIGITS && error < WITHIN * unit;
  return rounded || error <= EXACT * Math.abs(answer) + NOTHING;
}

/** The verdict and what to say; a number that comes of a common mistake is told so. */
function verdictOn(text, blank) {
  const verdict = judged(text, blank.answer);
  if (verdict !== "right" && verdict !== "open" && verdict !== "unreadable") {
    const trap = blank.traps.find(([number]) => judged(text, number) === "right");
    if (trap) return ["wrong", trap[1]];
  }
  return [verdict, EXERCISE.messages[verdict]];
}

// ---------------------------------------------------------------- the state of each blank, and its parts of the page

const rows = [...document.querySelectorAll("tr.blank")];
const blanks = EXERCISE.blanks.map((blank, place) => ({
  ...blank,
  row: rows[place],
  help: rows[place].nextElementSibling,
  input: rows[place].querySelector("input"),
  button: rows[place].querySelector("button"),
  drawn: document.getElementById(`blank${place + 1}`),
  written: markIn(document.getElementById(`blank${place + 1}`), blank.mark),
  given: 0, // hints that were given
  told: false, // whether the answer was shown
  state: "open",
  timer: 0,
}));

/** Put the mark in the picture into an element of its own, and return that. */
function markIn(group, mark) {
  const text = [...group.querySelectorAll("text")].at(-1);
  const [before, after] = cutAt(text.textContent, text.textContent.lastIndexOf(mark), mark.length);
  const span = document.createElementNS("http://www.w3.org/2000/svg", "tspan");
  text.replaceChildren(before, span, after);
  return span;
}

function cutAt(text, place, length) {
  return [text.slice(0, place), text.slice(place + length)];
}

const isFound = (blank) => blank.state === "right" || blank.told;

// ---------------------------------------------------------------- a picture that is larger than its frame

const figure = document.getElementById("picture");

/** Shrink no further than one can read: what does not fit is scrolled to. */
function keepReadable(svg) {
  svg.style.minWidth = `${SMALLEST * svg.width.baseVal.value}px`;
  svg.style.minHeight = `${SMALLEST * svg.height.baseVal.value}px`;
}

const isWide = ({ width, height }) => width.baseVal.value > Math.max(PAPER, height.baseVal.value);

/** Scroll the picture, and not the page, to a node or an edge that is out of sight. */
function bringIntoSight(drawn) {
  const [part, frame] = [drawn, figure].map((element) => element.getBoundingClientRect());
  const isInSight =
    part.left >= frame.left &&
    part.right <= frame.right &&
    part.top >= frame.top &&
    part.bottom <= frame.bottom;
  if (isInSight) return;
  figure.scrollLeft += (part.left + part.right - frame.left - frame.right) / 2;
  figure.scrollTop += (part.top + part.bottom - frame.top - frame.bottom) / 2;
}

// ---------------------------------------------------------------- showing it

function show(blank) {
  const state = blank.told ? "told" : blank.state;
  blank.row.dataset.state = blank.drawn.dataset.state = state;
  blank.row.querySelector(".sign").textContent = SIGNS[state] ?? "";
  blank.input.setAttribute("aria-invalid", String(["wrong", "sign", "close", "unreadable"].includes(state)));
  blank.input.readOnly = blank.told;
  blank.written.textContent = isFound(blank) ? blank.text : blank.mark;
  blank.button.textContent = buttonText(blank);
  blank.button.setAttribute("aria-label", `${buttonText(blank)} for ${blank.mark} ${blank.label}`);
  blank.button.hidden = isFound(blank);
  const hints = blank.hints.slice(0, blank.given).map((words, place) => hintItem(blank, words, place));
  blank.help.querySelector("ol").replaceChildren(...(blank.state === "right" ? [] : hints));
  blank.help.querySelector(".message").textContent = messageOf(blank);
  blank.help.hidden = !blank.help.textContent.trim();
}

function buttonText({ given, hints }) {
  if (given === 0) return "Hint";
  return given < hints.length ? `Hint ${given + 1} of ${hints.length}` : "Answer";
}

function messageOf(blank) {
  if (blank.told) return "This is the answer.";
  return blank.state === "right" || blank.state === "open" ? "" : blank.message;
}

/** The first hint is in words, the others are formulas; the marks of blanks that are found become numbers. */
function hintItem(blank, words, place) {
  const item = document.createElement("li");
  item.textContent = place === 0 ? words : `${blank.label} = ${withNumbers(words)}`;
  return item;
}

function withNumbers(formula) {
  return formula.replace(/(\(?)\?(\d+)(\)?)/g, (whole, open, number, close) => {
    const blank = blanks[number - 1];
    if (!isFound(blank)) return whole;
    const bare = (open && close) || /^[\d.]+$/.test(blank.text);
    return open + (bare ? blank.text : `(${blank.text})`) + close;
  });
}

function showAll() {
  blanks.forEach(show);
  const found = blanks.filter(isFound).length;
  document.querySelector("#score progress").value = found / blanks.length;
  document.querySelector("#score output").textContent = scoreText(found);
  document.body.classList.toggle("done", found === blanks.length);
}

function scoreText(found) {
  if (found < blanks.length) return `${found} of ${blanks.length} found`;
  const hints = blanks.reduce((sum, blank) => sum + blank.given, 0);
  const told = blanks.filter((blank) => blank.told).length;
  const help = [counted(hints, "hint"), told && `${counted(told, "answer")} shown`]
    .filter(Boolean)
    .join(", ");
  return `✓ All ${blanks.length} found${hints || told ? `, with ${help}` : ", without a hint"}.`;
}

function counted(count, what) {
  return count && `${count} ${what}${count === 1 ? "" : "s"}`;
}

// ---------------------------------------------------------------- what one does

/** While one types, only a right answer is told at once: half of one is not wrong. */
function follow(blank) {
  clearTimeout(blank.timer);
  const [verdict, message] = verdictOn(blank.input.value, blank);
  Object.assign(blank, { state: verdict === "right" ? verdict : "open", message });
  if (verdict !== "right") blank.timer = setTimeout(() => settle(blank), PAUSE);
  showAll();
}

function settle(blank) {
  clearTimeout(blank.timer);
  if (blank.told) return;
  const [state, message] = verdictOn(blank.input.value, blank);
  Object.assign(blank, { state, message });
  showAll();
}

function hint(blank) {
  if (isFound(blank)) return;
  if (blank.given < blank.hints.length) blank.given += 1;
  else tell(blank);
  showAll();
}

function tell(blank) {
  clearTimeout(blank.timer);
  Object.assign(blank, { told: true, state: "open" });
  blank.input.value = blank.text;
}

function startOver() {
  for (const blank of blanks) {
    clearTimeout(blank.timer);
    Object.assign(blank, { given: 0, told: false, state: "open" });
    blank.input.value = "";
  }
  showAll();
  blanks[0].input.focus();
}

/** Go to the next blank, or the one before; past what is found already, if there is anything else. */
function move(blank, by) {
  const ring = by > 0 ? blanks : [...blanks].reverse();
  const start = ring.indexOf(blank) + 1;
  const around = [...ring.slice(start), ...ring.slice(0, start)];
  (around.find((other) => !isFound(other)) ?? around[0]).input.focus();
}

function pressed(event, blank) {
  const act = {
    Enter: () => {
      settle(blank);
      if (isFound(blank)) move(blank, 1);
    },
    ArrowDown: () => move(blank, 1),
    ArrowUp: () => move(blank, -1),
    "?": () => hint(blank),
  }[event.key];
  if (!act) return;
  event.preventDefault();
  act();
}

for (const blank of blanks) {
  blank.input.addEventListener("input", () => follow(blank));
  blank.input.addEventListener("change", () => settle(blank));
  blank.input.addEventListener("keydown", (event) => pressed(event, blank));
  blank.input.addEventListener("focus", () => {
    blank.drawn.classList.add("current");
    bringIntoSight(blank.drawn);
  });
  blank.input.addEventListener("blur", () => blank.drawn.classList.remove("current"));
  blank.button.addEventListener("click", () => hint(blank));
  blank.drawn.addEventListener("click", () => blank.input.focus());
}
document.getElementById("again").addEventListener("click", startOver);
document.getElementById("print").addEventListener("click", () => window.print());
document.getElementById("print").hidden = window.parent !== window; // a notebook's frame may not print
const drawing = figure.querySelector("svg");
document.body.classList.toggle("wide", isWide(drawing));
keepReadable(drawing);
bringIntoSight(blanks[0].drawn);
showAll();
