"""Engines: what runs a grouped program; a folder for each."""
