"""Compile: scalar code at the speed of arrays. A function is traced once, and its graph becomes a program."""
