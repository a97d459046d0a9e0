// Formulas of a graph as trees, in names and in numbers. mathml.js shows them.

import { needsBrackets, numberText } from "./numbers.js";

/** @import { Edge, Graph } from "./model.js" */
/**
 * Text, or a list: a tag of MathML and its children. Those that Python writes (page/mathml.py) have slots with
 * the place of a node: ["slot", 0], or ["guard", ["slot", 0]] where it may need brackets; and ["join"] between a
 * number and what it multiplies. A line of mathematics is a list of trees.
 * @typedef {string | (Tree | number)[]} Tree
 * @typedef {{slot(place: number): Tree, guarded(place: number): Tree, join: string}} Fill
 */

/** @type {(text: string) => Tree} */
export const operator = (text) => ["mo", text];

/**
 * The text of a tree, as one reads it without its layout.
 * @param {Tree | number} tree
 * @returns {string}
 */
export function textOf(tree) {
  if (!Array.isArray(tree)) return String(tree);
  const [, ...children] = tree;
  return children.map(textOf).join("");
}

/**
 * A name after a sign, in brackets if it looks like an operation: x − μ.
 * @param {Tree} name
 * @returns {Tree}
 */
const bracketedName = (name) =>
  /[\s+−·*/=-]/.test(textOf(name).replace(/\(.*\)/, ""))
    ? ["mrow", operator("("), name, operator(")")]
    : name;

/**
 * Fill the slots of a tree.
 * @param {Tree | number} tree
 * @param {Fill} fill
 * @returns {Tree}
 */
function filled(tree, fill) {
  if (!Array.isArray(tree)) return String(tree);
  const [tag, ...children] = tree;
  if (tag === "slot") return fill.slot(Number(children[0]));
  if (tag === "guard") return filled(children[0], { ...fill, slot: fill.guarded });
  if (tag === "join") return operator(fill.join);
  return [tag, ...children.map((child) => filled(child, fill))];
}

/** Writes the formulas of a graph, in names and in the numbers of one moment. */
export class Writer {
  /**
   * @param {Graph} graph
   * @param {(number | undefined)[]} values
   */
  constructor(graph, values = []) {
    this.graph = graph;
    this.values = values;
    /** @type {Fill["slot"]} */
    const name = (place) => this.name(place);
    /** @type {Fill} */
    this.names = { slot: name, guarded: name, join: "\u2062" };
    /** @type {Fill} */
    this.numbers = {
      slot: (place) => this.number(this.values[place]),
      guarded: (place) => this.factor(this.values[place]),
      join: "·",
    };
  }

  /** @param {number} place */
  name(place) {
    return this.graph.nodes[place].symbol;
  }

  /**
   * @param {number | undefined} x
   * @returns {Tree}
   */
  number(x) {
    return ["mn", numberText(x, 6, this.graph.exact)];
  }

  /**
   * A number inside a product, in brackets where it needs them.
   * @param {number | undefined} x
   * @returns {Tree}
   */
  factor(x) {
    const number = this.number(x);
    return needsBrackets(textOf(number)) ? ["mrow", operator("("), number, operator(")")] : number;
  }

  /**
   * The sign of a derivative: ∂f/∂x.
   * @param {number} of
   * @param {number} by
   * @returns {Tree}
   */
  derivative(of, by) {
    /** @type {(place: number) => Tree} */
    const change = (place) => ["mrow", operator("∂"), bracketedName(this.name(place))];
    return ["mfrac", change(of), change(by)];
  }

  /**
   * How a node is computed.
   * @param {number} place
   * @param {Fill} fill
   */
  value(place, fill) {
    return filled(this.graph.nodes[place].formula ?? "", fill);
  }

  /**
   * x + y = 2 + 3; once, if it is not written out.
   * @param {number} place
   */
  calculation(place) {
    const [names, numbers] = [this.names, this.numbers].map((fill) => this.value(place, fill));
    return textOf(names) === textOf(numbers) ? [names] : [names, operator("="), numbers];
  }

  /**
   * The partial on an edge; undefined where it is not written out.
   * @param {Edge} edge
   * @param {Fill} fill
   */
  partial({ node, position }, fill) {
    const tree = this.graph.nodes[node].partials?.[position];
    return tree ? filled(tree, fill) : undefined;
  }
}
