// Elements of the page: finding them, and making them. Text in them is only ever text.

/** @import { Look } from "./model.js" */

const SVG = "http://www.w3.org/2000/svg";

/**
 * The element that a selector finds; it has to be there, and of that kind.
 * @template {Element} T
 * @param {ParentNode} root
 * @param {string} selector
 * @param {new () => T} kind
 */
export function found(root, selector, kind) {
  const element = root.querySelector(selector);
  if (!(element instanceof kind)) throw new TypeError(`${selector} is no ${kind.name}`);
  return element;
}

/**
 * All elements that a selector finds, each of that kind.
 * @template {Element} T
 * @param {ParentNode} root
 * @param {string} selector
 * @param {new () => T} kind
 */
export function all(root, selector, kind) {
  return [...root.querySelectorAll(selector)].flatMap((element) =>
    element instanceof kind ? [element] : [],
  );
}

/** @param {string} id */
export const byId = (id) => found(document, `#${id}`, HTMLElement);
/** @param {string} id */
export const inputById = (id) => found(document, `#${id}`, HTMLInputElement);
/** @param {string} id */
export const buttonById = (id) => found(document, `#${id}`, HTMLButtonElement);

/**
 * The element that an event came to.
 * @param {Event} event
 */
export const elementOf = ({ target }) => (target instanceof Element ? target : undefined);

/**
 * The data that Python wrote into the page.
 * @param {string} id
 */
export const dataById = (id) => JSON.parse(byId(id).textContent ?? "");

/**
 * Make an element of HTML with attributes and children; what begins with "on" listens.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, unknown>} [attributes]
 * @param {(Node | string)[]} children
 */
export function html(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

/**
 * Make an element of SVG.
 * @template {keyof SVGElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, unknown>} [attributes]
 * @param {(Node | string)[]} children
 */
export function svg(tag, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, tag), attributes, children);
}

/**
 * @template {Element} T
 * @param {T} element
 * @param {Record<string, unknown>} attributes
 * @param {(Node | string)[]} children
 */
function filled(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), (event) => value(event));
    else if (value !== undefined) element.setAttribute(name, String(value));
  }
  element.append(...children);
  return element;
}

/**
 * How the line of a path looks, as attributes.
 * @param {Partial<Look>} look
 */
export function strokeOf({ color, style, penwidth }) {
  const dashes = style === "dashed" ? "7 5" : "none";
  return { stroke: color, "stroke-width": Number(penwidth) + 1, "stroke-dasharray": dashes };
}
