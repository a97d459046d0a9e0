// Runs Python's code on standard input in Pyodide: node in_pyodide.mjs FOLDER=MOUNT..., with Graphviz as the function viz.
import { readFileSync } from "node:fs";
import process from "node:process";
import { instance } from "@viz-js/viz";
import { loadPyodide } from "pyodide";

const python = await loadPyodide();
for (const place of process.argv.slice(2)) {
  const [folder, mount] = place.split("=");
  python.mountNodeFS(mount, folder);
}
const graphviz = await instance();
python.globals.set("viz", (source, format, engine) => graphviz.renderString(source, { format, engine }));
try {
  python.runPython(readFileSync(0, "utf8"));
} catch (error) {
  process.stderr.write(error.message); // without the source of Pyodide, which node would print
  process.exitCode = 1;
}
