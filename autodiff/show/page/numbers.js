// Numbers as people write and read them.

const MINUS = "−";

/** Write a number with so many digits; if the graph is exact, a fraction where it is one. */
export function numberText(x, digits = 6, exact = false) {
  if (x === undefined) return "?";
  if (Number.isNaN(x)) return "nan";
  if (Math.abs(x) === Infinity) return x > 0 ? "∞" : `${MINUS}∞`;
  return (exact ? fractionText(x) : decimalText(x, digits)).replaceAll("-", MINUS);
}

function decimalText(x, digits) {
  const size = Math.abs(x);
  if (x === 0) return "0";
  if (Number.isInteger(x) && size < 1e9) return String(x);
  if (size < 1e-4 || size >= 1e6) return String(Number(x.toExponential(digits - 1)).toExponential());
  return String(Number(x.toPrecision(digits)));
}

/** The fraction with a small denominator that a number is to all its digits, by continued fractions. */
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

/** Read what a user typed: 2, -0.5, 1e-3, 1/3; undefined if it is no number. */
export function readNumber(text) {
  const parts = text
    .replaceAll(MINUS, "-")
    .split("/")
    .map((part) => part.trim());
  if (parts.length > 2 || parts.some((part) => !/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(part)))
    return undefined;
  const x = parts.map(Number).reduce((numerator, denominator) => numerator / denominator);
  return Number.isFinite(x) ? x : undefined;
}
