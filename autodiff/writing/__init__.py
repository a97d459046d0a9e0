"""Writing: nodes and rows as symbols, as text, LaTeX and Python, and as straight-line code."""
