// The canvas that holds the picture: zoom, dragging, and scrolling to what is to be seen.

import { elementOf } from "./elements.js";

const [SMALLEST, LARGEST] = [0.45, 1.5]; // zoom of a picture as it opens: with room for numbers on its cards
/** @type {[number, number]} */
const ON_A_WALL = [1.2, 3]; // where it is presented
const AIR = 6; // around a picture that is fitted into the window
const MARGIN = 50; // around a card that was out of sight

export class Canvas {
  /**
   * @param {HTMLElement} element
   * @param {SVGSVGElement[]} drawings
   * @param {(zoom: number) => void} zoomed
   */
  constructor(element, drawings, zoomed) {
    this.element = element;
    this.drawings = drawings;
    this.drawing = drawings[0]; // the one that is shown
    this.zoomed = zoomed;
    this.zoom = 1;
    this.fittedTo = 0; // the width of the window then
    new ResizeObserver(() => window.innerWidth !== this.fittedTo && this.open()).observe(element);
    this.letDrag();
  }

  /**
   * Show one of the drawings, and of it the output in any case.
   * @param {SVGSVGElement} drawing
   */
  show(drawing) {
    this.drawing = drawing;
    for (const other of this.drawings) other.toggleAttribute("hidden", other !== drawing);
    this.open();
  }

  /**
   * Show as much as is legible; on a wall, as is legible from far away. Anew where the window gets another width, or
   * one at all, as a frame in a notebook does; a phone changes the height alone, while it scrolls.
   */
  open() {
    if (document.documentElement.classList.contains("presenting")) this.fit(...ON_A_WALL);
    else this.fit(SMALLEST);
  }

  /** @param {number} zoom */
  zoomTo(zoom) {
    const { width, height } = this.drawing.viewBox.baseVal;
    this.zoom = Math.min(Math.max(zoom, 0.05), 4);
    this.drawing.setAttribute("width", String(width * this.zoom));
    this.drawing.setAttribute("height", String(height * this.zoom));
    this.zoomed(this.zoom);
  }

  /**
   * Show the whole graph; if it would be smaller than so, a part of it with the output.
   * @param {number} smallest
   * @param {number} largest
   */
  fit(smallest = 0, largest = LARGEST) {
    this.fittedTo = this.element.clientWidth && window.innerWidth;
    const { width, height } = this.drawing.viewBox.baseVal;
    const { clientWidth, clientHeight } = this.element;
    const { maxHeight } = window.getComputedStyle(this.element);
    const most = Number.parseFloat(maxHeight) || clientHeight; // a phone's canvas is as high as its picture
    const all = Math.min((clientWidth - 2 * AIR) / width, (most - 2 * AIR) / height);
    this.zoomTo(Math.min(Math.max(all, smallest), largest));
    this.element.scrollTo((width * this.zoom - clientWidth) / 2, (height * this.zoom - clientHeight) / 2);
    this.reveal(this.drawing.querySelector(".output"));
  }

  /**
   * Scroll until a card is seen whole.
   * @param {Element | null | undefined} card
   */
  reveal(card) {
    if (!card) return;
    const [inner, outer] = [card, this.element].map((element) => element.getBoundingClientRect());
    if (inner.left < outer.left) this.element.scrollLeft += inner.left - outer.left - MARGIN;
    if (inner.right > outer.right) this.element.scrollLeft += inner.right - outer.right + MARGIN;
    if (inner.top < outer.top) this.element.scrollTop += inner.top - outer.top - MARGIN;
    if (inner.bottom > outer.bottom) this.element.scrollTop += inner.bottom - outer.bottom + MARGIN;
  }

  /**
   * Where those of some cards lie that are not seen whole: an arrow for each.
   * @param {Element[]} cards
   */
  unseen(cards) {
    const outer = this.element.getBoundingClientRect();
    return cards.flatMap((card) => {
      const inner = card.getBoundingClientRect();
      if (inner.bottom > outer.bottom) return "↓";
      if (inner.top < outer.top) return "↑";
      if (inner.left < outer.left) return "←";
      return inner.right > outer.right ? "→" : [];
    });
  }

  /** Let the mouse drag the picture where there is neither card nor edge. */
  letDrag() {
    const { element } = this;
    /** @type {{x: number, y: number} | undefined} */
    let grip; // where the pointer took hold
    element.addEventListener("pointerdown", (event) => {
      if (event.pointerType !== "mouse" || elementOf(event)?.closest(".card, .edge")) return;
      grip = { x: event.clientX + element.scrollLeft, y: event.clientY + element.scrollTop };
      element.setPointerCapture(event.pointerId);
    });
    element.addEventListener(
      "pointermove",
      (event) => grip && element.scrollTo(grip.x - event.clientX, grip.y - event.clientY),
    );
    element.addEventListener("pointerup", () => (grip = undefined));
  }
}
