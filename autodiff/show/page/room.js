// Room in the picture: where what is written finds a place beside the paths, and in what is seen.

import { found } from "./elements.js";

/** @typedef {{left: number, right: number, top: number, bottom: number}} Seen */
/** @typedef {{x: number, y: number}} Point */

const CLEAR = 6; // between a path and what is written beside it
const MOST = 26; // by which it is moved for one path
const MARGIN = 10; // beside a sum
const APART = 3; // between a sum and its card
const PADDING = [8, 2]; // of a sum, across and down
const STEP = 8; // between places that are tried for a sum
const REACH = 320; // within which a sum is looked for that is nearer to its card than to any other
const CLOSE_BY = 80; // within which it covers no label of an edge, where that can be
const RING = 64; // within which places are tried first
const OFF_MIDDLE = 0.1; // of how far it is from the middle of its card, which counts as so far from the card
const LEADER = 6; // from a sum to its card; a line joins what is further off
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
 * What is seen of a picture and around it, in its own units.
 * @param {SVGSVGElement} drawing
 * @returns {Seen}
 */
export function seenOf(drawing) {
  const whole = drawing.getBoundingClientRect();
  const frame = (drawing.parentElement ?? drawing).getBoundingClientRect();
  const scale = drawing.viewBox.baseVal.width / whole.width || 1;
  return {
    left: (frame.left - whole.left) * scale,
    right: (frame.right - whole.left) * scale,
    top: (frame.top - whole.top) * scale,
    bottom: (frame.bottom - whole.top) * scale,
  };
}

/**
 * Begin a new line of text wherever one would become too long.
 * @param {SVGTSpanElement[]} spans
 * @param {number} longest
 */
function breakLines(spans, longest) {
  let length = 0;
  for (const span of spans) {
    const own = span.getComputedTextLength();
    span.removeAttribute("x");
    span.removeAttribute("dy");
    if (length && length + own > longest) {
      span.setAttribute("x", "0");
      span.setAttribute("dy", "1.25em");
      length = 0;
    }
    length += own;
  }
}

/**
 * Put a sum at the nearest place to its card that is seen and free: on one line, which is in the middle of its card or
 * begins at it; or else in as many lines as it has parts; or else further off, on a line to the card.
 * @param {Sum} sum
 * @param {SVGGElement} card
 * @param {SVGGElement[]} cards
 * @param {SVGGElement[]} lines
 * @param {Seen} seen
 */
export function placeSum(sum, card, cards, lines, seen) {
  const own = frameOf(card);
  const others = cards.filter((other) => other !== card).map(frameOf);
  const labels = lines.map(labelFrame).filter(({ width }) => width > 0);
  /** @type {(point: Frame) => boolean} */
  const isNearest = (point) => others.every((other) => distance(point, other) > distance(point, own));
  /** @type {(place: Frame) => boolean} */
  const coversNoLabel = (place) => labels.every((label) => distance(place, label) > 0);
  /** @type {(reach: number, isGood: (place: Frame) => boolean) => Frame | undefined} */
  const nearestPlace = (reach, isGood) => {
    const { width, height } = sum.text.getBBox();
    const size = { width: width + 2 * PADDING[0], height: height + 2 * PADDING[1] };
    for (const place of placesFor(size, own, seen, reach)) {
      const isFree = [own, ...others].every((frame) => distance(place, frame) >= APART);
      if (isFree && isGood(place)) return place;
    }
    return undefined;
  };
  breakLines(sum.spans, seen.right - seen.left - 4 * MARGIN);
  const beside =
    nearestPlace(CLOSE_BY, (place) => isNearest(middleOf(place)) && coversNoLabel(place)) ??
    nearestPlace(REACH, (place) => isNearest(middleOf(place))) ??
    nearestPlace(LEADER, (place) => isNearest(startOf(place)));
  if (beside) return put(sum, beside, own);
  breakLines(sum.spans, 0);
  const narrow =
    nearestPlace(REACH, (place) => isNearest(middleOf(place))) ??
    nearestPlace(Infinity, (place) => distance(place, own) > 2 * LEADER);
  return put(sum, narrow ?? own, own);
}

/**
 * @param {Sum} sum
 * @param {Frame} place
 * @param {Frame} own
 */
function put({ group, back, text, leader }, place, own) {
  const { x: left, width: length, y: top, height: lines } = text.getBBox();
  const box = {
    x: left - PADDING[0],
    y: top - PADDING[1],
    width: length + 2 * PADDING[0],
    height: lines + 2 * PADDING[1],
  };
  for (const [name, value] of Object.entries(box)) back.setAttribute(name, String(value));
  const shift = { x: place.x - box.x, y: place.y - box.y };
  group.setAttribute("transform", `translate(${shift.x.toFixed(1)} ${shift.y.toFixed(1)})`);
  leader.toggleAttribute("hidden", distance(place, own) <= LEADER);
  const [from, to] = [nearest(place, own), nearest(own, place)];
  const ends = { x1: from.x - shift.x, y1: from.y - shift.y, x2: to.x - shift.x, y2: to.y - shift.y };
  for (const [name, value] of Object.entries(ends)) leader.setAttribute(name, value.toFixed(1));
}

/**
 * Places for a frame in what is seen, the nearest to a card first; of those as near, below it and in its middle.
 * @param {{width: number, height: number}} size
 * @param {Frame} own
 * @param {Seen} seen
 * @param {number} reach How far from the card they are at most.
 */
function* placesFor(size, own, seen, reach) {
  const { width, height } = size;
  const [first, last] = [seen.left + MARGIN, Math.max(seen.right - MARGIN - width, seen.left + MARGIN)];
  const lowest = Math.max(seen.bottom - height, seen.top);
  const middle = Math.min(Math.max(own.x + (own.width - width) / 2, first), last);
  const xs = [middle, own.x - APART - width, own.x + own.width + APART, ...steps(first, last)];
  const ys = [own.y + own.height + APART, own.y - APART - height, ...steps(seen.top, lowest)];
  const inside = [xs.filter((x) => first <= x && x <= last), ys.filter((y) => seen.top <= y && y <= lowest)];
  const cost = (/** @type {Frame} */ { x, y }) =>
    Math.max(distance({ x, y, width, height }, own), APART) +
    OFF_MIDDLE * Math.abs(x - middle) +
    (y < own.y ? OFF_MIDDLE * own.height : 0);
  // Ring by ring, each twice as wide as the one before: most places are far from the card, and never asked for.
  const across = seen.right - seen.left;
  const most = Math.min(reach, across + seen.bottom - seen.top) + OFF_MIDDLE * (across + own.height);
  for (let [from, to] = [0, RING]; from < most; [from, to] = [to, 2 * to]) {
    const near = inside.map((places, axis) => {
      const [start, end] = axis ? [own.y - height, own.y + own.height] : [own.x - width, own.x + own.width];
      return places.filter((place) => start - to <= place && place <= end + to);
    });
    yield* near[0]
      .flatMap((x) => near[1].map((y) => ({ x, y, ...size })))
      .filter((place) => distance(place, own) <= reach)
      .map((place) => ({ place, cost: cost(place) }))
      .filter((one) => from < one.cost && one.cost <= to)
      .sort((one, other) => one.cost - other.cost)
      .map((one) => one.place);
  }
}

/** @type {(first: number, last: number) => number[]} */
const steps = (first, last) =>
  Array.from({ length: Math.floor((last - first) / STEP) + 1 }, (_, step) => first + step * STEP);

/**
 * Where what is written beside a line stands; without width where it is not shown.
 * @param {Element} line
 * @returns {Frame}
 */
function labelFrame(line) {
  const { x, y, width, height } = textOf(line).getBBox();
  const moves = textOf(line).transform.baseVal;
  const { e, f } = moves.numberOfItems ? moves.getItem(0).matrix : { e: 0, f: 0 };
  return { x: x + e, y: y + f, width, height };
}

/**
 * Leave the number alone of what is written beside lines, where it reaches under a card that the line joins.
 * @param {SVGGElement[]} lines
 * @param {(line: SVGGElement) => SVGGElement[]} cardsOf
 */
export function shorten(lines, cardsOf) {
  const tight = lines.filter((line) => {
    const label = labelFrame(line);
    return label.width && cardsOf(line).some((card) => distance(label, frameOf(card)) === 0);
  });
  for (const text of tight.map(textOf)) text.textContent = (text.textContent ?? "").replace(/^.* = /, "");
}

/**
 * Where a card stands.
 * @param {SVGGElement} card
 * @returns {Frame}
 */
function frameOf(card) {
  const { width, height } = found(card, "rect", SVGRectElement).getBBox();
  const { e: x, f: y } = card.transform.baseVal.getItem(0).matrix;
  return { x, y, width, height };
}

/**
 * Whether a part of a card is seen.
 * @param {SVGGElement} card
 * @param {Seen} seen
 */
export const isInSight = (card, { left, right, top, bottom }) =>
  distance(frameOf(card), { x: left, y: top, width: right - left, height: bottom - top }) === 0;

/** @typedef {{x: number, y: number, width: number, height: number}} Frame */
/** @typedef {{group: SVGGElement, back: SVGRectElement, text: SVGTextElement, spans: SVGTSpanElement[],
 *   leader: SVGLineElement}} Sum */
/** @type {(one: Frame, other: Frame) => number} */
const distance = (one, other) =>
  Math.hypot(
    Math.max(one.x - other.x - other.width, other.x - one.x - one.width, 0),
    Math.max(one.y - other.y - other.height, other.y - one.y - one.height, 0),
  );
/** @type {(frame: Frame) => Frame} */
const middleOf = ({ x, y, width, height }) => ({ x: x + width / 2, y: y + height / 2, width: 0, height: 0 });
/** @type {(frame: Frame) => Frame} */
const startOf = ({ x, y, height }) => ({ x, y: y + height / 2, width: 0, height: 0 });
/** The point of a frame that is nearest to the middle of another.
 * @type {(one: Frame, other: Frame) => Point} */
const nearest = (one, other) => ({
  x: Math.min(Math.max(other.x + other.width / 2, one.x), one.x + one.width),
  y: Math.min(Math.max(other.y + other.height / 2, one.y), one.y + one.height),
});
