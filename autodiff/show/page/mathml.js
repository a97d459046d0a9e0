// Formulas as elements of MathML, built from trees; text in them is only ever text.

/** @import { Tree } from "./formula.js" */

const MATH = "http://www.w3.org/1998/Math/MathML";

/**
 * @param {Tree | number} tree
 * @returns {Node}
 */
function built(tree) {
  if (!Array.isArray(tree)) return document.createTextNode(String(tree));
  const [tag, ...children] = tree;
  const made = document.createElementNS(MATH, String(tag));
  made.append(...children.map(built));
  return made;
}

/** @param {Tree[]} trees */
function math(trees) {
  const made = document.createElementNS(MATH, "math");
  made.setAttribute("displaystyle", "true");
  made.append(...trees.map(built));
  return made;
}

/** Operators that a long line breaks before: at the first of these where that is enough, within its pieces at the next. */
const BREAKS = [["="], ["+", "−"], ["·"]];

/**
 * One line of mathematics; a long one may break before a later =, what is still too long before a + and then a ·.
 * @param {Tree[]} trees
 */
export const line = (trees) => broken(trees.flatMap(opened), BREAKS);

/**
 * The parts of a row in which nothing is in brackets, which grow with what is in them.
 * @param {Tree | number} tree
 * @returns {Tree[]}
 */
function opened(tree) {
  if (
    !Array.isArray(tree) ||
    tree[0] !== "mrow" ||
    tree.some((part) => isOperator(part, ["(", "[", "|", "⌊", "⌈"]))
  ) {
    return [/** @type {Tree} */ (tree)];
  }
  return tree.slice(1).flatMap(opened);
}

/**
 * @param {Tree[]} trees
 * @param {string[][]} breaks
 * @returns {Element}
 */
function broken(trees, [operators, ...others]) {
  if (!operators) return math(trees);
  const signs = trees.flatMap((tree, place) => (isOperator(tree, operators) ? [place] : []));
  const places = operators === BREAKS[0] ? signs.slice(1) : signs.filter((place) => isBetween(trees, place));
  const pieces = [0, ...places].map((start, i) => broken(trees.slice(start, places[i]), others));
  if (pieces.length === 1) return pieces[0];
  for (const piece of pieces.slice(1)) piece.querySelector("mo")?.setAttribute("form", "infix");
  const whole = document.createElement("span");
  whole.append(...pieces.flatMap((piece, i) => (i ? [document.createElement("wbr"), piece] : [piece])));
  return whole;
}

/** @type {(trees: Tree[], place: number) => boolean} */
const isBetween = (trees, place) => place > 0 && !isOperator(trees[place - 1], BREAKS.flat());

/** @type {(tree: Tree | number, texts: string[]) => boolean} */
const isOperator = (tree, texts) =>
  Array.isArray(tree) && tree[0] === "mo" && texts.includes(String(tree[1]));
