// The picture: numbers on the cards and edges, what is pending, current or chosen, and paths in colour.

import {
  LONG,
  cardAt,
  cardTexts,
  lineAt,
  lineText,
  numbersFor,
  roomOn,
  spokenCard,
  titleFor,
} from "./cards.js";
import { all, found, strokeOf, svg } from "./elements.js";
import { isInSight, moveAside, moveBack, pathOf, placeSum, seenOf, shorten } from "./room.js";
import { say } from "./say.js";

/** @import { Graph, Step, View } from "./model.js" */
/** @import { Sum } from "./room.js" */
/** @import { Term } from "./paths.js" */
/** @import { State } from "./state.js" */

const LONG_TITLE = 38; // characters of a title; a longer one is written smaller
const GAP = 4.5; // between two paths that share an edge
const TITLE = 19; // its baseline on a card
const [MARGIN, BASELINE] = [12, 39]; // of the numbers on a card
const MIDDLE = 25; // of its height
const SMALLEST_LABELLED = 0.6; // zoom at which there is room for what stands on the edges
const LETTERS_ON_CARDS = 14; // as the style sheet has them; what is larger moves the lines apart
const [TIP, HALF] = [7, 2.5]; // the length of an arrow's tip, and half its width

export class Picture {
  /**
   * @param {SVGSVGElement} drawing
   * @param {Graph} graph
   * @param {View} view
   */
  constructor(drawing, graph, view) {
    this.drawing = drawing;
    this.graph = graph;
    this.view = view;
    this.cards = all(drawing, ".card", SVGGElement);
    this.lines = all(drawing, ".edge", SVGGElement);
    this.titles = this.cards.map((card) => card.querySelector(".title")?.textContent ?? "");
    this.names = view.cards.map(({ node }, place) =>
      node === undefined ? this.titles[place].replace(/ \([^()]*\)$/, "") : graph.nodes[node].name,
    );
    this.ways = found(drawing, ".ways", SVGGElement);
    this.zoom = 1;
    /** @type {{card: SVGGElement, parts: Sum} | undefined} */
    this.sum = undefined; // that stands beside a card
    this.sent = svg("g", { class: "sent", "aria-hidden": "true" }); // numbers that are on their way
    this.drawing.append(this.sent);
    /** @type {Map<Element, string>} */
    this.shown = new Map(); // what stands on each card and line, so that only what changes is written
    this.lineOf = new Map(
      view.lines.flatMap((edges, place) => edges.map((edge) => /** @type {const} */ ([edge, place]))),
    );
    this.cards.forEach((card, place) => this.prepareCard(card, place));
    this.lines.forEach((line, place) => this.prepareLine(line, place));
  }

  /** @type {(card: SVGGElement, place: number) => void} */
  prepareCard(card, place) {
    const { node, fold } = this.view.cards[place];
    const title = found(card, ".title", SVGTextElement);
    title.setAttribute("y", String(TITLE));
    title.classList.toggle("long", this.titles[place].length > LONG_TITLE);
    card.setAttribute("role", "button");
    const width = Number(found(card, "rect", SVGRectElement).getAttribute("width"));
    card.append(
      svg("text", { class: "value", x: MARGIN, y: BASELINE }),
      svg("text", { class: "adjoint", x: width - MARGIN, y: BASELINE }),
      svg("circle", { class: "mark", r: 6.5 }), // of a breakpoint
    );
    if (node !== undefined) card.dataset.node = String(node);
    if (fold !== undefined) card.dataset.fold = String(fold);
  }

  /** @type {(line: SVGGElement, place: number) => void} */
  prepareLine(line, place) {
    line.dataset.edge = String(this.view.lines[place][0]);
    const path = found(line, "path", SVGPathElement);
    const d = path.getAttribute("d") ?? "";
    path.classList.add("line");
    path.after(svg("polygon", { points: tipOf(d) }));
    line.prepend(svg("path", { class: "reach", d }));
    if (!line.querySelector("text")) line.append(looseLabel(line));
  }

  /**
   * The card that shows a node, or the fold it is in; undefined in a view that has neither.
   * @param {number | undefined} node
   * @returns {SVGGElement | undefined}
   */
  cardOf(node) {
    return this.cards[this.view.cards.findIndex(({ nodes }) => node !== undefined && nodes.has(node))];
  }

  /**
   * Let letters be as large as one can read where the picture is shown so small.
   * @param {number} zoom
   */
  magnify(zoom) {
    this.zoom = zoom;
    this.drawing.style.setProperty("--zoom", String(zoom));
    this.drawing.classList.toggle("small", zoom < SMALLEST_LABELLED);
  }

  /**
   * The position after the next step; what happens within a fold, or between two cards of which one is a fold, is one.
   * @param {State} state
   */
  after({ position, steps, breakpoints }) {
    let end = position + 1;
    const kind = this.kindOf(steps[end - 1]);
    while (!breakpoints.size && kind && end < steps.length && this.kindOf(steps[end]) === kind) end += 1;
    return end;
  }

  /**
   * The position before the last step, in the same steps.
   * @param {State} state
   */
  before({ position, steps, breakpoints }) {
    let start = position - 1;
    const kind = this.kindOf(steps[start]);
    while (!breakpoints.size && kind && start > 0 && this.kindOf(steps[start - 1]) === kind) start -= 1;
    return start;
  }

  /**
   * Which card a step starts from, if it is a fold or leads to one; "" otherwise.
   * @param {Step | undefined} step
   */
  kindOf(step) {
    if (!step || step.kind === "result") return "";
    const nodes = step.kind === "addition" ? [step.node, step.parent] : [step.node];
    const places = nodes.map((node) => this.view.cards.findIndex((card) => card.nodes.has(node)));
    const isFolded = places.some((place) => place < 0 || this.view.cards[place].fold !== undefined);
    return isFolded ? [step.kind === "addition", places[0]].join() : "";
  }

  /**
   * The names of the fold that the last step is about and of the cards that it passes derivatives on to; undefined
   * where it is about no fold.
   * @param {State} state
   */
  foldedStep(state) {
    const { position, steps, breakpoints, step } = state;
    const kind = this.kindOf(step);
    if (!kind || !step || step.kind === "result" || breakpoints.size) return undefined;
    const start = this.before(state);
    if (position < steps.length && this.kindOf(steps[position]) === kind) return undefined; // amidst it
    /** @type {(node: number) => number} */
    const placeOf = (node) => this.view.cards.findIndex(({ nodes }) => nodes.has(node));
    const place = placeOf(step.node);
    if (place < 0 || position - start < 2) return undefined;
    const moved = steps
      .slice(start, position)
      .flatMap((one) => (one.kind === "addition" ? [one.parent] : []));
    const targets = [...new Set(moved.map(placeOf))].filter((target) => target >= 0 && target !== place);
    return {
      kind: step.kind,
      name: this.names[place],
      count: position - start,
      targets: targets.map((target) => this.names[target]),
    };
  }

  /** @param {State} state */
  show(state) {
    this.cards.forEach((card, place) => this.showCard(card, place, state));
    const changed = this.lines.filter((line, place) => this.showLine(line, this.view.lines[place], state));
    this.shorten(changed);
  }

  /**
   * Leave the number alone of labels that reach under the cards at the ends of their lines.
   * @param {SVGGElement[]} lines
   */
  shorten(lines) {
    shorten(lines, (line) => {
      const [edge] = this.view.lines[this.lines.indexOf(line)];
      return ends(this.graph.edges[edge]).flatMap((node) => this.cardOf(node) ?? []);
    });
  }

  /** @type {(card: SVGGElement, place: number, state: State) => void} */
  showCard(card, place, state) {
    const subject = this.view.cards[place];
    const moment = cardAt(subject, state);
    const { value, adjoint, classes } = moment;
    if (!this.differs(card, [value, adjoint, this.zoom, ...Object.values(classes)])) return;
    const room = roomOn(Number(found(card, "rect", SVGRectElement).getAttribute("width")), this.zoom);
    const written = cardTexts.bind(null, subject, moment);
    const texts = numbersFor(written, this.graph.exact, room);
    const title = titleFor(this.titles[place], this.names[place], room.characters);
    const apart = room.size - LETTERS_ON_CARDS;
    const top = room.lines === 2 ? TITLE + 0.25 * apart : MIDDLE + 0.35 * room.size;
    put(found(card, ".title", SVGTextElement), title, top);
    for (const what of /** @type {const} */ (["value", "adjoint"])) {
      const text = found(card, `.${what}`, SVGTextElement);
      write(text, texts[what], moment[what]);
      text.setAttribute("y", String(BASELINE + 0.75 * apart));
    }
    classify(card, classes);
    card.setAttribute("aria-label", spokenCard(subject, this.titles[place], moment, this.graph.exact));
    card.setAttribute("aria-pressed", String(classes.chosen));
  }

  /** @type {(line: SVGGElement, edges: number[], state: State) => boolean} */
  showLine(line, edges, state) {
    const { partial, classes } = lineAt(edges, state);
    if (!this.differs(line, [partial, this.zoom, ...Object.values(classes)])) return false;
    const shown = edges.length === 1 ? partial : undefined;
    write(found(line, "text", SVGTextElement), lineText(edges, partial, this.graph), shown);
    classify(line, classes);
    return true;
  }

  /**
   * Whether what an element shows is new; it is noted.
   * @param {Element} element
   * @param {(number | boolean | undefined)[]} facts
   */
  differs(element, facts) {
    const key = facts.join("|");
    if (this.shown.get(element) === key) return false;
    this.shown.set(element, key);
    return true;
  }

  // -------------------------------------------------------------- paths in colour

  /**
   * Draw paths over the edges, side by side where they share one, and a sum beside the node they start from.
   * @param {number | undefined} node
   * @param {number[][]} paths
   * @param {Term[]} terms
   * @param {string} total
   */
  showPaths(node, paths, terms, total) {
    this.ways.replaceChildren();
    this.sum?.parts.group.remove();
    this.sum = undefined;
    const takers = this.takers(paths);
    const among = new Set(paths.flat().flatMap((edge) => ends(this.graph.edges[edge])));
    this.drawing.classList.toggle("following", takers.size > 0);
    this.lines.forEach((line, place) => line.classList.toggle("on", takers.has(place)));
    this.view.cards.forEach(({ nodes }, place) => {
      this.cards[place].classList.toggle(
        "on",
        [...nodes].some((inner) => among.has(inner)),
      );
    });
    this.lines.forEach(moveBack);
    this.shorten([...takers.keys()].map((place) => this.lines[place]));
    for (const [line, numbers] of takers) {
      numbers.forEach((number, lane) =>
        this.ways.append(this.lane(line, number, lane - (numbers.length - 1) / 2)),
      );
      moveAside(this.lines[line], ((numbers.length - 1) / 2) * GAP);
    }
    const card = this.cardOf(node);
    if (terms.length && card) this.showSum(card, terms, ` = ${total}`);
  }

  /**
   * Where an adjoint arrives, write below the card what it is added to.
   * @param {number} node
   * @param {string} text
   */
  showArrival(node, text) {
    const card = this.cardOf(node);
    if (card && text) this.showSum(card, [], text);
  }

  /**
   * The numbers of the paths that take each line.
   * @param {number[][]} paths
   */
  takers(paths) {
    /** @type {Map<number, number[]>} */
    const takers = new Map();
    paths.forEach((path, number) => {
      for (const line of new Set(path.map((edge) => this.lineOf.get(edge)))) {
        if (line !== undefined) takers.set(line, [...(takers.get(line) ?? []), number]);
      }
    });
    return takers;
  }

  /**
   * @param {number} line
   * @param {number} number
   * @param {number} offset
   */
  lane(line, number, offset) {
    const path = pathOf(this.lines[line]).getAttribute("d") ?? "";
    const look = this.graph.looks[number % this.graph.looks.length];
    const numbers = (path.match(/-?[\d.]+/g) ?? []).map(Number);
    const [[x1, y1], [x2, y2]] = [numbers.slice(0, 2), numbers.slice(-2)];
    const length = Math.hypot(x2 - x1, y2 - y1) || 1;
    const shift = [(offset * GAP * (y1 - y2)) / length, (offset * GAP * (x2 - x1)) / length];
    const transform = `translate(${shift.map((x) => x.toFixed(1)).join(" ")})`;
    return svg("path", { d: path, ...strokeOf(look), transform });
  }

  /**
   * Write a sum beside the card: each term in the colour of its path; of one path the product.
   * @param {SVGGElement} card
   * @param {Term[]} terms
   * @param {string} total
   */
  showSum(card, terms, total) {
    const rest = total.split(/(?= [+=] )/); // pieces that stay on one line
    const spans = [...terms.map(termSpan), ...rest.map((text) => svg("tspan", {}, text))];
    const text = svg("text", { "text-anchor": "middle" }, ...spans);
    const [back, leader] = [svg("rect", { rx: 6 }), svg("line")];
    const group = svg("g", { class: "sum" }, leader, back, text);
    this.drawing.append(group);
    this.sum = { card, parts: { group, back, text, spans, leader } };
    this.placeSum();
  }

  /** Put the sum where it is seen, anew where another part of the picture is seen. */
  placeSum() {
    if (!this.sum) return;
    const { card, parts } = this.sum;
    const { width, height } = this.drawing.viewBox.baseVal;
    const seen = seenOf(this.drawing);
    const room = isInSight(card, seen) ? seen : { left: 0, right: width, top: 0, bottom: height };
    placeSum(parts, card, this.cards, this.lines, room);
  }
}

/** @param {{node: number, parent: number}} edge */
const ends = ({ node, parent }) => [node, parent];

/**
 * Write text where it differs, as most of a picture stays from step to step, and the number it stands for.
 * @type {(element: SVGElement, text: string, number: number | undefined) => void}
 */
function write(element, text, number) {
  if (element.textContent !== text) {
    element.textContent = text;
    element.classList.toggle("long", text.length > LONG);
  }
  if (number === undefined) delete element.dataset.number;
  else element.dataset.number = String(number);
}

/** @type {(element: SVGElement, text: string, y: number) => void} */
function put(element, text, y) {
  if (element.textContent !== text) element.textContent = text;
  element.setAttribute("y", String(y));
}

/** @type {(element: Element, classes: Record<string, boolean>) => void} */
function classify(element, classes) {
  for (const [name, holds] of Object.entries(classes)) element.classList.toggle(name, holds);
}

/**
 * The corners of the arrow's tip at the end of a path, in the direction in which it ends.
 * @param {string} d
 */
function tipOf(d) {
  const points = [...d.matchAll(/(-?[\d.]+),(-?[\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)]);
  const [x, y] = points[points.length - 1];
  const [fromX, fromY] = points.findLast((point) => Math.hypot(x - point[0], y - point[1]) > 0.5) ?? [
    x,
    y + 1,
  ];
  const length = Math.hypot(x - fromX, y - fromY);
  const [alongX, alongY] = [(x - fromX) / length, (y - fromY) / length];
  const side = (/** @type {number} */ way) => [x - way * HALF * alongY, y + way * HALF * alongX];
  return [side(1), [x + TIP * alongX, y + TIP * alongY], side(-1)].join(" ");
}

/**
 * A label for a line that has no room for one: seen where the line is looked at only.
 * @param {Element} line
 */
function looseLabel(line) {
  const path = pathOf(line);
  const { x, y } = path.getPointAtLength(path.getTotalLength() / 2);
  return svg("text", { class: "loose", x, y });
}

/** @type {(term: Term, place: number) => SVGTSpanElement} */
function termSpan({ text, color, more }, place) {
  const span = svg("tspan");
  if (color) span.style.fill = `color-mix(in srgb, ${color} 72%, var(--ink))`; // dark enough to be read
  const sign = text.startsWith("−") ? ` − ${text.slice(1)}` : ` + ${text}`;
  span.textContent = place ? sign : text;
  if (more) span.textContent += ` (${say("{count} more paths", { count: more.toLocaleString("en") })})`;
  return span;
}
