// The inputs in the panel: a slider and a field for each; and the mistake that is made with them.

import { all, found, html } from "./elements.js";
import { line } from "./mathml.js";
import { mayBeThousands, numberText, read } from "./numbers.js";
import { say } from "./say.js";

/** @import { Writer } from "./formula.js" */
/** @import { Graph, Mistake, Swept } from "./model.js" */
/**
 * What is called with new numbers, when a field is left, and to have the old numbers again.
 * @typedef {{change(place: number, x: number): void, leave(): void, reset(): void}} Actions
 */

/**
 * Build a row for each input: its name, a slider and a field.
 * @param {HTMLElement} section
 * @param {Graph} graph
 * @param {Writer} writer
 * @param {Actions} actions
 */
export function buildInputs(section, graph, writer, actions) {
  const rows = graph.leaves.map((place) => inputRow(place, graph, writer, actions));
  const button = html("button", { id: "reset", onclick: actions.reset }, say("reset"));
  section.replaceChildren(html("h2", {}, say("Inputs"), button), html("div", { class: "rows" }, ...rows));
}

/** @type {(place: number, graph: Graph, writer: Writer, actions: Actions) => HTMLElement} */
function inputRow(place, graph, writer, { change, leave }) {
  const { name, value } = graph.nodes[place];
  const middle = Number.isFinite(value) ? value : 0;
  const reach = Math.max(2 * Math.abs(middle), 2);
  const [min, max, step] = [middle - reach, middle + reach, reach / 200];
  const slider = html("input", {
    type: "range",
    min,
    max,
    step,
    "aria-label": say("{name}, slider", { name }),
  });
  const typing = { inputmode: "decimal", spellcheck: false, autocomplete: "off" };
  const field = html("input", { type: "text", "aria-label": say("{name}, number", { name }), ...typing });
  const complaint = html("span", { class: "complaint", id: `complaint-${place}`, role: "alert" });
  slider.addEventListener("input", () => change(place, Number(slider.value)));
  field.addEventListener("input", () => {
    const x = mayBeThousands(field.value) ? NaN : (read(field.value)?.number ?? NaN);
    complain(field, complaint, !Number.isFinite(x));
    if (Number.isFinite(x)) change(place, x);
  });
  field.addEventListener("blur", leave);
  const label = html("span", { class: "name" }, line([writer.name(place)]));
  return html("div", { class: "row", "data-input": place }, label, slider, field, complaint);
}

/**
 * Say beside a field that what is in it is no number; or no longer.
 * @param {HTMLInputElement} field
 * @param {HTMLElement} complaint
 * @param {boolean} isWrong
 */
function complain(field, complaint, isWrong) {
  field.setAttribute("aria-invalid", String(isWrong));
  field.setAttribute("aria-describedby", complaint.id);
  complaint.textContent = isWrong ? say("Not a number: write 2, −0.5, 1e-3 or 1/3.") : "";
}

/**
 * Let sliders and fields follow the values; what is being typed stays as it is.
 * @param {HTMLElement} section
 * @param {Swept} swept
 * @param {number | undefined} chosen
 */
export function showInputs(section, { graph, values }, chosen) {
  for (const row of all(section, ".row", HTMLElement)) {
    const place = Number(row.dataset.input);
    const x = Number(values[place]);
    const [slider, field] = all(row, "input", HTMLInputElement);
    row.classList.toggle("chosen", place === chosen);
    if (Number(slider.value) !== x) {
      slider.min = String(Math.min(Number(slider.min), x));
      slider.max = String(Math.max(Number(slider.max), x));
      slider.value = String(x);
    }
    if (document.activeElement !== field) {
      const text = graph.exact ? numberText(x, 6, true) : String(x);
      if (field.value !== text) field.value = text; // there may be thousands
      if (field.getAttribute("aria-invalid") === "true") {
        complain(field, found(row, ".complaint", HTMLElement), false);
      }
    }
  }
}

/**
 * Which mistake the reverse sweep makes, and what comes of it.
 * @param {HTMLElement} section
 * @param {Mistake} mistake
 * @param {Swept} swept
 */
export function showMistake(section, mistake, { graph, adjoints, right, wrong, sentence }) {
  const rows = wrong.map((place) => [
    graph.nodes[place].name,
    ...[adjoints, right].map((numbers) => numberText(numbers[place], 6, graph.exact)),
  ]);
  section.hidden = false;
  section.replaceChildren(
    html("h2", {}, say("Mistake: {name}", mistake)),
    html("p", {}, `${mistake.wrong[0].toUpperCase()}${mistake.wrong.slice(1)}.`),
    ...(sentence ? [html("p", { class: "note" }, sentence)] : []),
    ...(rows.length ? [table([say("node"), say("wrong"), say("right")], rows)] : []),
  );
}

/** @type {(head: string[], rows: string[][]) => HTMLElement} */
function table(head, rows) {
  /** @type {(tag: "th" | "td", texts: string[]) => HTMLElement} */
  const row = (tag, texts) => html("tr", {}, ...texts.map((text) => html(tag, {}, text)));
  const body = rows.map((texts) => row("td", texts));
  return html("table", {}, html("thead", {}, row("th", head)), html("tbody", {}, ...body));
}
