// What a step of the sweeps does, in words and formulas: for panel, trail, picture and screen readers.

import { operator, textOf } from "./formula.js";
import { targetOf } from "./model.js";
import { numberText } from "./numbers.js";
import { bracketed } from "./paths.js";
import { say } from "./say.js";

/** @import { Tree, Writer } from "./formula.js" */
/** @import { AdditionStep, Edge, Failure, Graph, Move, Step, Swept } from "./model.js" */
/**
 * @typedef {{phase: "ready" | "forward" | "reverse" | "failure" | "result", heading: string,
 *   formulas: Tree[][], sentence: string}} Story
 */

const MOST_PARTIALS = 4; // that a step of the forward sweep lists
const MOST_RESULTS = 3; // derivatives that the last step lists
const LONGEST = 14; // characters of a name in the trail

/**
 * Describe one step.
 * @param {Step | undefined} step
 * @param {Swept} swept
 * @param {Writer} writer
 * @returns {Story}
 */
export function storyOf(step, swept, writer) {
  if (step === undefined) return beginning(swept.graph);
  if (step.kind === "addition") return addition(step, swept, writer);
  if (step.kind === "result") return outcome(swept, writer);
  return step.kind === "seed" ? seed(step.node, swept, writer) : computation(step.node, swept, writer);
}

/**
 * Describe what happens within a fold, which is one step.
 * @param {{kind: Step["kind"], name: string, count: number, targets: string[]}} folded
 * @returns {Story}
 */
export function foldStory({ kind, name, count, targets }) {
  if (kind !== "addition") {
    return {
      phase: "forward",
      heading: say("Compute {name}", { name }),
      formulas: [],
      sentence: say("All {count} nodes of it in one step. Open it to see each one.", { count }),
    };
  }
  return {
    phase: "reverse",
    heading: targets.length
      ? say("From {node} down to {parent}", { node: name, parent: targets.join(", ") })
      : say("The reverse sweep within {name}", { name }),
    formulas: [],
    sentence: say("{count} edges in one step: each adds adjoint times partial at its foot.", { count }),
  };
}

/** @param {Story} story */
export const spoken = ({ heading, formulas, sentence }) =>
  `${heading}. ${formulas.map((formula) => formula.map(textOf).join("")).join("; ")} ${sentence}`;

/**
 * @param {Graph} graph
 * @returns {Story}
 */
function beginning(graph) {
  const output = nameOf(graph, graph.output);
  return {
    phase: "ready",
    heading: say("Before the sweeps"),
    formulas: [],
    sentence: say("Play, or step: first forward from the inputs to {output}, then back to the derivatives.", {
      output,
    }),
  };
}

/**
 * A few characters that say what a step did.
 * @param {Step} step
 * @param {Swept} swept
 */
export function crumbOf(step, { graph, values, adjoints, moves }) {
  if (step.kind === "result") return say("result");
  const name = nameOf(graph, Number(targetOf(step)));
  const shown = name.length > LONGEST ? `${name.slice(0, LONGEST - 1)}…` : name;
  if (step.kind === "value") return `${shown} = ${short(values[step.node], graph)}`;
  if (step.kind === "seed") return `∂${shown} = ${short(adjoints[step.node], graph)}`;
  const move = moves[step.move];
  return `∂${shown} ${adds(move) ? "+=" : "="} ${short(move.product, graph)}`;
}

/**
 * What stands at the card where an adjoint arrives: 13 + 1·4 = 17.
 * @param {AdditionStep} step
 * @param {Swept} swept
 */
export function sumAt(step, { graph, moves }) {
  const move = moves[step.move];
  if (move.after === undefined) return "";
  const product = [move.adjoint, move.partial].map((x) => bracketed(short(x, graph))).join("·");
  return adds(move)
    ? `${short(move.before, graph)} + ${product} = ${short(move.after, graph)}`
    : `= ${product}`;
}

/**
 * Whether a move adds, as it should; a sweep with a mistake may overwrite.
 * @param {Move} move
 */
const adds = (move) =>
  move.after === undefined || Number.isNaN(move.after) || move.after === move.before + move.product;

/** @type {(graph: Graph, place: number) => string} */
const nameOf = (graph, place) => graph.nodes[place].name;
/** @type {(x: number | undefined, graph: Graph) => string} */
const short = (x, graph) => numberText(x, 4, graph.exact);

// ---------------------------------------------------------------- the forward sweep

/**
 * @param {number} place
 * @param {Swept} swept
 * @param {Writer} writer
 * @returns {Story}
 */
function computation(place, swept, writer) {
  const { graph, values, failures } = swept;
  const node = graph.nodes[place];
  const failure = failures.get(place);
  if (failure) return failed(swept, place, failure, writer);
  const result = [operator("="), writer.number(values[place])];
  if (!node.rule) {
    return {
      phase: "forward",
      heading: say("The input {name}", node),
      formulas: [[writer.name(place), ...result]],
      sentence: say("An input: its number is given."),
    };
  }
  const value = [writer.name(place), operator("="), ...writer.calculation(place), ...result];
  return {
    phase: "forward",
    heading: say("Compute {name}", node),
    formulas: [value, ...partialLines(place, swept, writer)],
    sentence:
      node.edges.length > 1
        ? say("Each edge into it keeps its partial derivative.")
        : say("The edge into it keeps its partial derivative."),
  };
}

/**
 * The partials on the edges into a node, each in symbols and as a number.
 * @param {number} place
 * @param {Swept} swept
 * @param {Writer} writer
 */
function partialLines(place, { graph, partials }, writer) {
  const edges = graph.nodes[place].edges.slice(0, MOST_PARTIALS);
  return edges.map((edge, position) => partialLine(graph.edges[edge], partials[place][position], writer));
}

/**
 * ∂c/∂x = 2c = 10.
 * @param {Edge} edge
 * @param {number} partial
 * @param {Writer} writer
 */
export function partialLine(edge, partial, writer) {
  const [symbol, number] = [writer.partial(edge, writer.names), writer.number(partial)];
  const middle = symbol && textOf(symbol) !== textOf(number) ? [symbol, operator("=")] : [];
  return [writer.derivative(edge.node, edge.parent), operator("="), ...middle, number];
}

/**
 * @param {Swept} swept
 * @param {number} place
 * @param {Failure} failure
 * @param {Writer} writer
 * @returns {Story}
 */
function failed(swept, place, failure, writer) {
  const attempt = [writer.name(place), operator("="), writer.value(place, writer.numbers)];
  return {
    phase: "failure",
    heading: say("{name} cannot be computed", { name: nameOf(swept.graph, place) }),
    formulas: failure.own ? [attempt] : [],
    sentence: failureText(swept, place, failure),
  };
}

/**
 * Say why a node has no value.
 * @param {Swept} swept
 * @param {number} place
 * @param {Failure} failure
 */
export function failureText({ graph, values }, place, { message, own }) {
  if (!own) return `${message}.`;
  const { operation, domain, parents } = graph.nodes[place];
  const few = [...new Set(parents)].slice(0, MOST_PARTIALS);
  const at = few.map((parent) => `${nameOf(graph, parent)} = ${short(values[parent], graph)}`);
  return say("{operation}: {message} at {place}; defined for {domain}.", {
    operation,
    message: say(message),
    domain,
    place: at.join(", "),
  });
}

/**
 * Say what a new number of an input has done.
 * @param {number} place
 * @param {Swept} swept
 */
export function changeText(place, { graph, values, adjoints, failures, sentence }) {
  for (const [node, { own, message }] of failures) {
    if (own)
      return say("{name} cannot be computed: {message}", {
        name: nameOf(graph, node),
        message: say(message),
      });
  }
  const [name, output] = [place, graph.output].map((node) => nameOf(graph, node));
  const [x, z, slope] = [values[place], values[graph.output], adjoints[place]].map((number) =>
    numberText(number),
  );
  const text = say("{name} is {x}, {output} is {z}, derivative {slope}", { name, x, output, z, slope });
  return sentence ? `${text}. ${sentence}` : text;
}

// ---------------------------------------------------------------- the reverse sweep

/**
 * @param {number} node
 * @param {Swept} swept
 * @param {Writer} writer
 * @returns {Story}
 */
function seed(node, swept, writer) {
  if (swept.adjoints[node] === undefined) return stopped(swept);
  return {
    phase: "reverse",
    heading: say("Turn round at the output"),
    formulas: [[writer.derivative(node, node), operator("="), writer.number(1)]],
    sentence: say("The reverse sweep starts here: {name} changes as fast as itself.", {
      name: nameOf(swept.graph, node),
    }),
  };
}

/**
 * @param {Swept} swept
 * @returns {Story}
 */
function stopped(swept) {
  const { graph, failures } = swept;
  const [[place, failure]] = [...failures].filter(([, { own }]) => own);
  return {
    phase: "failure",
    heading: say("No derivatives: {name} cannot be computed", { name: nameOf(graph, place) }),
    formulas: [],
    sentence: say("{failure} So {name} has no value.", {
      failure: failureText(swept, place, failure),
      name: nameOf(graph, graph.output),
    }),
  };
}

/**
 * @param {AdditionStep} step
 * @param {Swept} swept
 * @param {Writer} writer
 * @returns {Story}
 */
function addition(step, swept, writer) {
  const { graph, moves } = swept;
  const { node, parent } = step;
  const move = moves[step.move];
  if (move.after === undefined) return stopped(swept);
  const derivative = writer.derivative(graph.output, parent);
  const factors = [writer.factor(move.adjoint), operator("·"), writer.factor(move.partial)];
  const sum = adds(move) ? [writer.number(move.before), operator("+"), ...factors] : factors;
  return {
    phase: "reverse",
    heading: say("From {node} down to {parent}", {
      node: nameOf(graph, node),
      parent: nameOf(graph, parent),
    }),
    formulas: [
      [derivative, operator(adds(move) ? "+=" : "="), ...productOf(step, graph, writer)],
      [derivative, operator("="), ...sum, operator("="), writer.number(move.after)],
    ],
    sentence: arrival(step, swept),
  };
}

/**
 * What an edge brings, in symbols: ∂f/∂c · ∂c/∂x.
 * @param {Edge} edge
 * @param {Graph} graph
 * @param {Writer} writer
 */
export function productOf({ node, parent }, graph, writer) {
  return [writer.derivative(graph.output, node), operator("·"), writer.derivative(node, parent)];
}

/**
 * Say which of the edges that meet at a node this one is.
 * @param {AdditionStep} step
 * @param {Swept} swept
 */
function arrival({ move: place, parent, node }, { graph, moves }) {
  const move = moves[place];
  const name = nameOf(graph, parent);
  if (move.after !== undefined && !adds(move)) {
    return say("Overwritten: the {number} that {name} had is lost.", {
      number: short(move.before, graph),
      name,
    });
  }
  if (graph.mistake) return say("Adjoint times partial goes to {name}.", { name });
  if (move.adjoint === 0)
    return say("The adjoint of {name} is 0: it passes nothing on.", { name: nameOf(graph, node) });
  const uses = graph.nodes[parent].uses.length;
  if (uses === 1)
    return say("Adjoint times partial: {name} is used once, so this is its whole derivative.", { name });
  const arrived = moves.slice(0, place + 1).filter(({ edge }) => graph.edges[edge].parent === parent).length;
  const parts = { uses, name, arrived, number: short(move.product, graph) };
  if (arrived === 1 && uses === 2)
    return say("1 of {uses} edges has reached {name}; the other will be added.", parts);
  if (arrived === 1) return say("1 of {uses} edges has reached {name}; the others will be added.", parts);
  const meeting = say("Paths meet at {name}: {number} is added, nothing is overwritten.", parts);
  const all = arrived === uses;
  const which = all
    ? say("All {uses} edges have arrived.", parts)
    : say("{arrived} of {uses} edges have reached {name}.", parts);
  return `${meeting} ${which}`;
}

// ---------------------------------------------------------------- the result

/**
 * What has come out in the end, and what there is to do with it.
 * @param {Swept} swept
 * @param {Writer} writer
 * @returns {Story}
 */
function outcome(swept, writer) {
  const { graph, adjoints, values } = swept;
  const { output, leaves } = graph;
  if (adjoints[output] === undefined) return stopped(swept);
  /** @type {(place: number) => Tree[]} */
  const result = (place) => [writer.derivative(output, place), operator("="), writer.number(adjoints[place])];
  const rest = leaves.length - MOST_RESULTS;
  const more =
    rest === 1
      ? say("; 1 more derivative stands on the cards")
      : say("; {rest} more derivatives stand on the cards", { rest });
  const wrong = swept.wrong.length ? say("; what has a ✗ is wrong") : "";
  return {
    phase: "result",
    heading: say("{output} = {number} and its derivatives", {
      output: nameOf(graph, output),
      number: short(values[output], graph),
    }),
    formulas: leaves.slice(0, MOST_RESULTS).map(result),
    sentence: say("Both sweeps are done{more}. Press play to see where the numbers come from.", {
      more: (rest > 0 ? more : "") + wrong,
    }),
  };
}
