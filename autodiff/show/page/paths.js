// The paths from a node up to the output, and the sum over them.

import { restOf } from "./noise.js";
import { needsBrackets, numberText } from "./numbers.js";

/** @import { Graph, Look, Swept } from "./model.js" */
/**
 * A path is a list of edges, from its node on; of many paths, the first and how many there are.
 * @typedef {{paths: number[][], count: number}} Found
 * @typedef {{text: string, product?: number, more?: number} & Partial<Look>} Term
 */

const MOST_FACTORS = 6; // of one path that are written beside its node
const MOST_TERMS = 6; // of a sum beside a node, so that it does not cover its neighbours

/**
 * The first paths from a node up to the output, and how many there are.
 * @param {Graph} graph
 * @param {number} start
 * @param {number} limit
 * @returns {Found}
 */
export function pathsFrom(graph, start, limit) {
  /** @type {number[]} */
  const counts = [];
  graph.nodes.forEach((node, place) => {
    counts[place] = place === start ? 1 : node.parents.reduce((sum, parent) => sum + counts[parent], 0);
  });
  const most = limit + Number(counts[graph.output] === limit + 1); // no line for a single path that is left out
  /** @type {number[][]} */
  const paths = [];
  /** @type {(place: number, way: number[]) => void} */
  const walk = (place, way) => {
    if (place === start) paths.push(way);
    else {
      for (const edge of graph.nodes[place].edges) {
        if (paths.length === most) return;
        if (counts[graph.edges[edge].parent]) walk(graph.edges[edge].parent, [edge, ...way]);
      }
    }
  };
  if (counts[graph.output]) walk(graph.output, []);
  return { paths, count: counts[graph.output] };
}

/**
 * The partials along a path from the output down, as the reverse sweep meets them.
 * @param {Graph} graph
 * @param {number[][]} partials
 * @param {number[]} path
 */
function factorsOf(graph, partials, path) {
  return path.map((edge) => partials[graph.edges[edge].node][graph.edges[edge].position]).reverse();
}

/**
 * The factors of a path as they are written in a product.
 * @param {Swept} swept
 * @param {number[]} path
 */
export function factorTexts({ graph, partials }, path) {
  return factorsOf(graph, partials, path).map((x) => bracketed(numberText(x, 4, graph.exact)));
}

/**
 * A number inside a product.
 * @param {string} text
 */
export const bracketed = (text) => (needsBrackets(text) ? `(${text})` : text);

/**
 * The product of the partials along a path, multiplied from the output down; nothing passes an edge that is cut.
 * @param {Swept} swept
 * @param {number[]} path
 */
export function pathProduct({ graph, partials, cuts }, path) {
  const factors = factorsOf(graph, partials, path);
  const nodes = path.map((edge) => graph.edges[edge].node).reverse();
  if (factors.some((factor, i) => factor === 0 && cuts[nodes[i]])) return 0;
  return factors.reduce((product, factor) => product * factor, 1);
}

/**
 * The terms of the sum over paths, each with its look; paths that are not shown come last as one number.
 * @param {Swept} swept
 * @param {Found} found
 * @param {number} place
 * @returns {Term[]}
 */
export function termsOf(swept, { paths, count }, place) {
  const { graph, right } = swept;
  const products = paths.map((path) => pathProduct(swept, path));
  /** @type {(x: number) => string} */
  const written = (x) => numberText(x, 5, graph.exact);
  const terms = products.map((product, i) => ({
    product,
    ...graph.looks[i % graph.looks.length],
    text: written(product),
  }));
  const more = count - paths.length;
  const rest = restOf(Number(right[place]), products);
  return more ? [...terms, { product: rest, text: written(rest), more }] : terms;
}

/**
 * What stands beside a node: the sum over its paths, or the product along its only one.
 * @param {Swept} swept
 * @param {Found} found
 * @param {number} node
 * @returns {Term[]}
 */
export function besideNode(swept, { paths, count }, node) {
  const shown = count > MOST_TERMS ? paths.slice(0, MOST_TERMS - 1) : paths;
  if (count > 1) return termsOf(swept, { paths: shown, count }, node);
  const factors = factorTexts(swept, paths[0] ?? []);
  if (factors.length < 2 || factors.length > MOST_FACTORS) return [];
  return [{ text: factors.join("·"), ...swept.graph.looks[0] }];
}
