// What a step of the sweeps does: a heading, formulas, a sentence, a few characters for the trail, a sum in the picture.

import { line, operator } from "./formula.js";
import { numberText } from "./numbers.js";

const MOST_PARTIALS = 4; // that a step of the forward sweep lists
const MOST_RESULTS = 3; // derivatives that the last step lists
const LONGEST = 14; // characters of a name in the trail

/** Describe one step at one moment, for the panel, for the trail and for a screen reader. */
export function storyOf(step, moment, writer) {
  if (step === undefined) return beginning(moment);
  if (step.kind === "addition") return addition(step, moment, writer);
  if (step.kind === "result") return outcome(moment, writer);
  return step.kind === "seed" ? seed(step, moment, writer) : computation(step.node, moment, writer);
}

function beginning({ graph }) {
  return {
    phase: "ready",
    heading: "Before the sweeps",
    formulas: [],
    sentence: `Play, or step: first forward from the inputs to ${nameOf(graph, graph.output)}, then back to the derivatives.`,
  };
}

/** A few characters that say what a step did. */
export function crumbOf(step, { graph, values, adjoints, moves }) {
  if (step.kind === "result") return "result";
  const name = nameOf(graph, step.parent ?? step.node);
  const shown = name.length > LONGEST ? `${name.slice(0, LONGEST - 1)}…` : name;
  if (step.kind === "value") return `${shown} = ${short(values[step.node], graph)}`;
  if (step.kind === "seed") return `∂${shown} = ${short(adjoints[step.node], graph)}`;
  const move = moves[step.move];
  return `∂${shown} ${adds(move) ? "+=" : "="} ${short(move.product, graph)}`;
}

/** What stands at the card where an adjoint arrives: 13 + 1·4 = 17. */
export function sumAt({ move }, { graph, moves }) {
  const { adjoint, partial, before, after } = moves[move];
  if (after === undefined) return "";
  const product = [adjoint, partial].map((x) => bracketed(short(x, graph))).join("·");
  return `${adds(moves[move]) ? `${short(before, graph)} + ` : "= "}${product}${adds(moves[move]) ? ` = ${short(after, graph)}` : ""}`;
}

/** A number inside a product, as text: in brackets if it has a sign or an exponent. */
export const bracketed = (text) => (/[−e/]/.test(text) ? `(${text})` : text);

/** Whether a move adds, as it should; a sweep with a mistake may overwrite. */
const adds = ({ before, product, after }) =>
  Number.isNaN(after) || after === undefined || after === before + product;

const nameOf = (graph, place) => graph.nodes[place].name;
const short = (x, graph) => numberText(x, 4, graph.exact);

// ---------------------------------------------------------------- the forward sweep

function computation(place, moment, writer) {
  const { graph, values, partials, failures } = moment;
  const node = graph.nodes[place];
  const failure = failures.get(place);
  if (failure) return failed(moment, place, failure, writer);
  const result = writer.number(values[place]);
  if (!node.rule) {
    return {
      phase: "forward",
      heading: `The input ${node.name}`,
      formulas: [line(writer.name(place), operator("="), result)],
      sentence: "An input: its number is given.",
    };
  }
  const calculated = [...writer.calculation(place), operator("="), result];
  return {
    phase: "forward",
    heading: `Compute ${node.name}`,
    formulas: [
      line(writer.name(place), operator("="), ...calculated),
      ...partialLines(place, graph, partials, writer),
    ],
    sentence:
      node.edges.length > 1
        ? "Each edge into it keeps its partial derivative."
        : "The edge into it keeps its partial derivative.",
  };
}

/** The partials on the edges into a node, each in symbols and as a number. */
function partialLines(place, graph, partials, writer) {
  const edges = graph.nodes[place].edges.slice(0, MOST_PARTIALS);
  return edges.map((edge, position) => partialLine(graph.edges[edge], partials[place][position], writer));
}

/** ∂c/∂x = 2c = 10. */
export function partialLine(edge, partial, writer) {
  const symbol = writer.partial(edge, writer.names);
  const number = writer.number(partial);
  const middle = symbol && symbol.textContent !== number.textContent ? [symbol, operator("=")] : [];
  return line(writer.derivative(edge.node, edge.parent), operator("="), ...middle, number);
}

function failed(moment, place, failure, writer) {
  const { graph } = moment;
  return {
    phase: "failure",
    heading: `${nameOf(graph, place)} cannot be computed`,
    formulas: failure.own
      ? [line(writer.name(place), operator("="), writer.value(place, writer.numbers))]
      : [],
    sentence: failureText(moment, place, failure),
  };
}

/** Say why a node has no value. */
export function failureText({ graph, values }, place, { message, own }) {
  const { operation, domain, parents } = graph.nodes[place];
  if (!own) return `${message}.`;
  const at = [...new Set(parents)]
    .slice(0, MOST_PARTIALS)
    .map((parent) => `${nameOf(graph, parent)} = ${short(values[parent], graph)}`);
  return `${operation}: ${message} at ${at.join(", ")}; defined for ${domain}.`;
}

// ---------------------------------------------------------------- the reverse sweep

function seed({ node }, moment, writer) {
  const { graph, adjoints } = moment;
  if (adjoints[node] === undefined) return stopped(moment);
  return {
    phase: "reverse",
    heading: "Turn round at the output",
    formulas: [line(writer.derivative(node, node), operator("="), writer.number(1))],
    sentence: `The reverse sweep starts here: ${nameOf(graph, node)} changes as fast as itself.`,
  };
}

function stopped(moment) {
  const { graph, failures } = moment;
  const [place, failure] = [...failures].find(([, { own }]) => own);
  return {
    phase: "failure",
    heading: `No derivatives: ${nameOf(graph, place)} cannot be computed`,
    formulas: [],
    sentence: `${failureText(moment, place, failure)} So ${nameOf(graph, graph.output)} has no value.`,
  };
}

function addition(step, moment, writer) {
  const { graph, moves } = moment;
  const { node, parent } = step;
  const move = moves[step.move];
  const { adjoint, partial, before, after } = move;
  if (after === undefined) return stopped(moment);
  const { output } = graph;
  const sum = adds(move) ? [writer.number(before), operator("+")] : [];
  const symbols = [
    writer.derivative(output, parent),
    operator(adds(move) ? "+=" : "="),
    writer.derivative(output, node),
    operator("·"),
    writer.derivative(node, parent),
  ];
  const numbers = [
    ...sum,
    writer.factor(adjoint),
    operator("·"),
    writer.factor(partial),
    operator("="),
    writer.number(after),
  ];
  return {
    phase: "reverse",
    heading: `From ${nameOf(graph, node)} down to ${nameOf(graph, parent)}`,
    formulas: [line(...symbols), line(writer.derivative(output, parent), operator("="), ...numbers)],
    sentence: arrival(step, moment),
  };
}

/** Say which of the edges that meet at a node this one is. */
function arrival({ move, parent, node }, { graph, moves }) {
  const { adjoint, before, product } = moves[move];
  const name = nameOf(graph, parent);
  if (!adds(moves[move])) return `Overwritten: the ${short(before, graph)} that ${name} had is lost.`;
  if (graph.mistake) return `Adjoint times partial goes to ${name}.`;
  if (adjoint === 0) return `The adjoint of ${nameOf(graph, node)} is 0: it passes nothing on.`;
  const uses = graph.nodes[parent].uses.length;
  if (uses === 1) return `Adjoint times partial: ${name} is used once, so this is its whole derivative.`;
  const arrived = moves.slice(0, move + 1).filter(({ edge }) => graph.edges[edge].parent === parent).length;
  if (arrived === 1)
    return `1 of ${uses} edges has reached ${name}; the ${uses === 2 ? "other" : "others"} will be added.`;
  const which =
    arrived === uses
      ? `All ${uses} edges have arrived.`
      : `${arrived} of ${uses} edges have reached ${name}.`;
  return `Paths meet at ${name}: ${short(product, graph)} is added, nothing is overwritten. ${which}`;
}

// ---------------------------------------------------------------- the result

/** What has come out in the end, and what there is to do with it. */
function outcome(moment, writer) {
  const { graph, adjoints, values } = moment;
  const { output, leaves } = graph;
  if (adjoints[output] === undefined) return stopped(moment);
  const shown = leaves
    .slice(0, MOST_RESULTS)
    .map((place) => line(writer.derivative(output, place), operator("="), writer.number(adjoints[place])));
  const more =
    leaves.length > MOST_RESULTS
      ? `; ${leaves.length - MOST_RESULTS} more derivatives stand on the cards`
      : "";
  const wrong = graph.mistake?.wrong_nodes.length ? "; what has a ✗ is wrong" : "";
  return {
    phase: "result",
    heading: `${nameOf(graph, output)} = ${short(values[output], graph)} and its derivatives`,
    formulas: shown,
    sentence: `Both sweeps are done${more}${wrong}. Press play to see where the numbers come from.`,
  };
}
