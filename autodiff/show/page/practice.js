// Practice: checks what is typed, gives hints one at a time, and fills in the picture.

import { Blank, hintsOf, nextTo, scoreText } from "./blanks.js";
import { all, buttonById, byId, dataById, found, html, svg } from "./elements.js";
import { say } from "./say.js";

/** @import { Asked, Messages } from "./blanks.js" */

const PAUSE = 900; // milliseconds without typing after which an answer counts as given
const SMALLEST = 0.63; // of the picture's own size, at which the letters on its edges are 10 pixels high
const SMALLEST_WHOLE = 0.5; // on a telephone, where a picture is shown whole at first if larger letters have room
const [COLUMN, BROAD] = [700, 1.2]; // pixels beside the table, and how many times as wide as high
const TWO_COLUMNS = window.matchMedia("(min-width: 52rem)"); // room for the table beside the picture
const SIGNS = { right: "✓", wrong: "✗", sign: "✗", close: "✗", unreadable: "✗", told: "○", open: "" };

/** @type {{blanks: Asked[], messages: Messages}} */
const exercise = dataById("exercise");
const blanks = exercise.blanks.map((asked) => new Blank(asked, exercise.messages));
const figure = byId("picture");
const picture = found(figure, "svg", SVGSVGElement);
const [rows, helps] = ["tr.blank", "tr.help"].map((selector) => all(document, selector, HTMLElement));

// ---------------------------------------------------------------- the parts of the page that show a blank

/**
 * A blank in the table, where it is typed, and in the picture.
 * @typedef {ReturnType<typeof fieldOf>} Field
 */

/**
 * @param {Blank} blank
 * @param {number} place
 */
function fieldOf(blank, place) {
  const [row, help] = [rows[place], helps[place]];
  const drawn = found(document, `#blank${place + 1}`, SVGElement);
  return {
    blank,
    row,
    input: found(row, "input", HTMLInputElement),
    sign: found(row, ".sign", HTMLElement),
    button: found(row, "button", HTMLButtonElement),
    help,
    message: found(help, ".message", HTMLElement),
    hints: found(help, "ol", HTMLElement),
    drawn,
    written: markIn(drawn, blank.asked.mark),
    timer: 0,
  };
}

/**
 * Put the mark in the picture into an element of its own, and return that.
 * @param {Element} group
 * @param {string} mark
 */
function markIn(group, mark) {
  const text = all(group, "text", SVGElement).at(-1);
  const whole = text?.textContent ?? "";
  const place = whole.lastIndexOf(mark);
  const span = svg("tspan");
  text?.replaceChildren(whole.slice(0, place), span, whole.slice(place + mark.length));
  return span;
}

const fields = blanks.map(fieldOf);

// ---------------------------------------------------------------- a picture that is larger than its frame

/**
 * Shrink no further than one can read: what does not fit is scrolled to.
 * @param {SVGSVGElement} drawing
 */
function keepReadable(drawing) {
  drawing.style.minWidth = `${SMALLEST * drawing.width.baseVal.value}px`;
  drawing.style.minHeight = `${SMALLEST * drawing.height.baseVal.value}px`;
}

/**
 * Whether a picture wants the whole breadth of the page, and the table below it.
 * @param {SVGSVGElement} drawing
 */
const isWide = ({ width, height }) => width.baseVal.value > Math.max(COLUMN, BROAD * height.baseVal.value);

/**
 * Put the table below the picture if that is broad, or would not fit beside it, as in a notebook.
 * @param {SVGSVGElement} drawing
 */
function arrange(drawing) {
  document.body.classList.remove("wide");
  const isCut = TWO_COLUMNS.matches && figure.scrollWidth > figure.clientWidth;
  document.body.classList.toggle("wide", isCut || isWide(drawing));
}

/**
 * Whether a telephone shows a picture whole at first.
 * @param {SVGSVGElement} drawing
 */
function fitsTelephone({ width, height }) {
  const scale = Math.min(
    figure.clientWidth / width.baseVal.value,
    figure.clientHeight / height.baseVal.value,
  );
  return !TWO_COLUMNS.matches && scale > SMALLEST_WHOLE;
}

/** Offer to show the whole picture, however small, where a part of it is out of sight. */
function offerWhole() {
  const isWhole = document.body.classList.contains("whole");
  const isCut = figure.scrollWidth > figure.clientWidth || figure.scrollHeight > figure.clientHeight;
  buttonById("whole").hidden = !isCut && !isWhole;
  buttonById("whole").setAttribute("aria-pressed", String(isWhole));
  const scale = picture.getBoundingClientRect().width / picture.width.baseVal.value;
  picture.style.setProperty("--scale", String(Math.max(scale, SMALLEST_WHOLE)));
}

function showWhole() {
  document.body.classList.toggle("whole");
  offerWhole();
}

/**
 * Scroll the picture, and not the page, to a node or an edge that is out of sight.
 * @param {Element} drawn
 */
function bringIntoSight(drawn) {
  const [part, frame] = [drawn, figure].map((element) => element.getBoundingClientRect());
  const isBeside = part.left < frame.left || part.right > frame.right;
  if (!isBeside && part.top >= frame.top && part.bottom <= frame.bottom) return;
  figure.scrollLeft += (part.left + part.right - frame.left - frame.right) / 2;
  figure.scrollTop += (part.top + part.bottom - frame.top - frame.bottom) / 2;
}

// ---------------------------------------------------------------- showing it

/** @param {Field} field */
function show({ blank, row, input, sign, button, help, message, hints, drawn, written }) {
  row.dataset.state = drawn.dataset.state = blank.state;
  sign.textContent = SIGNS[blank.state];
  input.setAttribute("aria-invalid", String(SIGNS[blank.state] === "✗"));
  input.readOnly = blank.told;
  if (blank.told) input.value = blank.asked.text;
  written.textContent = blank.shown;
  button.textContent = blank.buttonText;
  button.setAttribute(
    "aria-label",
    say("{button} for {mark} {label}", { button: blank.buttonText, ...blank.asked }),
  );
  button.hidden = blank.isFound;
  hints.replaceChildren(...hintsOf(blank, blanks).map((text) => html("li", {}, text)));
  message.textContent = blank.messageText;
  help.hidden = !help.textContent?.trim();
}

function showAll() {
  fields.forEach(show);
  const share = blanks.filter((blank) => blank.isFound).length / blanks.length;
  found(document, "#score progress", HTMLProgressElement).value = share;
  found(document, "#score output", HTMLOutputElement).textContent = scoreText(blanks);
  document.body.classList.toggle("done", share === 1);
}

// ---------------------------------------------------------------- what one does

/** @param {Field} field */
function follow(field) {
  clearTimeout(field.timer);
  field.blank.follow(field.input.value);
  if (!field.blank.isFound) field.timer = setTimeout(() => settle(field), PAUSE);
  showAll();
}

/** @param {Field} field */
function settle({ blank, input, timer }) {
  clearTimeout(timer);
  blank.settle(input.value);
  showAll();
}

/** @param {Field} field */
function hint({ blank, timer }) {
  blank.hint();
  if (blank.told) clearTimeout(timer);
  showAll();
}

function startOver() {
  for (const { blank, input, timer } of fields) {
    clearTimeout(timer);
    blank.startOver();
    input.value = "";
  }
  showAll();
  fields[0].input.focus();
}

/** @type {(field: Field, by: 1 | -1) => void} */
function move({ blank }, by) {
  fields[blanks.indexOf(nextTo(blanks, blank, by))].input.focus();
}

/** @param {Field} field */
function enter(field) {
  settle(field);
  if (field.blank.isFound) move(field, 1);
}

/** @type {Record<string, (field: Field) => void>} */
const KEYS = {
  Enter: enter,
  ArrowDown: (field) => move(field, 1),
  ArrowUp: (field) => move(field, -1),
  "?": hint,
};

/** @type {(event: KeyboardEvent, field: Field) => void} */
function pressed(event, field) {
  if (!KEYS[event.key]) return;
  event.preventDefault();
  KEYS[event.key](field);
}

// ---------------------------------------------------------------- the start

for (const field of fields) {
  const { input, button, drawn } = field;
  input.addEventListener("input", () => follow(field));
  input.addEventListener("change", () => settle(field));
  input.addEventListener("keydown", (event) => pressed(event, field));
  input.addEventListener("focus", () => {
    drawn.classList.add("current");
    bringIntoSight(drawn);
  });
  input.addEventListener("blur", () => drawn.classList.remove("current"));
  button.addEventListener("click", () => hint(field));
  drawn.addEventListener("click", () => input.focus());
}
buttonById("again").addEventListener("click", startOver);
buttonById("print").addEventListener("click", () => window.print());
buttonById("print").hidden = window.parent !== window; // a notebook's frame may not print
keepReadable(picture);
arrange(picture);
TWO_COLUMNS.addEventListener("change", () => arrange(picture));
buttonById("whole").addEventListener("click", showWhole);
offerWhole();
if (!buttonById("whole").hidden && fitsTelephone(picture)) showWhole();
window.addEventListener("resize", offerWhole);
bringIntoSight(fields[0].drawn);
showAll();
