/* Formulas in the places that Sphinx marks for MathJax, by KaTeX. */
for (const place of document.querySelectorAll(".math, .output")) {
  renderMathInElement(place, {
    delimiters: [
      { left: "\\[", right: "\\]", display: true },
      { left: "\\(", right: "\\)", display: false },
      { left: "$$", right: "$$", display: true },
    ],
    throwOnError: false,
    strict: false, // names of nodes may hold any letter
  });
}
