// Room in the picture: where what is written finds a place beside the paths, and in what is seen.

import { found } from "./elements.js";

/** @typedef {{left: number, right: number, top: number, bottom: number}} Seen */
/** @typedef {{x: number, y: number}} Point */

const CLEAR = 6; // between a path and what is written beside it
const MOST = 18; // by which it is moved for one path
const MARGIN = 10; // beside a sum
const APART = 3; // between a sum and its card
const PLACES = 60; // that are tried for a sum, below a card and above it
const SAMPLES = 40; // points of a line that are looked at

/** @param {Element} line */
export const pathOf = (line) => found(line, ".line", SVGPathElement);
/** @param {Element} line */
const textOf = (line) => found(line, "text", SVGTextElement);
/** @param {Element} line */
export const moveBack = (line) => textOf(line).removeAttribute("transform");

/**
 * Move what is written beside a line out of the way of the paths on it.
 * @param {Element} line
 * @param {number} half Half of what the paths take, across the line.
 */
export function moveAside(line, half) {
  const { x, y, width, height } = textOf(line).getBBox();
  const apart = half + CLEAR;
  const points = pointsOf(pathOf(line));
  const [besides, overs] = [
    points.filter((point) => within(point.y, y, height, apart)),
    points.filter((point) => within(point.x, x, width, apart)),
  ];
  if (!width || !besides.some((point) => overs.includes(point))) return; // it is not shown, or has room
  const across = shiftOf(
    besides.map((point) => point.x),
    x,
    width,
    apart,
  );
  const down = shiftOf(
    overs.map((point) => point.y),
    y,
    height,
    half,
  );
  const [first, last] = [points[0], points[SAMPLES]];
  const isFlat = Math.abs(last.x - first.x) > 2 * Math.abs(last.y - first.y);
  const by = isFlat ? [0, down] : [across, 0];
  if (Math.hypot(...by) > 2 * half + MOST) return;
  textOf(line).setAttribute("transform", `translate(${by.map((shift) => shift.toFixed(1)).join(" ")})`);
}

/** @type {(place: number, start: number, length: number, apart: number) => boolean} */
const within = (place, start, length, apart) => start - apart < place && place < start + length + apart;

/**
 * How far a stretch has to be moved until it lies on one side of some places, the side on which its middle lies.
 * @param {number[]} places
 * @param {number} start
 * @param {number} length
 * @param {number} apart
 */
function shiftOf(places, start, length, apart) {
  const [least, most] = [Math.min(...places) - apart, Math.max(...places) + apart];
  const isBehind = 2 * start + length >= least + most;
  return isBehind ? Math.max(0, most - start) : -Math.max(0, start + length - least);
}

/**
 * @param {SVGPathElement} path
 * @returns {Point[]}
 */
function pointsOf(path) {
  const length = path.getTotalLength();
  return Array.from({ length: SAMPLES + 1 }, (_, place) => path.getPointAtLength((place / SAMPLES) * length));
}

// -------------------------------------------------------------- a sum beside a card

/**
 * What is seen of a picture, in its own units.
 * @param {SVGSVGElement} drawing
 * @returns {Seen}
 */
export function seenOf(drawing) {
  const [whole, frame] = [drawing, drawing.parentElement ?? drawing].map((element) =>
    element.getBoundingClientRect(),
  );
  const scale = drawing.viewBox.baseVal.width / whole.width || 1;
  return {
    left: (Math.max(whole.left, frame.left) - whole.left) * scale,
    right: (Math.min(whole.right, frame.right) - whole.left) * scale,
    top: (Math.max(whole.top, frame.top) - whole.top) * scale,
    bottom: (Math.min(whole.bottom, frame.bottom) - whole.top) * scale,
  };
}

/**
 * Begin a new line of text wherever one would become longer than what is seen.
 * @param {SVGTSpanElement[]} spans
 * @param {Seen} seen
 */
export function breakLines(spans, { left, right }) {
  let length = 0;
  for (const span of spans) {
    const own = span.getComputedTextLength();
    if (length && length + own > right - left - 4 * MARGIN) {
      span.setAttribute("x", "0");
      span.setAttribute("dy", "1.25em");
      length = 0;
    }
    length += own;
  }
}

/**
 * Put a sum below its card or above it: at the first place that is seen, and where no other card stands.
 * @param {{group: SVGGElement, back: SVGRectElement, text: SVGTextElement}} sum
 * @param {SVGGElement} card
 * @param {Iterable<SVGGElement>} cards
 * @param {Seen} seen
 */
export function placeSum({ group, back, text }, card, cards, seen) {
  const own = frameOf(card);
  const { x: left, width, y: top, height } = text.getBBox();
  const box = { x: left - 8, y: top - 2, width: width + 16, height: height + 4 };
  for (const [name, value] of Object.entries(box)) back.setAttribute(name, String(value));
  const [first, last] = [seen.left + width / 2 + MARGIN, seen.right - width / 2 - MARGIN];
  const middle = Math.max(Math.min(own.x + own.width / 2, last), first);
  const others = Array.from(cards, frameOf).filter((frame) =>
    overlap(frame, { ...box, x: middle + box.x }, "x", "width"),
  );
  const [below, above] = [own.y + own.height + APART, own.y - APART - box.height];
  const places = Array.from({ length: PLACES }, (_, step) => [
    below + step * APART,
    above - step * APART,
  ]).flat();
  const isSeen = (/** @type {number} */ y) => seen.top <= y && y + box.height <= seen.bottom;
  const isFree = (/** @type {number} */ y) =>
    !others.some((frame) => overlap(frame, { ...box, y }, "y", "height"));
  const y = places.find((place) => isSeen(place) && isFree(place)) ?? (isSeen(below) ? below : above);
  group.setAttribute("transform", `translate(${middle.toFixed(1)} ${(y - box.y).toFixed(1)})`);
}

/**
 * Where a card stands.
 * @param {SVGGElement} card
 */
function frameOf(card) {
  const { width, height } = found(card, "rect", SVGRectElement).getBBox();
  const { e: x, f: y } = card.transform.baseVal.getItem(0).matrix;
  return { x, y, width, height };
}

/** @typedef {{x: number, y: number, width: number, height: number}} Frame */
/** @type {(one: Frame, other: Frame, start: "x" | "y", size: "width" | "height") => boolean} */
const overlap = (one, other, start, size) =>
  one[start] < other[start] + other[size] && other[start] < one[start] + one[size];
