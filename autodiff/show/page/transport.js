// The buttons below the picture, and the trail of what has been done.

import { buttonById, byId, html, inputById } from "./elements.js";
import { say } from "./say.js";
import { crumbOf } from "./story.js";

/** @import { Step } from "./model.js" */
/** @import { State } from "./state.js" */

const CRUMBS = 40; // of the trail that are shown

/**
 * @param {State} state
 * @param {boolean} isPlaying
 * @param {(position: number) => void} goTo
 */
export function showTransport(state, isPlaying, goTo) {
  const { position, steps } = state;
  inputById("position").value = String(position);
  byId("counter").textContent = `${position} / ${steps.length}`;
  byId("play").setAttribute("aria-label", isPlaying ? say("Pause") : say("Play"));
  byId("play").classList.toggle("playing", isPlaying);
  for (const id of ["rewind", "back"]) buttonById(id).disabled = position === 0;
  for (const id of ["step", "finish"]) buttonById(id).disabled = state.isAtEnd;
  showTrail(state, goTo);
}

/**
 * Show what has been done; the last crumb is the present, and the one that the tab key reaches.
 * @param {State} state
 * @param {(position: number) => void} goTo
 */
function showTrail({ position, steps, swept }, goTo) {
  /** @type {(step: Step, place: number) => HTMLElement} */
  const crumb = (step, place) => {
    const current = place === position ? { "aria-current": "step", tabindex: 0 } : { tabindex: -1 };
    const look = { class: step.kind === "value" ? "forward" : "reverse", ...current };
    return html("li", {}, html("button", { ...look, onclick: () => goTo(place) }, crumbOf(step, swept)));
  };
  const first = Math.max(0, position - CRUMBS);
  const crumbs = steps.slice(first, position).map((step, i) => crumb(step, first + i + 1));
  const list = byId("trail").children[0];
  const isFocused = list.contains(document.activeElement);
  list.replaceChildren(...(first ? [html("li", {}, "…")] : []), ...crumbs);
  if (isFocused) crumbs.at(-1)?.querySelector("button")?.focus();
  requestAnimationFrame(() => (list.scrollLeft = 1e6)); // to the last one
}
