r"""Letters of names as LaTeX has them, for pdflatex knows no σ, and neither it nor KaTeX an index ₁.

>>> GREEK["σ"], GREEK["Δ"], GREEK["ε"], GREEK["Α"]
('\\sigma', '\\Delta', '\\varepsilon', 'A')
"""

from __future__ import annotations

import re
import unicodedata

__all__ = ["GREEK", "plain_scripts"]


LATIN = {"ALPHA": "A", "BETA": "B", "EPSILON": "E", "ZETA": "Z", "ETA": "H", "IOTA": "I", "KAPPA": "K"}
LATIN |= {"MU": "M", "NU": "N", "OMICRON": "O", "RHO": "P", "TAU": "T", "CHI": "X"}
SMALL_DIGITS = str.maketrans("₀₁₂₃₄₅₆₇₈₉⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789" * 2)


def greek(letter: str) -> str:
    name = unicodedata.name(letter).split()
    word = name[-1].replace("LAMDA", "LAMBDA")
    if name[1] == "CAPITAL":
        return LATIN.get(word, rf"\{word.capitalize()}")
    if word == "OMICRON":
        return "o"
    return rf"\{'var' if 'FINAL' in name else ''}{word.lower()}"


GREEK = {
    letter: greek(letter)
    for letter in map(chr, range(ord("Α"), ord("ω") + 1))
    if letter.isalpha() and "WITH" not in unicodedata.name(letter)
}
GREEK |= {
    "ε": r"\varepsilon",
    "φ": r"\varphi",
    "ϵ": r"\epsilon",
    "ϕ": r"\phi",
    "ϑ": r"\vartheta",
    "ϱ": r"\varrho",
}
GREEK |= {"∂": r"\partial", "∇": r"\nabla", "∞": r"\infty", "ℓ": r"\ell"}  # and what else stands in names


def plain_scripts(name: str) -> str:
    """Write small digits as indices and exponents, and primes as apostrophes.

    >>> plain_scripts("w₁₂′"), plain_scripts("x²")
    ("w_12'", 'x^2')
    """
    name = re.sub("[₀-₉]+", lambda found: "_" + found[0].translate(SMALL_DIGITS), name)
    name = re.sub("[⁰¹²³⁴-⁹]+", lambda found: "^" + found[0].translate(SMALL_DIGITS), name)
    return name.replace("′", "'").replace("″", "''")
