"""Flat: a graph as arrays, what simplifies and groups it, and what checks it and keeps it in a file."""
