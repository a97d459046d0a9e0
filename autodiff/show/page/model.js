// The graph as numbers: both sweeps and the paths. Pure functions; the rules come from the table.

import { DomainError } from "./primitives.js";

/** Turn the numbers that JSON cannot hold from text to numbers, and list the edges, and the leaves by their names. */
export function revived(graph) {
  const nodes = graph.nodes.map((node) => ({
    ...node,
    value: Number(node.value),
    operands: (node.operands ?? []).map((x) => (Array.isArray(x) ? x : Number(x))),
    parents: (node.operands ?? []).filter(Array.isArray).map(([place]) => place),
    edges: [],
    uses: [],
  }));
  const edges = [];
  nodes.forEach((node, place) => {
    node.parents.forEach((parent, position) => {
      node.edges.push(edges.length);
      nodes[parent].uses.push(edges.length);
      edges.push({ node: place, parent, position });
    });
  });
  const views = graph.views.map((view) => ({
    ...view,
    cards: view.cards.map((card) => subject(card, graph.folds)),
  }));
  const leaves = nodes
    .map((_, place) => place)
    .filter((place) => !nodes[place].rule)
    .sort(byName(nodes));
  return {
    ...graph,
    nodes,
    edges,
    views,
    leaves,
    output: nodes.length - 1,
    mistake: graph.mistake && revivedMistake(graph.mistake),
  };
}

/** The order of nodes by their names, w9 before w10. */
function byName(nodes) {
  const { compare } = new Intl.Collator("en", { numeric: true });
  return (a, b) => compare(nodes[a].name, nodes[b].name);
}

function revivedMistake(mistake) {
  const moves = mistake.moves.map(([edge, ...numbers]) => {
    const [adjoint, partial, before, product, after] = numbers.map(Number);
    return { edge, adjoint, partial, before, product, after };
  });
  return { ...mistake, moves, adjoints: mistake.adjoints.map(Number) };
}

/** What a card stands for: a node, or a fold of nodes that shows the numbers of its exit, if there is one. */
function subject({ node, fold }, folds) {
  if (fold === undefined) return { node, nodes: new Set([node]) };
  return { fold, node: folds[fold].exit ?? undefined, nodes: new Set(folds[fold].nodes) };
}

/** The forward sweep: values and partials. A node that cannot be computed has a failure, and so has what needs it. */
export function forwardSweep(graph, inputs, rules) {
  const values = [];
  const partials = [];
  const failures = new Map();
  graph.nodes.forEach((node, place) => {
    partials.push(node.parents.map(() => undefined));
    if (!node.rule) {
      values.push(inputs.get(place) ?? node.value);
      return;
    }
    const xs = node.operands.map((x) => (Array.isArray(x) ? values[x[0]] : x));
    const blocked = node.parents.find((parent) => values[parent] === undefined);
    try {
      if (blocked !== undefined) throw new DomainError(`${graph.nodes[blocked].name} has no value`);
      const [z] = rules[node.rule].value(...xs);
      const every = rules[node.rule].partials(...xs, z);
      partials[place] = every.filter((_, i) => Array.isArray(node.operands[i]));
      values.push(z);
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      failures.set(place, { message: error.message, own: blocked === undefined });
      values.push(undefined);
    }
  });
  return { values, partials, failures };
}

/** The reverse sweep: its moves in order, one an edge, and the adjoints; undefined where the output has no value. */
export function reverseSweep(graph, { values, partials }) {
  const defined = values[graph.output] !== undefined;
  const adjoints = graph.nodes.map((_, place) => (defined ? Number(place === graph.output) : undefined));
  const moves = [];
  for (let place = graph.output; place >= 0; place--) {
    const adjoint = adjoints[place];
    graph.nodes[place].parents.forEach((parent, position) => {
      const partial = partials[place][position];
      const before = adjoints[parent];
      const product = defined ? passedOn(adjoint, partial) : undefined;
      if (defined) adjoints[parent] += product;
      const edge = graph.nodes[place].edges[position];
      moves.push({ edge, adjoint, partial, before, product, after: adjoints[parent] });
    });
  }
  return { adjoints, moves };
}

/** 0 passes nothing on, not even over an infinite partial. */
const passedOn = (adjoint, partial) => (adjoint === 0 ? 0 : adjoint * partial);

/** The first paths from a node up to the output, as lists of edges from the node on, and how many there are. */
export function pathsFrom(graph, start, limit) {
  const counts = graph.nodes.map(() => 0);
  graph.nodes.forEach((node, place) => {
    counts[place] = place === start ? 1 : node.parents.reduce((sum, parent) => sum + counts[parent], 0);
  });
  const paths = [];
  const walk = (place, way) => {
    if (place === start) paths.push(way);
    else {
      for (const edge of graph.nodes[place].edges) {
        if (paths.length === limit) return;
        if (counts[graph.edges[edge].parent]) walk(graph.edges[edge].parent, [edge, ...way]);
      }
    }
  };
  if (counts[graph.output]) walk(graph.output, []);
  return { paths, count: counts[graph.output] };
}

/** The product of the partials along a path, multiplied from the output down as the reverse sweep does. */
export function pathProduct(graph, partials, path) {
  const factors = path.map((edge) => partials[graph.edges[edge].node][graph.edges[edge].position]).reverse();
  return factors.includes(0) ? 0 : factors.reduce((product, factor) => product * factor, 1);
}

/** The steps of both sweeps in their order, and the result; the moves of the reverse sweep say over which edges it goes. */
export function stepsOf(graph, moves) {
  const forward = graph.nodes.map((_, node) => ({ kind: "value", node }));
  const reverse = moves.map(({ edge }, move) => ({ kind: "addition", move, edge, ...graph.edges[edge] }));
  return [...forward, { kind: "seed", node: graph.output }, ...reverse, { kind: "result" }];
}
