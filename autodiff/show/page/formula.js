// Formulas as MathML, built from trees; text in them is only ever text.

import { numberText } from "./numbers.js";

const MATH = "http://www.w3.org/1998/Math/MathML";

function element(tag, children) {
  const made = document.createElementNS(MATH, tag);
  made.append(...children);
  return made;
}

/** Build a tree; ``fill`` says what stands for a node, and between a number and what it multiplies. */
function built(tree, fill) {
  if (typeof tree === "string") return document.createTextNode(tree);
  const [tag, ...children] = tree;
  if (tag === "slot") return fill.slot(children[0]);
  if (tag === "guard") return fill.guarded(children[0][1]);
  if (tag === "join") return element("mo", [fill.join]);
  return element(
    tag,
    children.map((child) => built(child, fill)),
  );
}

/** One line of mathematics made of trees that are built already; a long one may break before a later =. */
export function line(...parts) {
  const isEqualSign = (part) => part.localName === "mo" && part.textContent === "=";
  const breaks = parts.flatMap((part, place) => (isEqualSign(part) ? [place] : [])).slice(1);
  const pieces = [0, ...breaks].map((start, i) => math(parts.slice(start, breaks[i])));
  if (pieces.length === 1) return pieces[0];
  const whole = document.createElement("span");
  whole.append(...pieces.flatMap((piece, i) => (i ? [document.createElement("wbr"), piece] : [piece])));
  return whole;
}

function math(parts) {
  const made = element("math", parts);
  made.setAttribute("displaystyle", "true");
  return made;
}

export const operator = (text) => element("mo", [text]);

/** Writes the formulas of a graph, in names and in the numbers of one moment. */
export class Writer {
  constructor(graph, values = []) {
    this.graph = graph;
    this.values = values;
    const name = (place) => this.name(place);
    this.names = { slot: name, guarded: name, join: "\u2062" };
    this.numbers = {
      slot: (place) => this.number(this.values[place]),
      guarded: (place) => this.factor(this.values[place]),
      join: "·",
    };
  }

  name(place) {
    return built(this.graph.nodes[place].symbol, {});
  }

  number(x) {
    return element("mn", [numberText(x, 6, this.graph.exact)]);
  }

  /** A number inside a product: in brackets if it has a sign or an exponent. */
  factor(x) {
    const text = numberText(x, 6, this.graph.exact);
    return /[−e/]/.test(text)
      ? element("mrow", [operator("("), this.number(x), operator(")")])
      : this.number(x);
  }

  /** The sign of a derivative: ∂f/∂x. */
  derivative(of, by) {
    return element(
      "mfrac",
      [of, by].map((place) => element("mrow", [operator("∂"), this.name(place)])),
    );
  }

  value(place, fill) {
    return built(this.graph.nodes[place].formula, fill);
  }

  /** x + y = 2 + 3; once, if it is not written out. */
  calculation(place) {
    const [names, numbers] = [this.names, this.numbers].map((fill) => this.value(place, fill));
    return names.textContent === numbers.textContent ? [names] : [names, operator("="), numbers];
  }

  partial({ node, position }, fill) {
    const tree = this.graph.nodes[node].partials[position];
    return tree && built(tree, fill);
  }
}
