// The canvas that holds the picture: zoom, dragging, and scrolling to what is to be seen.

const [SMALLEST, LARGEST] = [0.6, 1.5]; // zoom of a picture that is fitted into the window: it stays legible
const AIR = 12; // around a picture that is fitted into the window
const MARGIN = 50; // around a card that was out of sight

export class Canvas {
  constructor(element) {
    this.element = element;
    this.zoom = 1;
    this.svg = undefined; // the picture that is shown
    this.letDrag();
  }

  /** Show one of the pictures, fitted into the window. */
  show(svg) {
    this.svg = svg;
    for (const other of this.element.children) other.toggleAttribute("hidden", other !== svg);
    this.fit();
  }

  zoomTo(zoom) {
    const { width, height } = this.svg.viewBox.baseVal;
    this.zoom = Math.min(Math.max(zoom, 0.05), 4);
    this.svg.setAttribute("width", width * this.zoom);
    this.svg.setAttribute("height", height * this.zoom);
  }

  /** Show as much as is legible, the output in any case. */
  fit() {
    const { width, height } = this.svg.viewBox.baseVal;
    const { clientWidth, clientHeight } = this.element;
    const { maxHeight, paddingTop } = window.getComputedStyle(this.element);
    const most = Number.parseFloat(maxHeight) || clientHeight; // a phone's canvas is as high as its picture
    const room = most - Number.parseFloat(paddingTop) - 2 * AIR; // the buttons stand in the padding
    const all = Math.min((clientWidth - 2 * AIR) / width, room / height);
    this.zoomTo(Math.min(Math.max(all, SMALLEST), LARGEST));
    this.element.scrollTo((width * this.zoom - clientWidth) / 2, (height * this.zoom - clientHeight) / 2);
    this.reveal(this.svg.querySelector(".output"));
  }

  /** Scroll until a card is seen whole. */
  reveal(card) {
    if (!card) return;
    const [inner, outer] = [card, this.element].map((element) => element.getBoundingClientRect());
    if (inner.left < outer.left) this.element.scrollLeft += inner.left - outer.left - MARGIN;
    if (inner.right > outer.right) this.element.scrollLeft += inner.right - outer.right + MARGIN;
    if (inner.top < outer.top) this.element.scrollTop += inner.top - outer.top - MARGIN;
    if (inner.bottom > outer.bottom) this.element.scrollTop += inner.bottom - outer.bottom + MARGIN;
  }

  /** Let the mouse drag the picture where there is neither card nor edge. */
  letDrag() {
    const { element } = this;
    let grip; // where the pointer took hold
    element.addEventListener("pointerdown", (event) => {
      if (event.pointerType !== "mouse" || event.target.closest(".card, .edge")) return;
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
