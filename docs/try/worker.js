// Runs the library beside the page "Try it": Python in Pyodide, Graphviz in viz-js, all from this folder.
const START = `
import sys
sys.path[:0] = ["packages.zip", "."]
from autodiff.pictures.render import add_renderer

def in_javascript(task):
    if task.format != "svg":
        raise RuntimeError("viz-js makes SVG alone")
    return viz(task.source, task.engine).encode()

add_renderer(in_javascript)
import shown
`;

/** @param {string} name */
const at = (name) => new URL(name, import.meta.url).href;

async function started() {
  /** @type {typeof import("pyodide")} */
  const { loadPyodide } = await import(at("pyodide.mjs"));
  /** @type {typeof import("@viz-js/viz")} */
  const { instance } = await import(at("viz.js"));
  const [python, graphviz] = await Promise.all([loadPyodide({ indexURL: at(".") }), instance()]);
  for (const name of ["packages.zip", "shown.py"]) {
    const file = await fetch(at(name));
    python.FS.writeFile(name, new Uint8Array(await file.arrayBuffer()));
  }
  python.globals.set("viz", (/** @type {string} */ source, /** @type {string} */ engine) =>
    graphviz.renderString(source, { format: "svg", engine }),
  );
  python.runPython(START);
  return python.pyimport("shown");
}

const shown = started();
shown.then(
  () => postMessage({ ready: true }),
  (error) => postMessage({ failed: `Python could not be loaded: ${error.message}` }),
);
onmessage = async ({ data }) => {
  const python = await shown;
  try {
    postMessage(
      JSON.parse(data.code ? python.of_python(data.code) : python.of_formula(data.text, data.values)),
    );
  } catch (error) {
    postMessage({
      error: String(/** @type {Error} */ (error).message)
        .trim()
        .split("\n")
        .at(-1),
    });
  }
};
