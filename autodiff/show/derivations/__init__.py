"""Derivations: a derivative written from the paths to the number, the sweeps row by row, what is shared."""
