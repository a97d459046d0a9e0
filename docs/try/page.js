// The page "Try it": what is typed goes to the worker, and what comes back to its place.
const PLACES = ["printed", "error", "numbers", "picture", "derivation", "sweep", "page"];
const AS_TEXT = ["printed", "error"];

/** @param {string} id */
const at = (id) => /** @type {HTMLElement} */ (document.getElementById(`try-${id}`));
const form = /** @type {HTMLFormElement} */ (at("form"));
const run = /** @type {HTMLButtonElement} */ (at("run"));
/** @type {Worker | undefined} */
let worker;

/** @param {string} name */
const typed = (name) => /** @type {HTMLInputElement} */ (form.elements.namedItem(name)).value;

/** @param {string} text */
function say(text) {
  at("state").textContent = text;
}

/** @param {Record<string, string>} parts */
function show(parts) {
  for (const place of PLACES) {
    const part = parts[place] ?? "";
    if (AS_TEXT.includes(place)) at(place).textContent = part;
    else at(place).innerHTML = part;
  }
  for (const formula of at("derivation").querySelectorAll(".formula")) {
    const tex = (formula.textContent ?? "").replaceAll("$$", "");
    /** @type {any} */ (window).katex.render(tex, formula, {
      displayMode: true,
      throwOnError: false,
      strict: false,
    });
  }
}

/** @param {boolean} busy */
function computing(busy) {
  run.textContent = busy ? "Stop" : "Run";
  run.disabled = false;
}

/** @param {string} why */
function stop(why) {
  worker?.terminate();
  worker = undefined;
  say(why);
  computing(false);
}

function start() {
  say("Loading Python, 14 MB …");
  worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
  worker.onerror = () => stop("Python could not be loaded");
  worker.onmessage = ({ data }) => {
    if (data.failed) return stop(data.failed);
    if (data.ready) return say("Computing …");
    show(data);
    say("");
    computing(false);
  };
}

function submit() {
  if (run.textContent === "Stop") return stop("Stopped");
  if (worker) say("Computing …");
  else start();
  computing(true);
  const code = typed("as") === "python" ? typed("code") : "";
  worker?.postMessage({ code, text: typed("text"), values: typed("values") });
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  submit();
});
at("code").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
});
form.addEventListener("change", () => (form.dataset.as = typed("as")));
form.dataset.as = typed("as");
submit();
