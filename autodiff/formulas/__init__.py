"""Formulas that were typed, as graphs and functions."""
