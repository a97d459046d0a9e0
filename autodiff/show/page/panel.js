// The side panel: the story of the step, and what is known of the chosen node or edge.

import { html, strokeOf, svg } from "./elements.js";
import { operator, textOf } from "./formula.js";
import { kinkText } from "./kinks.js";
import { line } from "./mathml.js";
import { numberText } from "./numbers.js";
import { factorTexts, termsOf } from "./paths.js";
import { say } from "./say.js";
import { failureText, partialLine, productOf } from "./story.js";

/** @import { Tree, Writer } from "./formula.js" */
/** @import { Graph, GraphNode, Swept } from "./model.js" */
/** @import { Found, Term } from "./paths.js" */
/** @import { Story } from "./story.js" */
/** @typedef {{stops: boolean, toggle(): void, choose(edge: number): void}} NodeActions */

const MOST_FACTORS = 8; // of a path that are written out

/** @type {(trees: Tree[]) => HTMLElement} */
const formula = (trees) => html("p", { class: "formula" }, line(trees));

/**
 * A number for people, with all its digits for whoever points at it.
 * @param {number | undefined} x
 * @param {Graph} graph
 */
function data(x, graph) {
  return html("data", { value: String(x), title: String(x) }, numberText(x, 6, graph.exact));
}

/**
 * A number to its last digit, seen where it has more digits than are shown elsewhere.
 * @param {string} id
 * @param {number | undefined} x
 */
function allDigits(id, x) {
  const number = html("data", { value: String(x) }, numberText(x, 17));
  const whole = html("p", { class: "note", id }, say("all digits: "), number);
  whole.hidden = numberText(x, 17) === numberText(x, 6);
  return whole;
}

/** @type {(section: HTMLElement, story: Story) => void} */
export function showStory(section, { phase, heading, formulas, sentence }) {
  section.className = phase;
  section.replaceChildren(html("h2", {}, heading), ...formulas.map(formula), html("p", {}, sentence));
}

/** @param {HTMLElement} section */
export function showNothing(section) {
  section.replaceChildren(
    html("h2", {}, say("Paths")),
    html(
      "p",
      { class: "hint" },
      say("Point at a node to see its paths to the output and the sum over them."),
    ),
    html("p", {}, say("Click to keep it, click an edge for its partial derivative.")),
  );
}

// ---------------------------------------------------------------- the chosen node

/**
 * @param {HTMLElement} section
 * @param {number} place
 * @param {Found} found
 * @param {Swept} swept
 * @param {Writer} writer
 * @param {NodeActions} actions
 */
export function showNode(section, place, found, swept, writer, actions) {
  const { graph, adjoints, failures } = swept;
  const node = graph.nodes[place];
  const kind = place === graph.output ? say("the output") : (node.operation ?? say("an input"));
  const pressing = { "aria-pressed": actions.stops, onclick: actions.toggle };
  const stop = html("button", { id: "breakpoint", ...pressing }, say("breakpoint"));
  const failure = failures.get(place);
  section.replaceChildren(
    html("h2", {}, html("span", {}, line([writer.name(place)]), ` ${kind}`), stop),
    ...(failure
      ? [html("p", { class: "failure" }, failureText(swept, place, failure))]
      : valueLines(place, node, swept, writer)),
    ...(adjoints[place] === undefined ? [] : sumOfPaths(place, found, swept, writer)),
    ...edgeList(say("used by"), node.uses, graph, actions),
    ...edgeList(say("made from"), node.edges, graph, actions),
  );
}

/** @type {(place: number, node: GraphNode, swept: Swept, writer: Writer) => HTMLElement[]} */
function valueLines(place, node, { graph, values, kinks }, writer) {
  const middle = node.rule ? [...writer.calculation(place), operator("=")] : [];
  const kink = kinks.get(place);
  const notes = node.kink
    ? [html("p", { class: "note" }, say("No derivative at {kink}.", { kink: node.kink }))]
    : [];
  const here = kink ? [html("p", { class: "kink" }, kinkText(kink, graph.exact))] : [];
  const calculated = [writer.name(place), operator("="), ...middle, writer.number(values[place])];
  return [formula(calculated), allDigits("value", values[place]), ...here, ...notes];
}

/**
 * The adjoint as the sum over paths: one row a path with its colour, nodes, factors and product.
 * @param {number} place
 * @param {Found} found
 * @param {Swept} swept
 * @param {Writer} writer
 */
function sumOfPaths(place, found, swept, writer) {
  const { graph, adjoints, right } = swept;
  const terms = termsOf(swept, found, place);
  const rows = found.paths.map((path, number) => pathRow(path, terms[number], place, swept));
  const isWrong = swept.wrong.includes(place);
  const sum = say("Wrong: the paths add up to {sum}.", { sum: numberText(right[place], 6, graph.exact) });
  const derivative = line([writer.derivative(graph.output, place)]);
  const note = html("span", { class: "note" }, countText(found.count, graph));
  return [
    html("p", { class: "exact", id: "adjoint" }, derivative, " = ", data(adjoints[place], graph), note),
    ...(isWrong ? [html("p", { class: "failure" }, sum)] : []),
    ...(place === graph.output || !rows.length
      ? []
      : [html("ol", { class: "paths" }, ...rows, ...moreRow(terms.at(-1)))]),
  ];
}

/** @type {(count: number, graph: Graph) => string} */
function countText(count, graph) {
  if (count === 0) return ` ${say("no path to the output")}`;
  const parts = { count: count.toLocaleString("en"), output: graph.nodes[graph.output].name };
  return ` ${count === 1 ? say("1 path to {output}", parts) : say("{count} paths to {output}", parts)}`;
}

/** @type {(term: Term | undefined) => HTMLElement[]} */
function moreRow(term) {
  if (!term?.more) return [];
  const parts = { count: term.more.toLocaleString("en"), sum: term.text };
  const text = say("and {count} more paths, together {sum}", parts);
  return [html("li", { class: "more" }, text)];
}

/** @type {(path: number[], term: Term, place: number, swept: Swept) => HTMLElement} */
function pathRow(path, term, place, swept) {
  const { graph } = swept;
  const names = [place, ...path.map((edge) => graph.edges[edge].node)].map((node) => graph.nodes[node].name);
  const factors = `${ends(factorTexts(swept, path)).join("·")} = `;
  return html(
    "li",
    {},
    sample(term),
    html("span", { class: "way" }, ends(names).join(" → ")),
    html("span", { class: "product" }, factors, data(term.product, graph)),
  );
}

/** @type {(items: string[]) => string[]} */
const ends = (items) =>
  items.length <= MOST_FACTORS ? items : [...items.slice(0, 3), "…", ...items.slice(-3)];

/**
 * How the path of a term is drawn.
 * @param {Term} term
 */
function sample(term) {
  return svg(
    "svg",
    { viewBox: "0 0 28 12", class: "sample" },
    svg("path", { d: "M1 6H27", ...strokeOf(term) }),
  );
}

/** @type {(title: string, edges: number[], graph: Graph, actions: NodeActions) => HTMLElement[]} */
function edgeList(title, edges, graph, { choose }) {
  if (!edges.length) return [];
  const buttons = edges.map((edge) => {
    const { node, parent } = graph.edges[edge];
    const text = `${graph.nodes[parent].name} → ${graph.nodes[node].name}`;
    return html("button", { "data-edge": edge, onclick: () => choose(edge) }, text);
  });
  return [html("h3", {}, title), html("div", { class: "edges" }, ...buttons)];
}

// ---------------------------------------------------------------- the chosen edge

/**
 * @param {HTMLElement} section
 * @param {number} place
 * @param {Swept} swept
 * @param {Writer} writer
 * @param {(node: number) => void} chooseNode
 */
export function showEdge(section, place, swept, writer, chooseNode) {
  const { graph, partials } = swept;
  const edge = graph.edges[place];
  const partial = partials[edge.node][edge.position];
  const [parent, node] = [edge.parent, edge.node].map((end) =>
    html("button", { onclick: () => chooseNode(end) }, graph.nodes[end].name),
  );
  section.replaceChildren(
    html("h2", {}, html("span", {}, say("The edge "), parent, " → ", node)),
    ...(partial === undefined ? [] : partialLines(place, swept, writer).map(formula)),
    allDigits("partial", partial),
    ...brought(place, swept, writer),
  );
}

/**
 * The partial in symbols, and in numbers where they say more than it.
 * @param {number} place
 * @param {Swept} swept
 * @param {Writer} writer
 */
function partialLines(place, { graph, partials }, writer) {
  const edge = graph.edges[place];
  const { node, parent, position } = edge;
  const [made, number] = [writer.partial(edge, writer.numbers), writer.number(partials[node][position])];
  const symbols = partialLine(edge, partials[node][position], writer);
  if (!made || textOf(made) === textOf(number)) return [symbols];
  return [symbols, [writer.derivative(node, parent), operator("="), made, operator("="), number]];
}

/**
 * What an edge adds to the adjoint at its foot.
 * @param {number} place
 * @param {Swept} swept
 * @param {Writer} writer
 */
function brought(place, { graph, moves }, writer) {
  const move = moves.find(({ edge }) => edge === place);
  if (move?.adjoint === undefined) return [];
  const factors = [writer.factor(move.adjoint), operator("·"), writer.factor(move.partial)];
  const numbers = [operator("="), ...factors, operator("="), writer.number(move.product)];
  return [
    html("h3", {}, say("what it brings")),
    formula([...productOf(graph.edges[place], graph, writer), ...numbers]),
  ];
}
