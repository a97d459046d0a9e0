"""The Numba engine: one compiled loop over all groups."""
