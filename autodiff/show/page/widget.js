// A page as a widget: its inputs go to Python, and Python's numbers to its inputs. See widget.py.

/**
 * What anywidget gives: the traits of the Python object.
 * @typedef {{get(name: string): any, set(name: string, x: any): void, save_changes(): void,
 *   on(event: string, call: () => void): void, off(event: string, call: () => void): void}} Model
 */

/** @param {{model: Model, el: HTMLElement}} parts */
function render({ model, el }) {
  const frame = document.createElement("iframe");
  let last = "";
  const send = () => {
    const inputs = model.get("inputs");
    if (JSON.stringify(inputs) !== last) frame.contentWindow?.postMessage({ inputs }, "*");
    last = JSON.stringify(inputs);
  };
  /** @param {MessageEvent} event */
  const receive = ({ source, data }) => {
    if (source !== frame.contentWindow || !Array.isArray(data?.inputs)) return;
    last = JSON.stringify(data.inputs);
    model.set("inputs", data.inputs);
    model.save_changes();
  };
  window.addEventListener("message", receive);
  model.on("change:inputs", send);
  frame.addEventListener("load", send);
  frame.className = "autodiff-page";
  frame.sandbox.add("allow-scripts");
  const size = `box-sizing: border-box; width: 100%; height: ${model.get("height")}px`;
  frame.style.cssText = `${size}; border: 1px solid #8884; border-radius: 8px`;
  frame.srcdoc = model.get("html");
  el.replaceChildren(frame);
  return () => {
    window.removeEventListener("message", receive);
    model.off("change:inputs", send);
  };
}

export default { render };
