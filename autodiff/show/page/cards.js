// What stands on the cards and lines of the picture at one moment.

import { numberText } from "./numbers.js";

/** @import { Card, Failure, Step } from "./model.js" */
/** @import { State } from "./state.js" */
/**
 * Texts with the numbers they stand for, the classes that hold, and what a screen reader says.
 * @typedef {{text: string, number?: number}} Shown
 * @typedef {ReturnType<typeof cardAt>} CardMoment
 */

export const LONG = 6; // characters of a number on a card; a longer one is written smaller
const LONGEST_SYMBOL = 14; // characters of a partial that is written before its number

/**
 * A number as it stands in the picture.
 * @param {number} x
 * @param {boolean} exact
 */
export function cardNumber(x, exact) {
  const text = numberText(x, 5, exact);
  return text.length > LONG ? numberText(x, 4, exact) : text;
}

/**
 * What a card shows.
 * @param {Card} card
 * @param {State} state
 */
export function cardAt(card, state) {
  const { values } = state.swept;
  const { exact } = state.graph;
  const failure = failureOn(card, state);
  const done = [...card.nodes].every((inner) => state.known.value[inner]);
  const value = done && !failure && card.node !== undefined ? values[card.node] : undefined;
  const adjoint = card.node === undefined ? undefined : state.known.adjoint[card.node];
  const classes = {
    ...partIn(state.step, card.nodes),
    ...marksOf(card, state),
    ...failing(failure),
    pending: !done,
  };
  const empty = card.node === undefined ? "open ▸" : "";
  const valueText = value === undefined ? empty : cardNumber(value, exact);
  const adjointText = adjoint === undefined ? "" : `∂ ${cardNumber(adjoint, exact)}`;
  return {
    value: { text: failure ? failureMark(failure) : valueText, number: value },
    adjoint: { text: `${classes.wrong ? "✗ " : ""}${adjointText}`, number: adjoint },
    classes,
  };
}

/** @type {(card: Card, state: State) => Failure | undefined} */
function failureOn({ nodes }, { swept: { failures } }) {
  return failures.size ? [...nodes].map((node) => failures.get(node)).find(Boolean) : undefined;
}

/** @param {Failure} failure */
const failureMark = (failure) => (failure.own ? "⚠ not defined" : "?");

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
function marksOf({ node, nodes }, { graph, known, chosen, breakpoints }) {
  const isKnown = node !== undefined && known.whole && known.adjoint[node] !== undefined;
  return {
    wrong: isKnown && Boolean(graph.mistake?.wrong_nodes.includes(node)),
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
  const known = value.number === undefined ? "not computed yet" : `value ${cardNumber(value.number, exact)}`;
  return [
    title,
    card.fold === undefined ? "" : "folded, opens",
    classes.failed || classes.blocked ? "cannot be computed" : known,
    adjoint.number === undefined ? "" : `adjoint ${cardNumber(adjoint.number, exact)}`,
    classes.wrong ? "wrong" : "",
    classes.stop ? "breakpoint" : "",
  ]
    .filter(Boolean)
    .join(", ");
}

/**
 * What a line shows: the partial of its edge; one that stands for several edges has none of its own.
 * @param {number[]} edges
 * @param {State} state
 */
export function lineAt(edges, { graph, swept, known, step, chosen }) {
  const { node, position } = graph.edges[edges[0]];
  const partial = known.value[node] ? swept.partials[node][position] : undefined;
  const symbol = graph.nodes[node].texts?.[position] ?? "";
  const classes = {
    pending: partial === undefined,
    fed: step?.kind === "value" && edges.some((edge) => graph.edges[edge].node === step.node),
    current: step?.kind === "addition" && edges.includes(step.edge),
    passed: edges.every((edge) => known.passed.has(edge)),
    chosen: chosen.edge !== undefined && edges.includes(chosen.edge),
  };
  const text = partial === undefined ? "" : partialText(symbol, cardNumber(partial, graph.exact));
  return { partial: { text, number: partial }, classes };
}

/** @type {(symbol: string, number: string) => string} */
function partialText(symbol, number) {
  return symbol && symbol.length <= LONGEST_SYMBOL && symbol !== number ? `${symbol} = ${number}` : number;
}
