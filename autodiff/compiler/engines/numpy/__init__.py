"""The NumPy engine: one array call a group."""
