// The lint of the pages' JavaScript: npm install --no-save eslint @eslint/js && npx eslint .
import js from "@eslint/js";

const browser = [
  "Intl",
  "document",
  "window",
  "MouseEvent",
  "requestAnimationFrame",
  "setTimeout",
  "clearTimeout",
];

export default [
  { ignores: [".venv/", "docs/", "**/*.html"] },
  js.configs.recommended,
  {
    languageOptions: {
      ecmaVersion: 2022,
      sourceType: "module",
      globals: Object.fromEntries(browser.map((name) => [name, "readonly"])),
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
];
