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

/** @param {Tree} tree */
const isEqualSign = (tree) => Array.isArray(tree) && tree[0] === "mo" && tree[1] === "=";

/**
 * One line of mathematics; a long one may break before a later =.
 * @param {Tree[]} trees
 */
export function line(trees) {
  const breaks = trees.flatMap((tree, place) => (isEqualSign(tree) ? [place] : [])).slice(1);
  const pieces = [0, ...breaks].map((start, i) => math(trees.slice(start, breaks[i])));
  if (pieces.length === 1) return pieces[0];
  const whole = document.createElement("span");
  whole.append(...pieces.flatMap((piece, i) => (i ? [document.createElement("wbr"), piece] : [piece])));
  return whole;
}
