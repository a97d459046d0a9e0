// The sweeps over a graph. Pure functions; the rules come from the table.

import { kinkOf } from "./kinks.js";
import { cleanPartials, cleanSum, sumDoubt, valueDoubt } from "./noise.js";
import { DomainError } from "./primitives.js";
import { say } from "./say.js";

/** @import { DoneMove, Forward, Graph, GraphNode, Parts, Reverse, Rules, Turn } from "./model.js" */

/**
 * The forward sweep: values, partials and kinks. What cannot be computed has a failure, and so has what needs it.
 * @param {Graph} graph
 * @param {Map<number, number>} inputs
 * @param {Rules} rules
 * @returns {Forward}
 */
export function forwardSweep(graph, inputs, rules) {
  /** @type {Forward} */
  const { values, partials, cuts, failures, kinks } = {
    values: [],
    partials: [],
    cuts: [],
    failures: new Map(),
    kinks: new Map(),
  };
  /** @type {number[]} */
  const doubts = []; // how far the values may be off
  graph.nodes.forEach((node, place) => {
    const blocked = node.parents.find((parent) => values[parent] === undefined);
    try {
      if (blocked !== undefined) throw new DomainError(say("{name} has no value", graph.nodes[blocked]));
      const xs = node.operands.map((x) => (Array.isArray(x) ? Number(values[x[0]]) : x));
      const rule = node.rule ? rules[node.rule] : undefined;
      values[place] = rule ? rule.value(...xs)[0] : (inputs.get(place) ?? node.value);
      const own = rule ? partialsOf(node, rule.partials(...xs, values[place])) : [];
      const around = node.operands.map((x) => (Array.isArray(x) ? doubts[x[0]] : 0));
      partials[place] = cleanPartials(own, (by) => {
        const moved = xs.map((x, i) => x + by * around[i]);
        return rule ? partialsOf(node, rule.partials(...moved, rule.value(...moved)[0])) : [];
      });
      doubts[place] = valueDoubt(Number(values[place]), own, partialsOf(node, around));
      cuts[place] = Boolean(rule?.chooses) && !rule?.kinked?.(...xs)[0];
      const kink = rule && kinkOf(node, rule, xs);
      if (kink) kinks.set(place, kink);
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      failures.set(place, { message: error.message, own: blocked === undefined });
      [values[place], partials[place]] = [undefined, []];
    }
  });
  return { values, partials, cuts, failures, kinks };
}

/**
 * The partials by those operands that are nodes.
 * @param {GraphNode} node
 * @param {number[]} every
 */
export const partialsOf = (node, every) => every.filter((_, i) => Array.isArray(node.operands[i]));

/**
 * The parts of the right reverse sweep.
 * @type {Parts}
 */
export const RIGHT = {
  factor: (partial) => partial,
  passing: (held) => held,
  put: (before, product) => before + product,
};

/**
 * The turns of the right sweep: children before their parents.
 * @param {Graph} graph
 */
export const turnsOf = ({ nodes }) =>
  [...nodes].reverse().flatMap(({ edges }) => edges.map((edge) => /** @type {Turn} */ ([edge, null, 1])));

/**
 * A reverse sweep: its moves, one a turn, and the adjoints; undefined if the output has no value. What is
 * nothing but rounding is 0. It is the function sweep of mistakes/sweeps.py.
 * @param {Graph} graph
 * @param {Forward} forward
 * @param {Turn[]} turns
 * @param {Parts} parts
 * @param {number[]} starts What the nodes hold at first; the output holds 1.
 * @returns {Reverse}
 */
export function reverseSweep(
  { nodes, edges, output },
  { values, partials, cuts },
  turns,
  parts = RIGHT,
  starts = nodes.map(() => 0),
) {
  if (values[output] === undefined) {
    return { adjoints: nodes.map(() => undefined), moves: turns.map(([edge]) => ({ edge })) };
  }
  const [adjoints, doubts] = [[...starts], nodes.map(() => 0)];
  adjoints[output] = 1;
  /** @type {DoneMove[]} */
  const moves = [];
  const reached = new Set(); // what nothing has arrived at passes nothing on
  /** @type {boolean[]} */
  const passed = [];
  for (const [edge, source, sign] of turns) {
    const { node, parent, position } = edges[edge];
    const adjoint = parts.passing(source === null ? adjoints[node] : moves[source].product);
    const arrives = adjoint !== 0 || (source === null ? reached.has(node) : passed[source]);
    const partial = sign * parts.factor(partials[node][position], Number(values[parent]));
    const passes = arrives && !(cuts[node] && partial === 0);
    const [product, before] = [passes ? adjoint * partial : 0, adjoints[parent]];
    const after = parts.put(before, product);
    doubts[parent] = sumDoubt(doubts[parent], product, after, passes ? doubts[node] * Math.abs(partial) : 0);
    adjoints[parent] = cleanSum(after, doubts[parent]);
    moves.push({ edge, adjoint, partial, before, product, after: adjoints[parent] });
    passed.push(passes);
    if (passes) reached.add(parent);
  }
  return { adjoints, moves };
}
