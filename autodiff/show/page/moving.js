// Numbers on their way: operands move up the edges into the card that is computed, a product down its edge.

import { cardNumber } from "./cards.js";
import { svg } from "./elements.js";
import { pathOf } from "./room.js";

/** @import { Step, Swept } from "./model.js" */
/** @import { Picture } from "./picture.js" */

const MOST = 8; // numbers that move into a card at once
const POINTS = 16; // of a way, between which a number moves straight
const LONGEST = 450; // milliseconds on the way
const SHORTEST = 120; // that can still be seen
const [CHARACTER, HEIGHT] = [7.6, 22]; // of a number's frame

const calm = window.matchMedia("(prefers-reduced-motion: reduce)");

/**
 * Show what a step moves, in at most so many milliseconds; what was still moving is there.
 * @param {Picture} picture
 * @param {Step | undefined} step
 * @param {Swept} swept
 * @param {number} milliseconds
 */
export function move(picture, step, { graph, values, moves }, milliseconds) {
  picture.sent.replaceChildren();
  const duration = Math.min(milliseconds, LONGEST);
  if (calm.matches || duration < SHORTEST) return;
  if (step?.kind === "addition") send(picture, step.edge, moves[step.move].product, { down: true, duration });
  if (step?.kind !== "value") return;
  for (const edge of graph.nodes[step.node].edges.slice(0, MOST)) {
    send(picture, edge, values[graph.edges[edge].parent], { down: false, duration });
  }
}

/**
 * @param {Picture} picture
 * @param {number} edge
 * @param {number | undefined} x
 * @param {{down: boolean, duration: number}} how
 */
function send(picture, edge, x, { down, duration }) {
  const place = picture.lineOf.get(edge);
  if (place === undefined || x === undefined) return;
  const path = pathOf(picture.lines[place]);
  const made = framed(cardNumber(x, picture.graph.exact), down ? "down" : "up");
  picture.sent.append(made);
  const length = path.getTotalLength();
  const way = Array.from({ length: POINTS + 1 }, (_, i) => {
    const { x: left, y: top } = path.getPointAtLength((length * (down ? POINTS - i : i)) / POINTS);
    return { transform: `translate(${left}px, ${top}px)` };
  });
  made.animate(way, { duration, easing: "ease-in-out" }).onfinish = () => made.remove();
}

/** @type {(number: string, kind: "up" | "down") => SVGGElement} */
function framed(number, kind) {
  const width = CHARACTER * number.length + 14;
  const frame = { x: -width / 2, y: -HEIGHT / 2, width, height: HEIGHT, rx: HEIGHT / 2 };
  const text = svg("text", { "text-anchor": "middle", dy: 4.5 }, number);
  return svg("g", { class: kind }, svg("rect", frame), text);
}
