// The state of the page, and what changes it.

import { stepsOf, sweptWith, viewsAround } from "./model.js";

/** @import { Graph, Rules, Step, Swept } from "./model.js" */
/**
 * What has been computed by now: which values, the adjoints as far as they are added up, the edges passed.
 * @typedef {{value: boolean[], adjoint: (number | undefined)[], passed: Set<number>, whole: boolean}} Known
 */

export class State {
  /** @type {Map<number, number>} */
  inputs = new Map(); // that were changed
  /** @type {number | undefined} */
  pointed; // the node that the pointer or the focus is on
  /** @type {{node?: number, edge?: number}} */
  chosen = {};
  /** @type {Set<number>} */
  breakpoints = new Set();
  view = 0; // the place of the one that is shown

  /**
   * @param {Graph} graph
   * @param {Rules} rules
   */
  constructor(graph, rules) {
    this.graph = graph;
    this.rules = rules;
    this.swept = sweptWith(graph, this.inputs, rules);
    this.steps = stepsOf(graph, this.swept.moves);
    this.position = this.steps.length; // how many steps are done
    this.known = knownAfter(this.steps, this.swept);
  }

  // -------------------------------------------------------------- what it is

  /** The step that was done last; undefined before the first one. */
  get step() {
    return this.position ? this.steps[this.position - 1] : undefined;
  }

  get isAtEnd() {
    return this.position === this.steps.length;
  }

  /** The node whose paths are shown. */
  get node() {
    return this.pointed ?? this.chosen.node;
  }

  /** The breakpoint that the last step came to. */
  get stop() {
    const { step } = this;
    if (!step || step.kind === "result") return undefined;
    const nodes = step.kind === "addition" ? [step.node, step.parent] : [step.node];
    return nodes.find((node) => this.breakpoints.has(node));
  }

  // -------------------------------------------------------------- what changes it

  /** @param {number} position */
  goTo(position) {
    this.position = Math.min(Math.max(position, 0), this.steps.length);
    this.known = knownAfter(this.steps.slice(0, this.position), this.swept);
  }

  /**
   * Give an input another number.
   * @param {number} place
   * @param {number} x
   */
  change(place, x) {
    this.inputs.set(place, x);
    this.compute();
  }

  reset() {
    this.inputs.clear();
    this.compute();
  }

  compute() {
    this.swept = sweptWith(this.graph, this.inputs, this.rules);
    this.goTo(this.position);
  }

  /**
   * Choose a node; if it is chosen already, choose nothing.
   * @param {number} node
   */
  chooseNode(node) {
    this.chosen = this.chosen.node === node ? {} : { node };
    this.pointed = undefined;
  }

  /** @param {number} edge */
  chooseEdge(edge) {
    this.chosen = { edge };
    this.pointed = undefined;
  }

  chooseNothing() {
    this.chosen = {};
    this.pointed = undefined;
  }

  /** @param {number} node */
  toggleBreakpoint(node) {
    if (!this.breakpoints.delete(node)) this.breakpoints.add(node);
  }

  /** @param {number} view */
  open(view) {
    this.view = view;
    this.pointed = undefined;
  }

  /** The view around the one that is shown; undefined if that is the overview, or if something is chosen. */
  get viewToLeave() {
    const isChosen = this.chosen.node !== undefined || this.chosen.edge !== undefined;
    return this.view && !isChosen ? viewsAround(this.graph, this.view).at(-2) : undefined;
  }
}

/**
 * @param {Step[]} done
 * @param {Swept} swept
 * @returns {Known}
 */
function knownAfter(done, { graph, adjoints, moves }) {
  const value = graph.nodes.map(() => false);
  /** @type {(number | undefined)[]} */
  const adjoint = graph.nodes.map(() => undefined);
  const passed = new Set();
  for (const step of done) {
    if (step.kind === "value") value[step.node] = true;
    else if (step.kind === "seed") adjoint[step.node] = adjoints[step.node];
    else if (step.kind === "addition") {
      adjoint[step.parent] = moves[step.move].after;
      if (adjoint[step.parent] !== undefined) passed.add(step.edge);
    }
  }
  return { value, adjoint, passed, whole: done.at(-1)?.kind === "result" };
}
