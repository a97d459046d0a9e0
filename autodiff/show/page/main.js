// The page's state, and what changes it: buttons, keys, the pointer, the inputs.

import { Canvas } from "./canvas.js";
import { Writer } from "./formula.js";
import { forwardSweep, pathsFrom, reverseSweep, revived, stepsOf } from "./model.js";
import { move } from "./moving.js";
import { numberText } from "./numbers.js";
import {
  besideNode,
  buildInputs,
  html,
  showEdge,
  showInputs,
  showMistake,
  showNode,
  showNothing,
  showStory,
} from "./panel.js";
import { Picture } from "./picture.js";
import { RULES } from "./rules.js"; // written by javascript.py, for each graph anew
import { crumbOf, storyOf, sumAt } from "./story.js";

const CRUMBS = 40; // of the trail that are shown
const byId = (id) => document.getElementById(id);

const graph = revived(JSON.parse(byId("graph").textContent));
const canvas = new Canvas(byId("canvas"));
const pictures = [...canvas.element.children].map(
  (svg, place) => new Picture(svg, graph, graph.views[place]),
);
let picture = pictures[0]; // the one that is shown

const state = {
  position: 0, // how many steps are done
  inputs: new Map(),
  pointed: undefined, // {node} while the pointer or the focus is on it
  chosen: {}, // {node} or {edge}
  breakpoints: new Set(),
  timer: undefined,
};

// ---------------------------------------------------------------- from state to page

let swept; // what the inputs decide: values, partials, failures, adjoints, moves
let listed = {}; // what the list of inputs shows: it may be long

function compute() {
  const forward = forwardSweep(graph, state.inputs, RULES);
  const reverse = reverseSweep(graph, forward);
  const { adjoints, moves } = graph.mistake ?? reverse;
  swept = { graph, ...forward, adjoints, moves, right: reverse.adjoints };
}

compute();
const steps = stepsOf(graph, swept.moves);
state.position = steps.length;

/** What has been computed when ``position`` steps are done. */
function knownAt(position) {
  const value = graph.nodes.map(() => false);
  const adjoint = graph.nodes.map(() => undefined);
  const passed = new Set();
  for (const step of steps.slice(0, position)) {
    if (step.kind === "value") value[step.node] = true;
    else if (step.kind === "seed") adjoint[step.node] = swept.adjoints[step.node];
    else if (step.kind === "addition") {
      adjoint[step.parent] = swept.moves[step.move].after;
      if (adjoint[step.parent] !== undefined) passed.add(step.edge);
    }
  }
  return { value, adjoint, passed, whole: position === steps.length };
}

function render() {
  const step = steps[state.position - 1];
  const moment = { ...swept, step };
  const writer = new Writer(graph, swept.values);
  picture.show(moment, knownAt(state.position), { ...state.chosen, breakpoints: state.breakpoints });
  const story = storyOf(step, moment, writer);
  showStory(byId("story"), story);
  byId("position").setAttribute("aria-valuetext", `${state.position} of ${steps.length}: ${story.heading}`);
  listInputs();
  inspect();
  showTransport();
  return story;
}

function listInputs() {
  if (listed.swept === swept && listed.node === state.chosen.node) return;
  listed = { swept, node: state.chosen.node };
  if (graph.mistake) showMistake(byId("inputs"), graph.mistake, swept);
  else showInputs(byId("inputs"), graph, swept.values, state.chosen.node);
}

/** Show the paths and the panel of a node, or the panel of an edge. */
function inspect() {
  const [moment, writer] = [swept, new Writer(graph, swept.values)];
  const node = state.pointed ?? state.chosen.node;
  const section = byId("inspector");
  const found = node === undefined ? { paths: [], count: 0 } : pathsFrom(graph, node, graph.looks.length);
  const defined = node !== undefined && moment.adjoints[node] !== undefined;
  const terms = defined ? besideNode(graph, moment, found, node) : [];
  picture.showPaths(node, found.paths, terms, defined ? numberText(moment.right[node], 6, graph.exact) : "");
  const step = steps[state.position - 1];
  if (node === undefined && step?.kind === "addition") picture.showArrival(step.parent, sumAt(step, moment));
  const refocus = focusIn(section);
  if (node !== undefined) {
    const actions = {
      stops: state.breakpoints.has(node),
      toggle: () => toggleBreakpoint(node),
      choose: chooseEdge,
    };
    showNode(section, node, found, moment, writer, actions);
  } else if (state.chosen.edge !== undefined)
    showEdge(section, state.chosen.edge, moment, writer, { chooseNode });
  else showNothing(section);
  refocus();
}

/** Remember which button of a section has the focus; the function that it returns finds it in the new contents. */
function focusIn(section) {
  const { activeElement } = document;
  if (!section.contains(activeElement)) return () => undefined;
  const same = activeElement.id ? `#${activeElement.id}` : "button";
  return () => (section.querySelector(same) ?? section.querySelector("button"))?.focus();
}

function showTransport() {
  byId("position").value = state.position;
  byId("counter").textContent = `${state.position} / ${steps.length}`;
  byId("play").setAttribute("aria-label", state.timer ? "Pause" : "Play");
  byId("play").classList.toggle("playing", Boolean(state.timer));
  byId("rewind").disabled = byId("back").disabled = state.position === 0;
  byId("step").disabled = byId("finish").disabled = state.position === steps.length;
  showTrail();
}

/** Show what has been done; the last crumb is the present, and the one that the tab key reaches. */
function showTrail() {
  const first = Math.max(0, state.position - CRUMBS);
  const crumbs = steps.slice(first, state.position).map((step, i) => crumb(step, first + i + 1));
  const list = byId("trail").firstElementChild;
  const focused = list.contains(document.activeElement);
  list.replaceChildren(...(first ? [html("li", {}, "…")] : []), ...crumbs);
  if (focused) list.lastElementChild?.firstElementChild.focus();
  requestAnimationFrame(() => (list.scrollLeft = 1e6)); // to the last one
}

function crumb(step, position) {
  const current = position === state.position ? { "aria-current": "step", tabindex: 0 } : { tabindex: -1 };
  const button = html(
    "button",
    { class: step.kind === "value" ? "forward" : "reverse", ...current, onclick: () => goTo(position) },
    crumbOf(step, swept),
  );
  return html("li", {}, button);
}

// ---------------------------------------------------------------- moving through the sweeps

function announce(text) {
  byId("announcement").textContent = text;
}

function goTo(position) {
  const next = position === state.position + 1;
  state.position = Math.min(Math.max(position, 0), steps.length);
  const story = render();
  const formulas = story.formulas.map((formula) => formula.textContent).join("; ");
  announce(`${story.heading}. ${formulas} ${story.sentence}`);
  const step = steps[state.position - 1];
  move(picture, next ? step : undefined, swept, state.timer ? 0.7 * interval() : Infinity);
  if (step) requestAnimationFrame(() => canvas.reveal(picture.cardOf(step.parent ?? step.node)));
}

/** Milliseconds from one step to the next while playing. */
const interval = () => 1000 / 2 ** Number(byId("speed").value);

function pause() {
  clearTimeout(state.timer);
  state.timer = undefined;
  showTransport();
}

function play() {
  if (state.timer) return pause();
  if (state.position === steps.length) goTo(0);
  state.timer = setTimeout(tick, 300);
  showTransport();
}

function tick() {
  goTo(state.position + 1);
  const step = steps[state.position - 1];
  const stop = [step.node, step.parent].find((node) => state.breakpoints.has(node));
  if (stop !== undefined)
    announce(`Breakpoint at ${graph.nodes[stop].name}. ${byId("announcement").textContent}`);
  if (stop !== undefined || state.position === steps.length) pause();
  else state.timer = setTimeout(tick, interval());
}

/** Do something by hand, which ends playing. */
const byHand = (action) => () => {
  pause();
  action();
};
const actions = {
  rewind: byHand(() => goTo(0)),
  back: byHand(() => goTo(state.position - 1)),
  step: byHand(() => goTo(state.position + 1)),
  finish: byHand(() => goTo(steps.length)),
  play,
};

// ---------------------------------------------------------------- choosing

function chooseNode(node) {
  state.chosen = state.chosen.node === node ? {} : { node };
  state.pointed = undefined;
  focusable(picture.cardOf(node));
  render();
  byId("inputs").querySelector(`[data-input="${node}"]`)?.scrollIntoView({ block: "nearest" });
}

function chooseEdge(edge) {
  state.chosen = { edge };
  state.pointed = undefined;
  render();
}

function toggleBreakpoint(node) {
  if (!state.breakpoints.delete(node)) state.breakpoints.add(node);
  render();
  announce(`${state.breakpoints.has(node) ? "Breakpoint" : "No breakpoint"} at ${graph.nodes[node].name}`);
}

/** The graph is one stop of the tab key: the card that was last in focus. */
function focusable(chosen = picture.cards.at(-1)) {
  for (const card of picture.cards) card.setAttribute("tabindex", card === chosen ? 0 : -1);
}

function point(node) {
  if (state.pointed === node) return;
  state.pointed = node;
  inspect();
}

const placeOf = (event, what) => {
  const found = event.target.closest?.(`[data-${what}]`);
  return found ? Number(found.dataset[what]) : undefined;
};

canvas.element.addEventListener(
  "pointerover",
  (event) => event.pointerType !== "touch" && point(placeOf(event, "node")),
);
canvas.element.addEventListener("pointerleave", () => point(undefined));
canvas.element.addEventListener(
  "focusin",
  (event) => event.target.matches(":focus-visible") && point(placeOf(event, "node")),
);
canvas.element.addEventListener("focusout", () => point(undefined));
canvas.element.addEventListener("click", (event) => {
  const [fold, node, edge] = ["fold", "node", "edge"].map((what) => placeOf(event, what));
  if (fold !== undefined) openView(fold + 1);
  else if (node !== undefined) chooseNode(node);
  else if (edge !== undefined) chooseEdge(edge);
});

/** The views from the overview to one of them. */
const viewsAround = (place) => [0, ...(place ? graph.folds[place - 1].within.map((fold) => fold + 1) : [])];

/** Show another view: the overview, or what is in a fold. */
function openView(place) {
  const focused =
    canvas.element.contains(document.activeElement) || byId("views").contains(document.activeElement);
  picture = pictures[place];
  canvas.show(picture.svg);
  const buttons = (place ? viewsAround(place) : []).map((i) =>
    html("button", { "aria-pressed": i === place, onclick: () => openView(i) }, graph.views[i].name),
  );
  byId("views").replaceChildren(...buttons);
  state.pointed = undefined;
  focusable();
  render();
  if (focused) picture.cards.at(-1).focus();
  if (graph.views.length > 1) announce(`View: ${graph.views[place].name}`);
}

// ---------------------------------------------------------------- keys

const KEYS = { ArrowRight: "step", ArrowLeft: "back", Home: "rewind", End: "finish", " ": "play" };

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input")) return;
  const onButton = event.target.closest("button, summary, [role=button]");
  const used = inGraph(event) || general(event, onButton);
  if (used) event.preventDefault();
});

function general({ key }, onButton) {
  const node = state.pointed ?? state.chosen.node;
  if (key === "Escape") leaveOff();
  else if (key === "b" && node !== undefined) toggleBreakpoint(node);
  else if (KEYS[key] && !(key === " " && onButton)) actions[KEYS[key]]();
  else return false;
  return true;
}

/** Choose nothing any more; where nothing was chosen, close the fold. */
function leaveOff() {
  const place = graph.views.indexOf(picture.view);
  if (place && !Object.keys(state.chosen).length) return openView(viewsAround(place).at(-2));
  Object.assign(state, { chosen: {}, pointed: undefined });
  return render();
}

/** Keys on a card: up and down go to the next and to the previous node, enter chooses. */
function inGraph(event) {
  const card = event.target.closest?.(".card");
  if (!card) return false;
  const step = { ArrowUp: 1, ArrowDown: -1 }[event.key];
  const next = step && picture.cards[picture.cards.indexOf(card) + step];
  if (event.key === "Enter" || event.key === " ")
    card.dispatchEvent(new MouseEvent("click", { bubbles: true }));
  else if (next) {
    focusable(next);
    next.focus();
    canvas.reveal(next);
  } else return step !== undefined;
  return true;
}

// ---------------------------------------------------------------- inputs

function change(place, x) {
  state.inputs.set(place, x);
  compute();
  render();
  const failed = [...swept.failures].find(([, failure]) => failure.own);
  const { name } = graph.nodes[place];
  announce(
    failed
      ? `${graph.nodes[failed[0]].name} cannot be computed: ${failed[1].message}`
      : `${name} is ${numberText(x)}, ${graph.nodes[graph.output].name} is ${numberText(swept.values[graph.output])}, derivative ${numberText(swept.adjoints[place])}`,
  );
}

/** A field that is left shows the number that counts, whatever was typed. */
function leave() {
  showInputs(byId("inputs"), graph, swept.values, state.chosen.node);
}

function reset() {
  state.inputs.clear();
  compute();
  render();
  announce("The inputs are as they were.");
}

// ---------------------------------------------------------------- the start

const zooming = {
  larger: () => canvas.zoomTo(canvas.zoom * 1.25),
  smaller: () => canvas.zoomTo(canvas.zoom / 1.25),
  fit: () => canvas.fit(),
};
for (const [id, action] of Object.entries({ ...actions, ...zooming }))
  byId(id).addEventListener("click", action);
byId("position").max = steps.length;
byId("position").addEventListener("input", ({ target }) => {
  const position = Number(target.value); // before pausing shows the old one
  byHand(() => goTo(position))();
});
byId("position").style.setProperty("--turn", `${(100 * (graph.nodes.length + 0.5)) / steps.length}%`);
let { innerWidth } = window;
window.addEventListener("resize", () => {
  if (innerWidth !== window.innerWidth) canvas.fit(); // a phone changes the height alone, while it scrolls
  ({ innerWidth } = window);
});
if (!graph.mistake) buildInputs(byId("inputs"), graph, new Writer(graph), { change, leave, reset });
openView(0);
document.documentElement.dataset.ready = "true";
