// Numbers as people write and read them.

const MINUS = "−";
const LONGEST = 40; // characters of a number that is typed

/**
 * Write a number with so many digits; if the graph is exact, a fraction where it is one.
 * @param {number | undefined} x
 */
export function numberText(x, digits = 6, exact = false) {
  if (x === undefined) return "?";
  if (Number.isNaN(x)) return "nan";
  if (Math.abs(x) === Infinity) return x > 0 ? "∞" : `${MINUS}∞`;
  return (exact ? fractionText(x) : decimalText(x, digits)).replaceAll("-", MINUS);
}

/** @type {(x: number, digits: number) => string} */
function decimalText(x, digits) {
  const size = Math.abs(x);
  if (x === 0) return "0";
  if (Number.isInteger(x) && size < 1e9) return String(x);
  const shown = rounded(x, digits);
  return size < 1e-4 || size >= 1e6 ? shown.toExponential() : String(shown);
}

/**
 * The number with so many digits; one that is halfway between two gets the even one, as Python writes it.
 * @param {number} x
 * @param {number} digits
 */
function rounded(x, digits) {
  const [mantissa, exponent] = x.toExponential(digits + 25).split("e");
  const [kept, rest] = [mantissa.slice(0, -26), mantissa.slice(-26)];
  return Number(
    /[02468]\.?$/.test(kept) && /^50+$/.test(rest) ? `${kept}e${exponent}` : x.toPrecision(digits),
  );
}

/**
 * The fraction with a small denominator that a number is to all its digits, by continued fractions.
 * @param {number} x
 */
function fractionText(x) {
  let [p, q, before, under, rest] = [Math.floor(x), 1, 1, 0, x - Math.floor(x)];
  while (Math.abs(x - p / q) > 4e-16 * Math.abs(x) && rest !== 0 && q < 1e6) {
    const whole = Math.floor(1 / rest);
    rest = 1 / rest - whole;
    [p, q, before, under] = [whole * p + before, whole * q + under, p, q];
  }
  if (q >= 1e6 || Math.abs(x - p / q) > 4e-16 * Math.abs(x)) return decimalText(x, 6);
  return q === 1 ? decimalText(p, 6) : `${p}/${q}`;
}

/**
 * Whether a number needs brackets inside a product: it has a sign, an exponent or a line of a fraction.
 * @param {string} text
 */
export const needsBrackets = (text) => /[−e/]/.test(text);

/**
 * A number as it was typed: its significant digits, 0 for a fraction, which claims to be exact; and what one
 * unit of its last digit is worth.
 * @typedef {{number: number, digits: number, unit: number}} Typed
 */

/** Whether a comma may part thousands: 1,000 is a thousand to some, and one to others. */
export const mayBeThousands = (/** @type {string} */ text) =>
  /^\s*[-+−–]?[1-9]\d{0,2}(,\d{3})+\s*$/.test(text);

/**
 * Read 2, -0.5, 0,5, 1e-3, 1/3; undefined if it is no number. The rule is that of practice/answers.py.
 * @param {string} text
 * @returns {Typed | undefined}
 */
export function read(text) {
  const written = text.trim().replace(/[−–]/g, "-").replace(/,/g, ".").replace(/[⁄÷]/g, "/");
  const plain = written.replace(/\s*(\/)\s*|(?<=[-+])\s+/g, "$1"); // in 1 1/2 the blank may not be left out
  const [upper, lower, ...more] = plain.split("/").map(decimal);
  if (plain.length > LONGEST || more.length || !upper || lower === null) return undefined;
  if (!lower) return upper;
  return lower.number === 0 ? undefined : { number: upper.number / lower.number, digits: 0, unit: 0 };
}

/**
 * Read a number without a line of a fraction; null if it is none.
 * @param {string} text
 * @returns {Typed | null}
 */
function decimal(text) {
  const parts = /^[-+]?(?:(\d+)\.?(\d*)|\.(\d+))(?:e([-+]?\d{1,3}))?$/i.exec(text);
  if (!parts) return null;
  const [, whole = "", decimals = "", bare = "", exponent = "0"] = parts;
  const places = (decimals || bare).length - Number(exponent);
  const digits = `${whole}${decimals}${bare}`.replace(/^0+/, "").length;
  return { number: Number(text), digits, unit: 10 ** -places };
}
