// The side panel: the story of the step, the inputs, and what is known of the chosen node or edge.

import { line, operator } from "./formula.js";
import { pathProduct } from "./model.js";
import { numberText, read } from "./numbers.js";
import { bracketed, failureText, partialLine } from "./story.js";

const MOST_FACTORS = 8; // of a path that are written out
const MOST_BESIDE = 6; // of one that is written beside its node
const MOST_TERMS = 6; // of a sum beside a node, so that it does not cover its neighbours

/** Make an element of HTML with attributes, properties that begin with "on", and children; text stays text. */
export function html(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

/** A number for people, with all its digits for whoever points at it. */
function data(x, graph) {
  return html("data", { value: String(x), title: String(x) }, numberText(x, 6, graph.exact));
}

/** A number to its last digit, seen where it has more digits than are shown elsewhere. */
function allDigits(id, x) {
  const whole = html(
    "p",
    { class: "note", id },
    "all digits: ",
    html("data", { value: String(x) }, numberText(x, 17)),
  );
  whole.hidden = numberText(x, 17) === numberText(x, 6);
  return whole;
}

export function showStory(section, story) {
  section.className = story.phase;
  section.replaceChildren(
    html("h2", {}, story.heading),
    ...story.formulas.map((formula) => html("p", { class: "formula" }, formula)),
    html("p", {}, story.sentence),
  );
}

// ---------------------------------------------------------------- inputs

/** Build a row for each input: its name, a slider and a field. ``change(place, x)`` is called with new numbers, ``leave()`` after typing. */
export function buildInputs(section, graph, writer, { change, leave, reset }) {
  const rows = graph.leaves.map((place) => inputRow(place, graph, writer, { change, leave }));
  const button = html("button", { id: "reset", onclick: reset }, "reset");
  section.replaceChildren(html("h2", {}, "Inputs", button), html("div", { class: "rows" }, ...rows));
}

function inputRow(place, graph, writer, { change, leave }) {
  const { name, value } = graph.nodes[place];
  const reach = Math.max(2 * Math.abs(Number.isFinite(value) ? value : 0), 2);
  const middle = Number.isFinite(value) ? value : 0;
  const slider = html("input", {
    type: "range",
    min: middle - reach,
    max: middle + reach,
    step: reach / 200,
    "aria-label": `${name}, slider`,
    oninput: (event) => change(place, Number(event.target.value)),
  });
  const field = html("input", {
    type: "text",
    inputmode: "decimal",
    "aria-label": `${name}, number`,
    spellcheck: "false",
    autocomplete: "off",
    oninput: (event) => {
      const x = read(event.target.value)?.number ?? NaN;
      complain(event.target, !Number.isFinite(x));
      if (Number.isFinite(x)) change(place, x);
    },
    onblur: () => leave(),
  });
  const complaint = html("span", { class: "complaint", id: `complaint-${place}`, role: "alert" });
  return html(
    "div",
    { class: "row", "data-input": place },
    html("span", { class: "name" }, line(writer.name(place))),
    slider,
    field,
    complaint,
  );
}

/** Say beside a field that what is in it is no number; or no longer. */
function complain(field, wrong) {
  const complaint = field.parentElement.querySelector(".complaint");
  field.setAttribute("aria-invalid", String(wrong));
  field.setAttribute("aria-describedby", complaint.id);
  complaint.textContent = wrong ? "Not a number: write 2, −0.5, 1e-3 or 1/3." : "";
}

/** Let sliders and fields follow the values; what is being typed stays as it is. */
export function showInputs(section, graph, values, chosen) {
  for (const row of section.querySelectorAll(".row")) {
    row.classList.toggle("chosen", Number(row.dataset.input) === chosen);
    const x = values[Number(row.dataset.input)];
    const [slider, field] = row.querySelectorAll("input");
    if (Number(slider.value) !== x) {
      slider.min = Math.min(slider.min, x);
      slider.max = Math.max(slider.max, x);
      slider.value = x;
    }
    if (document.activeElement !== field) {
      const text = graph.exact ? numberText(x, 6, true) : String(x);
      if (field.value !== text) field.value = text; // there may be thousands
      if (field.getAttribute("aria-invalid") === "true") complain(field, false);
    }
  }
}

/** In place of the inputs: which mistake the reverse sweep makes, and what comes of it. */
export function showMistake(section, { name, wrong, sentence }, { graph, adjoints, right }) {
  const different = graph.nodes
    .map((_, place) => place)
    .filter((place) => graph.mistake.wrong_nodes.includes(place));
  const rows = different.map((place) =>
    html(
      "tr",
      {},
      ...[
        graph.nodes[place].name,
        ...[adjoints, right].map((all) => numberText(all[place], 6, graph.exact)),
      ].map((text) => html("td", {}, text)),
    ),
  );
  const heads = ["node", "wrong", "right"].map((head) => html("th", {}, head));
  section.className = "mistake";
  section.replaceChildren(
    html("h2", {}, `Mistake: ${name}`),
    html("p", {}, `${wrong[0].toUpperCase()}${wrong.slice(1)}.`),
    html("p", { class: "note" }, sentence),
    ...(rows.length
      ? [html("table", {}, html("thead", {}, html("tr", {}, ...heads)), html("tbody", {}, ...rows))]
      : []),
  );
}

// ---------------------------------------------------------------- the chosen node

/** The terms of the sum over paths, each with its colour; paths that are not shown come last as one number. */
function termsOf(graph, moment, { paths, count }, place) {
  const products = paths.map((path) => pathProduct(graph, moment.partials, path));
  const terms = products.map((product, number) => ({
    product,
    ...graph.looks[number],
    text: numberText(product, 5, graph.exact),
  }));
  const rest = moment.right[place] - products.reduce((sum, product) => sum + product, 0);
  const more = count - paths.length;
  return more ? [...terms, { product: rest, text: numberText(rest, 5, graph.exact), more }] : terms;
}

/** What stands beside a node: the sum over its paths, or the product along its only one. */
export function besideNode(graph, moment, found, node) {
  const paths = found.count > MOST_TERMS ? found.paths.slice(0, MOST_TERMS - 1) : found.paths;
  if (found.count > 1) return termsOf(graph, moment, { ...found, paths }, node);
  const [path = []] = found.paths;
  const factors = path
    .map((edge) => moment.partials[graph.edges[edge].node][graph.edges[edge].position])
    .reverse();
  if (factors.length < 2 || factors.length > MOST_BESIDE) return [];
  return [
    { text: factors.map((x) => bracketed(numberText(x, 4, graph.exact))).join("·"), ...graph.looks[0] },
  ];
}

export function showNode(section, place, found, moment, writer, actions) {
  const { graph, values, adjoints, failures } = moment;
  const node = graph.nodes[place];
  const kind = place === graph.output ? "the output" : node.rule ? node.operation : "an input";
  const stop = html(
    "button",
    { id: "breakpoint", "aria-pressed": String(actions.stops), onclick: actions.toggle },
    "breakpoint",
  );
  section.replaceChildren(
    html("h2", {}, html("span", {}, line(writer.name(place)), ` ${kind}`), stop),
    ...(failures.has(place)
      ? [html("p", { class: "failure" }, failureText(moment, place, failures.get(place)))]
      : valueLines(place, node, values, writer)),
    ...(adjoints[place] === undefined ? [] : sumOfPaths(place, found, moment, writer)),
    ...edgeLists(place, moment, actions),
  );
}

function valueLines(place, node, values, writer) {
  const number = writer.number(values[place]);
  const middle = node.rule ? [...writer.calculation(place), operator("=")] : [];
  const formula = html("p", { class: "formula" }, line(writer.name(place), operator("="), ...middle, number));
  const kink = html("p", { class: "note" }, `No derivative at ${node.kink}.`);
  return [formula, allDigits("value", values[place]), ...(node.kink ? [kink] : [])];
}

/** The adjoint as the sum over paths: one row a path with its colour, nodes, factors and product. */
function sumOfPaths(place, found, moment, writer) {
  const { graph, adjoints, right, partials } = moment;
  const terms = termsOf(graph, moment, found, place);
  const rows = found.paths.map((path, number) => pathRow(path, terms[number], place, graph, partials));
  const more = terms.find((term) => term.more);
  if (more)
    rows.push(
      html(
        "li",
        { class: "more" },
        `and ${more.more.toLocaleString("en")} more paths, together ${more.text}`,
      ),
    );
  const count = found.count === 1 ? "1 path" : `${found.count.toLocaleString("en")} paths`;
  return [
    html(
      "p",
      { class: "exact", id: "adjoint" },
      line(writer.derivative(graph.output, place)),
      " = ",
      data(adjoints[place], graph),
      html(
        "span",
        { class: "note" },
        found.count ? ` ${count} to ${graph.nodes[graph.output].name}` : " no path to the output",
      ),
    ),
    ...(graph.mistake?.wrong_nodes.includes(place)
      ? [
          html(
            "p",
            { class: "failure" },
            `Wrong: the paths add up to ${numberText(right[place], 6, graph.exact)}.`,
          ),
        ]
      : []),
    ...(found.paths.some((path) => path.length) ? [html("ol", { class: "paths" }, ...rows)] : []),
  ];
}

function pathRow(path, term, place, graph, partials) {
  const names = [place, ...path.map((edge) => graph.edges[edge].node)].map((node) => graph.nodes[node].name);
  const factors = path.map((edge) => partials[graph.edges[edge].node][graph.edges[edge].position]).reverse();
  const shown = factors.map((x) => bracketed(numberText(x, 4, graph.exact)));
  const product = html(
    "span",
    { class: "product" },
    `${ends(shown).join("·")} = `,
    data(term.product, graph),
  );
  return html("li", {}, swatch(term), html("span", { class: "way" }, ends(names).join(" → ")), product);
}

const ends = (items) =>
  items.length <= MOST_FACTORS ? items : [...items.slice(0, 3), "…", ...items.slice(-3)];

function swatch({ color, style, penwidth }) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const stroke = document.createElementNS("http://www.w3.org/2000/svg", "path");
  const look = {
    d: "M1 6H27",
    stroke: color,
    "stroke-width": Number(penwidth) + 1,
    "stroke-dasharray": style === "dashed" ? "7 5" : "none",
  };
  for (const [name, value] of Object.entries(look)) stroke.setAttribute(name, value);
  svg.setAttribute("viewBox", "0 0 28 12");
  svg.setAttribute("class", "sample");
  svg.append(stroke);
  return svg;
}

/** The edges that leave a node towards the output, and those that come in, as buttons. */
function edgeLists(place, { graph }, actions) {
  const list = (title, edges) =>
    edges.length
      ? [
          html("h3", {}, title),
          html("div", { class: "edges" }, ...edges.map((edge) => edgeButton(edge, graph, actions.choose))),
        ]
      : [];
  return [...list("used by", graph.nodes[place].uses), ...list("made from", graph.nodes[place].edges)];
}

function edgeButton(edge, graph, choose) {
  const { node, parent } = graph.edges[edge];
  return html(
    "button",
    { "data-edge": edge, onclick: () => choose(edge) },
    `${graph.nodes[parent].name} → ${graph.nodes[node].name}`,
  );
}

// ---------------------------------------------------------------- the chosen edge

export function showEdge(section, edge, moment, writer, actions) {
  const { graph, partials, moves } = moment;
  const found = graph.edges[edge];
  const { node, parent, position } = found;
  const partial = partials[node][position];
  const { adjoint, product } = moves.find((move) => move.edge === edge) ?? {};
  const made = writer.partial(found, writer.numbers);
  const inNumbers = made && made.textContent !== numberText(partial, 6, graph.exact) && found;
  const nodes = [parent, node].map((place) =>
    html("button", { onclick: () => actions.chooseNode(place) }, graph.nodes[place].name),
  );
  const lines =
    partial === undefined
      ? []
      : [
          partialLine(found, partial, writer),
          ...(inNumbers
            ? [
                line(
                  writer.derivative(node, parent),
                  operator("="),
                  made,
                  operator("="),
                  writer.number(partial),
                ),
              ]
            : []),
        ];
  const brings =
    adjoint === undefined
      ? []
      : [
          html("h3", {}, "what it brings"),
          html(
            "p",
            { class: "formula" },
            line(
              writer.derivative(graph.output, node),
              operator("·"),
              writer.derivative(node, parent),
              operator("="),
              writer.factor(adjoint),
              operator("·"),
              writer.factor(partial),
              operator("="),
              writer.number(product),
            ),
          ),
        ];
  section.replaceChildren(
    html("h2", {}, html("span", {}, "The edge ", nodes[0], " → ", nodes[1])),
    ...lines.map((formula) => html("p", { class: "formula" }, formula)),
    allDigits("partial", partial),
    ...brings,
  );
}

export function showNothing(section) {
  section.replaceChildren(
    html("h2", {}, "Paths"),
    html(
      "p",
      {},
      "Point at a node to see its paths to the output and the sum over them. Click to keep it, click an edge for its partial derivative.",
    ),
  );
}
