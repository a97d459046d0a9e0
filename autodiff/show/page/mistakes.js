// The reverse sweep with a mistake: its moves, which adjoints are wrong, and in words how that came.

import { numberText } from "./numbers.js";
import { bracketed } from "./paths.js";
import { DomainError } from "./primitives.js";
import { say } from "./say.js";
import { partialsOf, reverseSweep } from "./sweeps.js";

/** @import { Forward, Graph, Mistake, Reverse, Rules } from "./model.js" */
/**
 * The nodes whose adjoint is wrong, in the order of the graph, and what there is to say.
 * @typedef {{wrong: number[], sentence: string}} Verdict
 */

const MOST_TERMS = 8; // of a sum that are written

// ---------------------------------------------------------------- its moves

/**
 * The reverse sweep with a mistake. Where it breaks off, which only a walk over every path does, the right one
 * says what would come out.
 * @param {Graph} graph
 * @param {Mistake} mistake
 * @param {Forward} forward
 * @param {Reverse} right
 * @param {Rules} rules
 */
export function wrongSweep(graph, { parts, turns, breaks_off }, forward, right, rules) {
  const { leaf, start } = parts;
  const starts = graph.nodes.map(({ rule }, place) =>
    rule && start ? start(Number(right.adjoints[place])) : 0,
  );
  const partials = leaf ? partialsWith(graph, forward, rules, leaf) : forward.partials;
  const made = reverseSweep(graph, { ...forward, partials }, turns, parts, starts);
  return breaks_off ? { ...made, adjoints: right.adjoints } : made;
}

/**
 * The partials that come out if the leaves change after the nodes were computed; outside the domain of an
 * operation they stay as they are.
 * @param {Graph} graph
 * @param {Forward} forward
 * @param {Rules} rules
 * @param {(x: number) => number} leaf
 */
function partialsWith({ nodes }, { values, partials }, rules, leaf) {
  /** @param {number} place */
  const moved = (place) => (nodes[place].rule ? Number(values[place]) : leaf(Number(values[place])));
  return nodes.map((node, place) => {
    if (!node.rule || values[place] === undefined) return partials[place];
    const xs = node.operands.map((x) => (Array.isArray(x) ? moved(x[0]) : x));
    try {
      return partialsOf(node, rules[node.rule].partials(...xs, Number(values[place])));
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      return partials[place];
    }
  });
}

// ---------------------------------------------------------------- what is wrong

/**
 * Compare a sweep with the right one.
 * @param {Graph} graph
 * @param {Mistake} mistake
 * @param {Forward} forward
 * @param {Reverse} right
 * @param {Reverse} made The one with the mistake.
 * @returns {Verdict}
 */
export function verdictOn(graph, mistake, { values, partials }, right, made) {
  const { nodes } = graph;
  if (values[graph.output] === undefined) return { wrong: [], sentence: "" };
  const sizes = sizesOf(graph, partials);
  const wrong = [...nodes.keys()].filter((place) => {
    const [ours, theirs] = [right, made].map(({ adjoints }) => Number(adjoints[place]));
    return !isSame(ours, theirs, mistake.rounding * sizes[place]);
  });
  const first = wrong.at(-1); // that the sweep comes to
  if (first === undefined) return { wrong, sentence: mistake.harmless };
  const parts = {
    count: wrong.length,
    all: nodes.length,
    name: nodes[first].name,
    right: sumText(graph, right, first, " + "),
    wrong: sumText(graph, made, first, mistake.joint),
    happened: mistake.happened,
  };
  const plural = say("{count} of {all} derivatives are wrong.", parts);
  const count = wrong.length > 1 ? plural : say("{count} of {all} derivatives is wrong.", parts);
  const how = say("The first is that of {name}: {right} is right, {wrong} came out, as {happened}.", parts);
  return { wrong, sentence: `${count} ${how}` };
}

/**
 * The sum over the paths to each node of the sizes of their products: what rounding is relative to.
 * @param {Graph} graph
 * @param {number[][]} partials
 */
function sizesOf({ nodes, edges, output }, partials) {
  const sizes = nodes.map((_, place) => Number(place === output));
  for (const place of [...nodes.keys()].reverse()) {
    for (const edge of sizes[place] === 0 ? [] : nodes[place].edges) {
      const { parent, position } = edges[edge];
      sizes[parent] += sizes[place] * Math.abs(partials[place][position]);
    }
  }
  return sizes;
}

/**
 * Whether two adjoints are the same up to what rounding may do.
 * @type {(x: number, y: number, rounding: number) => boolean}
 */
const isSame = (x, y, rounding) =>
  Object.is(x, y) || x === y || (Number.isFinite(rounding) && Math.abs(x - y) <= rounding);

/**
 * What arrived at a node, and what it holds in the end: 1·4 + 1·3 = 7.
 * @param {Graph} graph
 * @param {Reverse} swept
 * @param {number} place
 * @param {string} joint
 */
function sumText({ edges, exact }, { adjoints, moves }, place, joint) {
  /** @param {number | undefined} x */
  const text = (x) => numberText(x, 6, exact);
  const into = moves.filter(({ edge }) => edges[edge].parent === place);
  const factors = into.slice(0, MOST_TERMS).map(({ adjoint, partial }) => [adjoint, partial]);
  const terms = factors.map((pair) => pair.map((x) => bracketed(text(x))).join("·"));
  const start = into[0]?.before ? [text(into[0].before)] : [];
  const hidden = into.length - MOST_TERMS;
  const more = hidden > 0 ? [say("... and {hidden} more", { hidden })] : [];
  const sum = [...start, ...terms, ...more].join(joint);
  const end = text(adjoints[place]);
  return sum === "" || sum === end ? end : `${sum} = ${end}`;
}
