// The graph that Python tells of, what its sweeps have come to, and their steps. Pure functions.

import { verdictOn, wrongSweep } from "./mistakes.js";
import { RIGHT, forwardSweep, reverseSweep, turnsOf } from "./sweeps.js";

/** @import { Tree } from "./formula.js" */
/** @import { Kink } from "./kinks.js" */
/** @import { Verdict } from "./mistakes.js" */
/**
 * What Python tells of a graph (page/content.py). Nodes and edges are called by their places; a number that
 * JSON cannot hold is text. An operand is the place of a node, in a list, or a number.
 * @typedef {{nodes: DescribedNode[], exact: boolean, folds: Fold[], views: DescribedView[], looks: Look[],
 *   mistake: DescribedMistake | null}} Described
 * @typedef {{name: string, symbol: Tree, value?: number | string, rule?: string, operation?: string,
 *   domain?: string, kink?: string | null, operands?: ([number] | number | string)[], formula?: Tree,
 *   partials?: (Tree | null)[], texts?: string[]}} DescribedNode
 * @typedef {{nodes: number[], exit: number | null, within: number[]}} Fold
 * @typedef {{name: string, cards: {node?: number, fold?: number}[], lines: number[][]}} DescribedView
 * @typedef {{color: string, style: string, penwidth: string}} Look
 * @typedef {{name: string, wrong: string, happened: string, harmless: string, joint: string, rounding: number,
 *   turns: Turn[], breaks_off: boolean}} DescribedMistake
 * The turn of an edge: what it passes on is the product of an earlier move, or null for what its node holds; and
 * the sign that its partial gets.
 * @typedef {[edge: number, source: number | null, sign: number]} Turn
 */
/**
 * The same with numbers, edges and leaves. ``edges`` of a node lead down to its parents, ``uses`` up.
 * @typedef {Omit<DescribedNode, "value" | "operands"> & {value: number, operands: ([number] | number)[],
 *   parents: number[], edges: number[], uses: number[]}} GraphNode
 * @typedef {{node: number, parent: number, position: number}} Edge
 * @typedef {{node?: number, fold?: number, nodes: Set<number>}} Card
 * @typedef {{name: string, cards: Card[], lines: number[][]}} View
 * @typedef {DescribedMistake & {parts: Parts}} Mistake
 * @typedef {{nodes: GraphNode[], edges: Edge[], leaves: number[], output: number, exact: boolean,
 *   folds: Fold[], views: View[], looks: Look[], mistake: Mistake | null}} Graph
 */
/**
 * What a sweep does with numbers, as mistakes/sweeps.py describes it.
 * @typedef {{leaf?: (x: number) => number, factor(partial: number, value: number): number,
 *   start?: (right: number) => number, passing(held: number): number,
 *   put(before: number, product: number): number}} Parts
 */
/**
 * What the inputs decide. A node that has no value has a failure: of its own, or of what it needs. A move has
 * no numbers where the output has no value. ``right`` are the adjoints that a sweep without a mistake finds.
 * @typedef {{message: string, own: boolean}} Failure
 * A node cuts if a partial of 0 there means that the operand does not count, as in a branch not taken.
 * @typedef {{values: (number | undefined)[], partials: number[][], cuts: boolean[],
 *   failures: Map<number, Failure>, kinks: Map<number, Kink>}} Forward
 * @typedef {{edge: number, adjoint: number, partial: number, before: number, product: number,
 *   after: number}} DoneMove
 * @typedef {DoneMove | {edge: number, adjoint?: undefined, partial?: undefined, before?: undefined, product?: undefined,
 *   after?: undefined}} Move
 * @typedef {{adjoints: (number | undefined)[], moves: Move[]}} Reverse
 * @typedef {{graph: Graph, right: (number | undefined)[]} & Forward & Reverse & Verdict} Swept
 * @typedef {{kind: "value", node: number} | {kind: "seed", node: number} | AdditionStep
 *   | {kind: "result"}} Step
 * @typedef {{kind: "addition", move: number, edge: number} & Edge} AdditionStep
 * @typedef {Record<string, {value(...xs: number[]): number[], partials(...xs: number[]): number[],
 *   kinked?(...xs: number[]): number[], chooses?: boolean}>} Rules
 */

// ---------------------------------------------------------------- reading what Python tells

/**
 * Turn the numbers that JSON cannot hold from text to numbers; list the edges, and the leaves by their names.
 * @param {Described} graph
 * @param {Partial<Parts>} parts What the mistake has in place of parts of the right sweep.
 * @returns {Graph}
 */
export function revived(graph, parts = {}) {
  const nodes = graph.nodes.map(revivedNode);
  /** @type {Edge[]} */
  const edges = [];
  nodes.forEach((node, place) => {
    node.parents.forEach((parent, position) => {
      node.edges.push(edges.length);
      nodes[parent].uses.push(edges.length);
      edges.push({ node: place, parent, position });
    });
  });
  const leaves = nodes.flatMap((node, place) => (node.rule ? [] : [place])).sort(byName(nodes));
  const views = graph.views.map((view) => ({
    ...view,
    cards: view.cards.map((card) => revivedCard(card, graph.folds)),
  }));
  const mistake = graph.mistake && { ...graph.mistake, parts: { ...RIGHT, ...parts } };
  return { ...graph, nodes, edges, views, leaves, output: nodes.length - 1, mistake };
}

/**
 * @param {DescribedNode} node
 * @returns {GraphNode}
 */
function revivedNode(node) {
  const operands = (node.operands ?? []).map((x) => (Array.isArray(x) ? x : Number(x)));
  const parents = operands.flatMap((x) => (Array.isArray(x) ? x : []));
  return { ...node, value: Number(node.value), operands, parents, edges: [], uses: [] };
}

/**
 * The order of nodes by their names, w9 before w10.
 * @param {GraphNode[]} nodes
 * @returns {(a: number, b: number) => number}
 */
function byName(nodes) {
  const { compare } = new Intl.Collator("en", { numeric: true });
  return (a, b) => compare(nodes[a].name, nodes[b].name);
}

/**
 * What a card stands for: a node, or a fold of nodes that shows the numbers of its exit, if there is one.
 * @param {{node?: number, fold?: number}} card
 * @param {Fold[]} folds
 * @returns {Card}
 */
function revivedCard({ node, fold }, folds) {
  if (fold === undefined) return { node, nodes: new Set(node === undefined ? [] : [node]) };
  return { fold, node: folds[fold].exit ?? undefined, nodes: new Set(folds[fold].nodes) };
}

// ---------------------------------------------------------------- with numbers

/**
 * Both sweeps; the moves and adjoints are those of the graph's mistake, if it has one.
 * @param {Graph} graph
 * @param {Map<number, number>} inputs
 * @param {Rules} rules
 * @returns {Swept}
 */
export function sweptWith(graph, inputs, rules) {
  const forward = forwardSweep(graph, inputs, rules);
  const right = reverseSweep(graph, forward, turnsOf(graph));
  const { mistake } = graph;
  if (!mistake) return { graph, ...forward, ...right, right: right.adjoints, wrong: [], sentence: "" };
  const made = wrongSweep(graph, mistake, forward, right, rules);
  const verdict = verdictOn(graph, mistake, forward, right, made);
  return { graph, ...forward, ...made, right: right.adjoints, ...verdict };
}

// ---------------------------------------------------------------- their steps

/**
 * The steps of both sweeps in their order, and the result; the moves say over which edges one goes back.
 * @param {Graph} graph
 * @param {Move[]} moves
 * @returns {Step[]}
 */
export function stepsOf(graph, moves) {
  return [
    ...graph.nodes.map((_, node) => ({ kind: /** @type {const} */ ("value"), node })),
    { kind: "seed", node: graph.output },
    ...moves.map(({ edge }, move) => ({
      kind: /** @type {const} */ ("addition"),
      move,
      edge,
      ...graph.edges[edge],
    })),
    { kind: "result" },
  ];
}

/**
 * The node whose number a step finds; the result has none.
 * @param {Step} step
 */
export function targetOf(step) {
  if (step.kind === "result") return undefined;
  return step.kind === "addition" ? step.parent : step.node;
}

/**
 * The views from the overview to one of them, by their places.
 * @param {Graph} graph
 * @param {number} view
 */
export function viewsAround(graph, view) {
  return [0, ...(view ? graph.folds[view - 1].within.map((fold) => fold + 1) : [])];
}
