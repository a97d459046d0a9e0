// What stands on the cards and lines of the picture at one moment.

import { numberText } from "./numbers.js";
import { say } from "./say.js";

/** @import { Card, Failure, Graph, Step } from "./model.js" */
/** @import { State } from "./state.js" */
/** @typedef {ReturnType<typeof cardAt>} CardMoment */

export const LONG = 6; // characters of a number on a card; a longer one is written smaller
const LONGEST_SYMBOL = 14; // characters of a partial that is written before its number
const [LETTERS, LETTERS_OF_LONG, LETTERS_ON_EDGES] = [14, 11, 12]; // their size, as the style sheet has it
const LEAST = 10; // pixels on the screen
const [HEIGHT, WIDTH] = [1.1, 0.63]; // of a letter, as a part of its size: the lines of a card, and the broadest text
const [NARROW, BROAD, BOLD] = [0.35, 0.85, 0.69]; // the width of points and blanks, of a minus, of letters of an adjoint
const CARD = 50; // its height
const [PADDING, MARGIN] = [16, 12]; // of its width around a title, and on each side of the numbers
const [DIGITS, FEWER] = [
  [5, 3, 2],
  [3, 2],
]; // of numbers, as there is room for them, and in a small picture

/**
 * How much text a card holds when the picture is shown so large: letters grow where they would be too small to read.
 * @param {number} width
 * @param {number} zoom
 */
export function roomOn(width, zoom) {
  const [size, sizeOfLong] = [LETTERS, LETTERS_OF_LONG].map((letters) => Math.max(letters, LEAST / zoom));
  const isSmall = zoom < LEAST / LETTERS_ON_EDGES;
  return {
    size,
    sizeOfLong,
    width,
    digits: isSmall ? FEWER : DIGITS,
    lines: Math.min(Math.floor(CARD / (HEIGHT * size)), 2),
    characters: isSmall ? Math.floor((width - PADDING) / (WIDTH * size)) : Infinity,
  };
}

/**
 * The title that fits: with the operation, or the name alone, or what there is room for of that.
 * @param {string} title
 * @param {string} name
 * @param {number} characters
 */
export function titleFor(title, name, characters) {
  const fitting = [title, name].find((text) => text.length <= characters);
  return fitting ?? (characters > 2 ? `${name.slice(0, characters - 2)}…` : ""); // which is as broad as two
}

/**
 * The numbers that fit below the title, with as many digits as have room: both, or the adjoint, or until there is one
 * the value.
 * @param {(digits: number, exact: boolean) => {value: string, adjoint: string}} written
 * @param {boolean} exact Whether fractions are written where they have room.
 * @param {ReturnType<typeof roomOn>} room
 */
export function numbersFor(written, exact, { lines, width, size, sizeOfLong, digits }) {
  const none = { value: "", adjoint: "" };
  if (lines < 2) return none;
  const widthOf = (/** @type {string} */ text) =>
    emsOf(text, text.includes("∂") ? BOLD : WIDTH) * (text.length > LONG ? sizeOfLong : size);
  const every = [written(digits[0], exact), ...digits.map((count) => written(count, false))];
  // Without the mark of a kink, which stands in brackets, where there is no room for it.
  const tries = [...every, ...every.map((texts) => ({ ...texts, value: texts.value.replace(/ \(.*/, "") }))];
  const room = width - 2 * MARGIN;
  const both = tries.find(({ value, adjoint }) => widthOf(value) + widthOf(adjoint) + size / 3 <= room);
  if (both) return both;
  const what = tries[0].adjoint ? "adjoint" : "value";
  const one = tries.find((texts) => widthOf(texts[what]) <= room);
  return one ? { ...none, [what]: one[what] } : none;
}

/** @type {(text: string, letter: number) => number} */
const emsOf = (text, letter) =>
  [...text].reduce((ems, x) => ems + (x === "." || x === " " ? NARROW : x === "−" ? BROAD : letter), 0);

/**
 * A number as it stands in the picture; one that is not whole does not look so where it has few digits.
 * @param {number} x
 * @param {boolean} exact
 */
export function cardNumber(x, exact, digits = DIGITS[0]) {
  const text = numberText(x, digits, exact);
  if (digits < 4 && !Number.isInteger(x) && /^−?\d+$/.test(text)) return x.toFixed(1).replace("-", "−");
  return text.length > LONG && digits > 4 ? numberText(x, 4, exact) : text;
}

/**
 * What a card shows: its numbers, as far as they are known, and the classes that it has or not.
 * @param {Card} card
 * @param {State} state
 */
export function cardAt(card, state) {
  const { node, nodes } = card;
  const failure = failureOn(card, state);
  const done = [...nodes].every((inner) => state.known.value[inner]);
  return {
    value: done && !failure && node !== undefined ? state.swept.values[node] : undefined,
    adjoint: node === undefined ? undefined : state.known.adjoint[node],
    classes: {
      ...partIn(state.step, nodes),
      ...marksOf(card, state),
      ...failing(failure),
      pending: !done,
      kinked: done && node !== undefined && state.swept.kinks.has(node),
    },
  };
}

/**
 * The texts on a card.
 * @param {Card} card
 * @param {CardMoment} moment
 * @param {number | undefined} digits
 * @param {boolean} exact
 */
export function cardTexts(card, { value, adjoint, classes }, digits, exact) {
  const empty = card.node === undefined ? say("open ▸") : "";
  const mark = classes.failed ? say("⚠ not defined") : classes.blocked ? "?" : empty;
  return {
    value:
      value === undefined
        ? mark
        : `${cardNumber(value, exact, digits)}${classes.kinked ? say(" (kink)") : ""}`,
    adjoint:
      adjoint === undefined ? "" : `${classes.wrong ? "✗ " : ""}∂ ${cardNumber(adjoint, exact, digits)}`,
  };
}

/** @type {(card: Card, state: State) => Failure | undefined} */
function failureOn({ nodes }, { swept: { failures } }) {
  return failures.size ? [...nodes].map((node) => failures.get(node)).find(Boolean) : undefined;
}

/** @param {Failure | undefined} failure */
const failing = (failure) => ({ failed: failure?.own === true, blocked: failure?.own === false });

/**
 * What a card has to do with a step.
 * @param {Step | undefined} step
 * @param {Set<number>} nodes
 */
function partIn(step, nodes) {
  const isAddition = step?.kind === "addition";
  return {
    current: (step?.kind === "value" || step?.kind === "seed") && nodes.has(step.node),
    source: isAddition && nodes.has(step.node),
    target: isAddition && nodes.has(step.parent),
  };
}

/**
 * Whether a card is wrong in the end, is chosen, or has a breakpoint.
 * @param {Card} card
 * @param {State} state
 */
function marksOf({ node, nodes }, { swept, known, chosen, breakpoints }) {
  const isKnown = node !== undefined && known.whole && known.adjoint[node] !== undefined;
  return {
    wrong: isKnown && swept.wrong.includes(node),
    chosen: node !== undefined && node === chosen.node,
    stop: breakpoints.size > 0 && [...nodes].some((inner) => breakpoints.has(inner)),
  };
}

/**
 * What a screen reader says of a card.
 * @param {Card} card
 * @param {string} title
 * @param {CardMoment} moment
 * @param {boolean} exact
 */
export function spokenCard(card, title, { value, adjoint, classes }, exact) {
  const known =
    value === undefined ? say("not computed yet") : say("value {x}", { x: cardNumber(value, exact) });
  return [
    title,
    card.fold === undefined ? "" : say("folded, opens"),
    classes.failed || classes.blocked ? say("cannot be computed") : known,
    classes.kinked ? say("at a kink") : "",
    adjoint === undefined ? "" : say("adjoint {x}", { x: cardNumber(adjoint, exact) }),
    classes.wrong ? say("wrong") : "",
    classes.stop ? say("breakpoint") : "",
  ]
    .filter(Boolean)
    .join(", ");
}

/**
 * What a line shows: the partial of its first edge, and the classes that it has or not.
 * @param {number[]} edges
 * @param {State} state
 */
export function lineAt(edges, { graph, swept, known, step, chosen }) {
  const { node, position } = graph.edges[edges[0]];
  const partial = known.value[node] ? swept.partials[node][position] : undefined;
  const classes = {
    pending: partial === undefined,
    fed: step?.kind === "value" && edges.some((edge) => graph.edges[edge].node === step.node),
    current: step?.kind === "addition" && edges.includes(step.edge),
    passed: edges.every((edge) => known.passed.has(edge)),
    chosen: chosen.edge !== undefined && edges.includes(chosen.edge),
  };
  return { partial, classes };
}

/**
 * The text beside a line, 2x = 4 or the number alone; one that stands for several edges has none.
 * @param {number[]} edges
 * @param {number | undefined} partial
 * @param {Graph} graph
 */
export function lineText([edge, ...others], partial, graph) {
  if (partial === undefined || others.length) return "";
  const { node, position } = graph.edges[edge];
  const symbol = graph.nodes[node].texts?.[position] ?? "";
  const number = cardNumber(partial, graph.exact);
  return symbol && symbol.length <= LONGEST_SYMBOL && symbol !== number ? `${symbol} = ${number}` : number;
}
