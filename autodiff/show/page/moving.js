// Numbers on their way: operands move up the edges into the card that is computed, a product moves down its edge.

import { svgElement } from "./picture.js";

const MOST = 8; // numbers that move into a card at once
const POINTS = 16; // of a way, between which a number moves straight
const LONGEST = 450; // milliseconds on the way
const SHORTEST = 120; // that can still be seen
const [CHARACTER, HEIGHT] = [7.6, 22]; // of a number's frame

const calm = window.matchMedia("(prefers-reduced-motion: reduce)");

/** Show what a step moves, in at most so many milliseconds; what was still moving is there. */
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

function send(picture, edge, x, { down, duration }) {
  const path = picture.lines[picture.lineOf.get(edge)]?.querySelector(".line");
  if (!path || x === undefined) return;
  const made = framed(picture.number(x), down ? "down" : "up");
  picture.sent.append(made);
  const length = path.getTotalLength();
  const places = Array.from({ length: POINTS + 1 }, (_, i) =>
    path.getPointAtLength((length * (down ? POINTS - i : i)) / POINTS),
  );
  const way = places.map(({ x: left, y: top }) => ({ transform: `translate(${left}px, ${top}px)` }));
  made.animate(way, { duration, easing: "ease-in-out" }).onfinish = () => made.remove();
}

function framed(number, kind) {
  const group = svgElement("g", { class: kind });
  const text = svgElement("text", { "text-anchor": "middle", dy: 4.5 });
  text.textContent = number;
  const width = CHARACTER * number.length + 14;
  group.append(
    svgElement("rect", { x: -width / 2, y: -HEIGHT / 2, width, height: HEIGHT, rx: HEIGHT / 2 }),
    text,
  );
  return group;
}
