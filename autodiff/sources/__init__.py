"""Graphs and programs as source code of other languages."""
