// The page: from its state to what it shows, and from buttons, keys, the pointer and the inputs to its state.

import { Canvas } from "./canvas.js";
import { all, byId, dataById, elementOf, html, inputById } from "./elements.js";
import { Writer } from "./formula.js";
import { buildInputs, showInputs, showMistake } from "./inputs.js";
import { revived, targetOf, viewsAround } from "./model.js";
import { move } from "./moving.js";
import { numberText } from "./numbers.js";
import { showEdge, showNode, showNothing, showStory } from "./panel.js";
import { besideNode, pathsFrom } from "./paths.js";
import { Picture } from "./picture.js";
import { PARTS, RULES } from "./rules.js"; // written by javascript.py, for each graph anew
import { say } from "./say.js";
import { State } from "./state.js";
import { changeText, foldStory, spoken, storyOf, sumAt } from "./story.js";
import { showTransport } from "./transport.js";

const graph = revived(dataById("graph"), PARTS);
const state = new State(graph, RULES);
const drawings = all(byId("canvas"), "svg", SVGSVGElement);
const canvas = new Canvas(byId("canvas"), drawings, zoomed);
const pictures = drawings.map((drawing, place) => new Picture(drawing, graph, graph.views[place]));
let picture = pictures[0]; // the one that is shown
let timer = 0; // while playing

// ---------------------------------------------------------------- from state to page

function render() {
  const { position, steps, swept } = state;
  picture.show(state);
  const folded = picture.foldedStep(state);
  const story = folded ? foldStory(folded) : storyOf(state.step, swept, new Writer(graph, swept.values));
  showStory(byId("story"), story);
  byId("position").setAttribute(
    "aria-valuetext",
    say("{position} of {count}: {heading}", { position, count: steps.length, heading: story.heading }),
  );
  listInputs();
  inspect();
  transport();
  return story;
}

const transport = () => showTransport(state, timer !== 0, goTo);

/**
 * What is written on the cards follows the size in which they are shown.
 * @param {number} zoom
 */
function zoomed(zoom) {
  picture.magnify(zoom);
  picture.show(state);
  look();
}

/** What follows from which part of the picture is seen. */
function look() {
  picture.placeSum();
  tellUnseen();
}

/** Say how many inputs one has to look for, with a button that shows all. */
function tellUnseen() {
  const arrows = canvas.unseen(all(picture.drawing, ".card.leaf", SVGGElement));
  const count = arrows.length;
  byId("unseen").toggleAttribute("hidden", !count);
  byId("unseen").dataset.arrows = [...new Set(arrows)].sort().join("");
  byId("unseen").textContent =
    count === 1 ? say("1 input is out of sight") : say("{count} inputs are out of sight", { count });
}

/** @type {{swept?: object, node?: number}} */
let listed = {}; // what the list of inputs shows: it may be long

function listInputs() {
  const { swept, chosen } = state;
  if (listed.swept === swept && listed.node === chosen.node) return;
  listed = { swept, node: chosen.node };
  if (graph.mistake) showMistake(byId("mistake"), graph.mistake, swept);
  showInputs(byId("inputs"), swept, chosen.node);
}

/** Show the paths and the panel of a node, or the panel of an edge. */
function inspect() {
  const { node, swept, step, chosen } = state;
  const writer = new Writer(graph, swept.values);
  const section = byId("inspector");
  const refocus = focusIn(section);
  if (node !== undefined) inspectNode(section, node, writer);
  else {
    picture.showPaths(undefined, [], [], "");
    if (step?.kind === "addition") picture.showArrival(step.parent, sumAt(step, swept));
    if (chosen.edge !== undefined) showEdge(section, chosen.edge, swept, writer, chooseNode);
    else showNothing(section);
  }
  refocus();
}

/** @type {(section: HTMLElement, node: number, writer: Writer) => void} */
function inspectNode(section, node, writer) {
  const { swept, breakpoints } = state;
  const found = pathsFrom(graph, node, graph.looks.length);
  const isDefined = swept.adjoints[node] !== undefined;
  const total = isDefined ? numberText(swept.right[node], 6, graph.exact) : "";
  picture.showPaths(node, found.paths, isDefined ? besideNode(swept, found, node) : [], total);
  const actions = { stops: breakpoints.has(node), toggle: () => toggleBreakpoint(node), choose: chooseEdge };
  showNode(section, node, found, swept, writer, actions);
}

/**
 * Remember which button of a section has the focus; what it returns finds that in the new contents.
 * @param {HTMLElement} section
 */
function focusIn(section) {
  const { activeElement } = document;
  if (!activeElement || !section.contains(activeElement)) return () => undefined;
  const same = activeElement.id ? `button#${activeElement.id}` : "button";
  return () => (all(section, same, HTMLElement)[0] ?? all(section, "button", HTMLElement)[0])?.focus();
}

/** @param {string} text */
function announce(text) {
  byId("announcement").textContent = text;
}

// ---------------------------------------------------------------- moving through the sweeps

/** @param {number} position */
function goTo(position) {
  const isNext = position === state.position + 1;
  state.goTo(position);
  announce(spoken(render()));
  const { step } = state;
  move(picture, isNext ? step : undefined, state.swept, timer ? 0.7 * interval() : Infinity);
  if (step) requestAnimationFrame(() => canvas.reveal(picture.cardOf(targetOf(step))));
}

/** Milliseconds from one step to the next while playing. */
const interval = () => 1000 / 2 ** Number(inputById("speed").value);

function pause() {
  clearTimeout(timer);
  timer = 0;
  transport();
}

function play() {
  if (timer) return pause();
  if (state.isAtEnd) goTo(0);
  timer = setTimeout(tick, 300);
  return transport();
}

function tick() {
  goTo(picture.after(state));
  const { stop } = state;
  if (stop !== undefined)
    announce(`${say("Breakpoint at {name}", graph.nodes[stop])}. ${byId("announcement").textContent}`);
  if (stop !== undefined || state.isAtEnd) pause();
  else timer = setTimeout(tick, interval());
}

/**
 * Go to a position by hand, which ends playing.
 * @param {() => number} position
 */
const byHand = (position) => () => {
  const wanted = position(); // before pausing, which shows the old one
  pause();
  goTo(wanted);
};

const actions = {
  rewind: byHand(() => 0),
  back: byHand(() => picture.before(state)),
  step: byHand(() => picture.after(state)),
  finish: byHand(() => state.steps.length),
  play,
};

// ---------------------------------------------------------------- choosing

/** @param {number} node */
function chooseNode(node) {
  state.chooseNode(node);
  focusable(picture.cardOf(node));
  render();
  byId("inputs").querySelector(`[data-input="${node}"]`)?.scrollIntoView({ block: "nearest" });
}

/** @param {number} edge */
function chooseEdge(edge) {
  state.chooseEdge(edge);
  render();
}

/** @param {number} node */
function toggleBreakpoint(node) {
  state.toggleBreakpoint(node);
  render();
  const { name } = graph.nodes[node];
  announce(
    state.breakpoints.has(node)
      ? say("Breakpoint at {name}", { name })
      : say("No breakpoint at {name}", { name }),
  );
}

/** The graph is one stop of the tab key: the card that was last in focus. */
function focusable(chosen = picture.cards.at(-1)) {
  for (const card of picture.cards) card.setAttribute("tabindex", card === chosen ? "0" : "-1");
}

/** @param {number | undefined} node */
function point(node) {
  if (state.pointed === node) return;
  state.pointed = node;
  inspect();
}

/** @type {(event: Event, what: "fold" | "node" | "edge") => number | undefined} */
function placeOf(event, what) {
  const place = elementOf(event)?.closest(`[data-${what}]`)?.getAttribute(`data-${what}`);
  return place ? Number(place) : undefined;
}

canvas.element.addEventListener("pointerover", (event) => {
  if (event.pointerType !== "touch") point(placeOf(event, "node"));
});
canvas.element.addEventListener("pointerleave", () => point(undefined));
canvas.element.addEventListener("focusin", (event) => {
  if (elementOf(event)?.matches(":focus-visible")) point(placeOf(event, "node"));
});
canvas.element.addEventListener("focusout", () => point(undefined));
canvas.element.addEventListener("click", (event) => {
  const [fold, node, edge] = [placeOf(event, "fold"), placeOf(event, "node"), placeOf(event, "edge")];
  if (fold !== undefined) openView(fold + 1);
  else if (node !== undefined) chooseNode(node);
  else if (edge !== undefined) chooseEdge(edge);
});

/**
 * Show another view: the overview, or what is in a fold.
 * @param {number} place
 */
function openView(place) {
  const isFocused = [canvas.element, byId("views")].some((element) =>
    element.contains(document.activeElement),
  );
  state.open(place);
  picture = pictures[place];
  canvas.show(picture.drawing);
  const buttons = (place ? viewsAround(graph, place) : []).map((i) =>
    html("button", { "aria-pressed": i === place, onclick: () => openView(i) }, graph.views[i].name),
  );
  byId("views").replaceChildren(...buttons);
  focusable();
  render();
  if (isFocused) picture.cards.at(-1)?.focus();
  if (graph.views.length > 1) announce(say("View: {name}", { name: graph.views[place].name }));
}

// ---------------------------------------------------------------- keys

/** @type {Record<string, keyof typeof actions>} */
const KEYS = { ArrowRight: "step", ArrowLeft: "back", Home: "rewind", End: "finish", " ": "play" };
/** @type {Record<string, string>} */
const CLICKER = { PageDown: "ArrowRight", PageUp: "ArrowLeft" }; // what a presenter holds in the hand

document.addEventListener("keydown", (event) => {
  const target = elementOf(event);
  if (event.ctrlKey || event.metaKey || event.altKey || target?.matches("input")) return;
  const isOnButton = Boolean(target?.closest("button, summary, [role=button]"));
  if (inGraph(event) || general(event, isOnButton)) event.preventDefault();
});

/** @type {(event: KeyboardEvent, isOnButton: boolean) => boolean} */
function general({ key: pressed }, isOnButton) {
  const { node } = state;
  const key = isPresenting() ? (CLICKER[pressed] ?? pressed) : pressed;
  if (key === "p") present();
  else if (key === "Escape") leaveOff();
  else if (key === "b" && node !== undefined) toggleBreakpoint(node);
  else if (KEYS[key] && !(key === " " && isOnButton)) actions[KEYS[key]]();
  else return false;
  return true;
}

/** Choose nothing any more; where nothing was chosen, close the fold. */
function leaveOff() {
  if (isPresenting()) return present();
  const view = state.viewToLeave;
  if (view !== undefined) return openView(view);
  state.chooseNothing();
  return render();
}

/**
 * Keys on a card: up and down go to the next and to the previous node, enter chooses.
 * @param {KeyboardEvent} event
 */
function inGraph({ key, target }) {
  const place = picture.cards.findIndex((card) => target instanceof Node && card.contains(target));
  if (place < 0) return false;
  const by = { ArrowUp: 1, ArrowDown: -1 }[key];
  const next = by && picture.cards[place + by];
  if (key === "Enter" || key === " ") {
    picture.cards[place].dispatchEvent(new MouseEvent("click", { bubbles: true }));
  } else if (next) {
    focusable(next);
    next.focus();
    canvas.reveal(next);
  } else return by !== undefined;
  return true;
}

// ---------------------------------------------------------------- in a lecture hall

const isPresenting = () => document.documentElement.classList.contains("presenting");

/** Fill the screen with the graph and one step, in large letters; or no longer. */
function present() {
  const isOn = document.documentElement.classList.toggle("presenting");
  byId("present").setAttribute("aria-pressed", String(isOn));
  // a notebook's frame may not fill the screen: there it fills the frame
  if (isOn) document.documentElement.requestFullscreen?.().catch(() => undefined);
  else if (document.fullscreenElement) document.exitFullscreen();
  canvas.open();
  if (state.step) canvas.reveal(picture.cardOf(targetOf(state.step)));
  announce(isOn ? say("Presenting: → and ← step, Esc ends it.") : say("The presentation has ended."));
}

document.addEventListener("fullscreenchange", () => {
  if (!document.fullscreenElement && isPresenting()) present();
});

// ---------------------------------------------------------------- inputs

/** @type {(place: number, x: number) => void} */
function change(place, x) {
  state.change(place, x);
  render();
  tell();
  announce(changeText(place, state.swept));
}

/** A field that is left shows the number that counts, whatever was typed. */
function leave() {
  showInputs(byId("inputs"), state.swept, state.chosen.node);
}

function reset() {
  state.reset();
  render();
  tell();
  announce(say("The inputs are as they were."));
}

/** Tell what the page stands in, which may be a widget, the numbers of the inputs. */
function tell() {
  const inputs = graph.leaves.map((place) => [place, Number(state.swept.values[place])]);
  if (window.parent !== window) window.parent.postMessage({ inputs }, "*");
}

window.addEventListener("message", ({ source, data }) => {
  if (source !== window.parent || !Array.isArray(data?.inputs)) return;
  for (const [place, x] of data.inputs) state.inputs.set(place, x);
  state.compute();
  render();
});

// ---------------------------------------------------------------- the start

const zooming = {
  larger: () => canvas.zoomTo(canvas.zoom * 1.25),
  smaller: () => canvas.zoomTo(canvas.zoom / 1.25),
  fit: () => canvas.fit(),
  unseen: () => canvas.fit(),
  present,
};
canvas.element.addEventListener("scroll", look);
for (const [id, action] of Object.entries({ ...actions, ...zooming }))
  byId(id).addEventListener("click", action);
const slider = inputById("position");
slider.max = String(state.steps.length);
slider.addEventListener(
  "input",
  byHand(() => Number(slider.value)),
);
slider.style.setProperty("--turn", `${(100 * (graph.nodes.length + 0.5)) / state.steps.length}%`);
buildInputs(byId("inputs"), graph, new Writer(graph), { change, leave, reset });
openView(0);
document.documentElement.dataset.ready = "true";
