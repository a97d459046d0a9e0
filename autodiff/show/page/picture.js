// The picture: numbers on the cards and edges, what is pending, current or chosen, and paths in colour.

import { numberText } from "./numbers.js";

const LONG = 6; // characters of a number on a card; a longer one is written smaller
const GAP = 4.5; // between two paths that share an edge
const SVG = "http://www.w3.org/2000/svg";

/** Make an element of SVG with attributes. */
export function svgElement(tag, attributes) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

/** Write text where it differs; most of a picture stays from one step to the next. */
function write(element, text, number) {
  if (element.textContent !== text) {
    element.textContent = text;
    element.classList.toggle("long", text.length > LONG);
  }
  if (number === undefined) delete element.dataset.number;
  else element.dataset.number = String(number);
}

export class Picture {
  constructor(svg, graph, view) {
    this.svg = svg;
    this.graph = graph;
    this.view = view;
    this.cards = [...svg.querySelectorAll(".card")];
    this.lines = [...svg.querySelectorAll(".edge")];
    this.ways = svg.querySelector(".ways");
    this.sent = svgElement("g", { class: "sent", "aria-hidden": "true" }); // numbers that are on their way
    this.svg.append(this.sent);
    this.shown = new Map(); // what stands on each card and line, so that only what changes is written
    this.lineOf = new Map(view.lines.flatMap((edges, line) => edges.map((edge) => [edge, line])));
    this.cards.forEach((card, place) => this.prepare(card, view.cards[place]));
    this.lines.forEach((line, place) => (line.dataset.edge = view.lines[place][0]));
    for (const line of this.lines) {
      line.prepend(svgElement("path", { class: "reach", d: pathOf(line) }));
      if (!line.querySelector("text")) line.append(looseLabel(line));
    }
    this.titles = this.cards.map((card) => card.querySelector(".title").textContent);
  }

  prepare(card, { node, fold }) {
    card.setAttribute("role", "button");
    card.append(svgElement("circle", { class: "mark", r: 6.5 })); // of a breakpoint
    if (node !== undefined) card.dataset.node = node;
    if (fold !== undefined) card.dataset.fold = fold;
  }

  /** The card that shows a node, or the fold it is in; undefined in a view that has neither. */
  cardOf(node) {
    return this.cards[this.view.cards.findIndex(({ nodes }) => nodes.has(node))];
  }

  /** Show a moment of the sweeps. ``known`` says what has been computed by then. */
  show(moment, known, chosen) {
    this.cards.forEach((card, place) => this.showCard(card, place, moment, known, chosen));
    this.lines.forEach((line, place) => this.showLine(line, this.view.lines[place], moment, known, chosen));
  }

  showCard(card, place, moment, known, chosen) {
    const subject = this.view.cards[place];
    const facts = this.factsOf(subject, moment, known);
    const { value, adjoint, failure } = facts;
    const state = stateOf(subject, facts, moment.step, chosen);
    if (!this.differs(card, [value, adjoint, failure?.message, ...Object.values(state)])) return;
    const [title, valueText, adjointText] = card.querySelectorAll("text");
    const empty = subject.node === undefined ? "open ▸" : "";
    write(title, this.titles[place]);
    title.classList.toggle("long", this.titles[place].length > 38);
    write(
      valueText,
      failure ? failureMark(failure) : value === undefined ? empty : this.number(value),
      value,
    );
    write(
      adjointText,
      adjoint === undefined ? "" : `${state.wrong ? "✗ " : ""}∂ ${this.number(adjoint)}`,
      adjoint,
    );
    for (const [name, holds] of Object.entries(state)) card.classList.toggle(name, holds);
    card.setAttribute("aria-label", this.spoken(place, value, adjoint, state));
    card.setAttribute("aria-pressed", String(state.chosen));
  }

  /** What is known by now of the nodes on a card. */
  factsOf({ node, nodes }, { values, failures }, known) {
    const failure = failures.size
      ? [...nodes].map((inner) => failures.get(inner)).find((found) => found)
      : undefined;
    const done = [...nodes].every((inner) => known.value[inner]);
    const adjoint = known.adjoint[node];
    const wrong =
      adjoint !== undefined && known.whole && Boolean(this.graph.mistake?.wrong_nodes.includes(node));
    return { failure, done, wrong, adjoint, value: done && !failure ? values[node] : undefined };
  }

  /** Whether what an element shows is new; it is noted. */
  differs(element, facts) {
    const key = facts.map(String).join("|");
    if (this.shown.get(element) === key) return false;
    this.shown.set(element, key);
    return true;
  }

  spoken(place, value, adjoint, state) {
    return [
      this.titles[place],
      this.view.cards[place].fold === undefined ? "" : "folded, opens",
      state.failed || state.blocked
        ? "cannot be computed"
        : value === undefined
          ? "not computed yet"
          : `value ${this.number(value)}`,
      adjoint === undefined ? "" : `adjoint ${this.number(adjoint)}`,
      state.wrong ? "wrong" : "",
      state.stop ? "breakpoint" : "",
    ]
      .filter(Boolean)
      .join(", ");
  }

  /** Show a line and the partial of its edge; one that stands for several has no partial of its own. */
  showLine(line, edges, { partials, step }, known, chosen) {
    const { node, position } = this.graph.edges[edges[0]];
    const partial = known.value[node] ? partials[node][position] : undefined;
    const state = {
      pending: partial === undefined,
      fed: step?.kind === "value" && edges.some((edge) => this.graph.edges[edge].node === step.node),
      current: step?.kind === "addition" && edges.includes(step.edge),
      passed: edges.every((edge) => known.passed.has(edge)),
      chosen: edges.includes(chosen.edge),
    };
    if (!this.differs(line, [partial, ...Object.values(state)])) return;
    const label = edges.length === 1 && line.querySelector("text");
    if (label) write(label, partial === undefined ? "" : this.partialText(node, position, partial), partial);
    for (const [name, holds] of Object.entries(state)) line.classList.toggle(name, holds);
  }

  /** 2x = 4, or the number alone. */
  partialText(node, position, partial) {
    const symbol = this.graph.nodes[node].texts[position];
    const number = this.number(partial);
    return symbol && symbol.length <= 14 && symbol !== number ? `${symbol} = ${number}` : number;
  }

  number(x) {
    const text = numberText(x, 5, this.graph.exact);
    return text.length > LONG ? numberText(x, 4, this.graph.exact) : text;
  }

  // -------------------------------------------------------------- paths in colour

  /** Draw paths over the edges, side by side where they share one, and a sum beside the node they start from. */
  showPaths(node, paths, terms, total) {
    this.ways.replaceChildren();
    this.svg.querySelector(".sum")?.remove();
    const takers = this.takers(paths);
    const among = new Set(
      paths.flat().flatMap((edge) => [this.graph.edges[edge].node, this.graph.edges[edge].parent]),
    );
    this.svg.classList.toggle("following", takers.size > 0);
    this.lines.forEach((line, place) => line.classList.toggle("on", takers.has(place)));
    this.cards.forEach((card, place) =>
      card.classList.toggle(
        "on",
        [...this.view.cards[place].nodes].some((inner) => among.has(inner)),
      ),
    );
    for (const [line, numbers] of takers) {
      numbers.forEach((number, lane) =>
        this.ways.append(this.lane(line, number, lane - (numbers.length - 1) / 2)),
      );
    }
    const card = this.cardOf(node);
    if (terms.length && card) this.showSum(card, terms, ` = ${total}`);
  }

  /** Where an adjoint arrives, write below the card what it is added to. */
  showArrival(node, text) {
    const card = this.cardOf(node);
    if (card && text) this.showSum(card, [], text);
  }

  /** The numbers of the paths that take each line. */
  takers(paths) {
    const takers = new Map();
    paths.forEach((path, number) => {
      for (const line of new Set(path.map((edge) => this.lineOf.get(edge)))) {
        if (line !== undefined) takers.set(line, [...(takers.get(line) ?? []), number]);
      }
    });
    return takers;
  }

  lane(line, number, offset) {
    const path = pathOf(this.lines[line]);
    const look = this.graph.looks[number % this.graph.looks.length];
    const [x1, y1, ...rest] = path.match(/-?[\d.]+/g).map(Number);
    const [x2, y2] = rest.slice(-2);
    const length = Math.hypot(x2 - x1, y2 - y1) || 1;
    const shift = [(offset * GAP * (y1 - y2)) / length, (offset * GAP * (x2 - x1)) / length];
    return svgElement("path", {
      d: path,
      stroke: look.color,
      "stroke-width": Number(look.penwidth) + 1,
      "stroke-dasharray": look.style === "dashed" ? "7 5" : "none",
      transform: `translate(${shift.map((x) => x.toFixed(1)).join(" ")})`,
    });
  }

  /** Write a sum below the card: each term in the colour of its path; of one path the product. */
  showSum(card, terms, total) {
    const group = svgElement("g", { class: "sum" });
    const text = svgElement("text", { "text-anchor": "middle" });
    terms.forEach(({ text: term, color }, number) => {
      const span = svgElement("tspan", {});
      if (color) span.style.fill = `color-mix(in srgb, ${color} 72%, var(--ink))`; // dark enough to be read
      span.textContent =
        number && !term.startsWith("−") ? ` + ${term}` : number ? ` − ${term.slice(1)}` : term;
      text.append(span);
    });
    text.append(total);
    const back = svgElement("rect", { rx: 6 });
    group.append(back, text);
    this.svg.append(group);
    this.place(group, back, text, card);
  }

  place(group, back, text, card) {
    const [, x, y] = card
      .getAttribute("transform")
      .match(/translate\(([-\d.]+) ([-\d.]+)\)/)
      .map(Number);
    const { width: cardWidth, height } = card.querySelector("rect").getBBox();
    const { x: left, width, y: top, height: tall } = text.getBBox();
    const whole = this.svg.viewBox.baseVal;
    const middle = Math.min(
      Math.max(x + cardWidth / 2, whole.x + width / 2 + 10),
      whole.x + whole.width - width / 2 - 10,
    );
    group.setAttribute("transform", `translate(${middle.toFixed(1)} ${(y + height + 19).toFixed(1)})`);
    const box = { x: left - 8, y: top - 2, width: width + 16, height: tall + 4 };
    for (const [name, value] of Object.entries(box)) back.setAttribute(name, value);
  }
}

const pathOf = (line) => line.querySelector(".line").getAttribute("d");

/** A label for a line that has no room for one: seen where the line is looked at only. */
function looseLabel(line) {
  const path = line.querySelector(".line");
  const { x, y } = path.getPointAtLength(path.getTotalLength() / 2);
  return svgElement("text", { class: "loose", x, y });
}

/** The classes of a card: what it is in this step, and what is chosen. */
function stateOf({ node, nodes }, { done, failure, wrong }, step, chosen) {
  return {
    ...partIn(step, nodes),
    pending: !done,
    wrong,
    failed: Boolean(failure?.own),
    blocked: Boolean(failure) && !failure.own,
    chosen: node !== undefined && node === chosen.node,
    stop: chosen.breakpoints.size > 0 && [...nodes].some((inner) => chosen.breakpoints.has(inner)),
  };
}

/** What a card has to do with a step. */
function partIn(step, nodes) {
  const adding = step?.kind === "addition";
  return {
    current: !adding && nodes.has(step?.node),
    source: adding && nodes.has(step.node),
    target: adding && nodes.has(step.parent),
  };
}

const failureMark = (failure) => (failure.own ? "⚠ not defined" : "?");
