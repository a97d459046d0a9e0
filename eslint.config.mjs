// The lint of the pages' JavaScript: npm run check.
import js from "@eslint/js";

// The modules that touch the document; the others are pure, and run in node too.
const onThePage = [
  "canvas",
  "elements",
  "inputs",
  "main",
  "mathml",
  "moving",
  "panel",
  "picture",
  "practice",
  "room",
  "transport",
  "widget",
];

export default [
  { ignores: [".venv/", "build/", "docs/site/", "**/*.html"] },
  js.configs.recommended,
  {
    languageOptions: {
      ecmaVersion: 2022,
      sourceType: "module",
      globals: { Intl: "readonly" },
    },
    rules: {
      "prefer-const": "error",
      "no-var": "error",
      eqeqeq: "error",
      "no-shadow": "error",
      "object-shorthand": "error",
      "max-lines": ["error", 400],
      "max-lines-per-function": ["error", 40],
      complexity: ["error", 14],
    },
  },
  {
    files: [...onThePage.map((name) => `autodiff/show/page/${name}.js`), "docs/try/*.js"],
    rules: { "no-undef": "off" }, // tsc knows the names that a browser has
  },
];
