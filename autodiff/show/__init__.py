"""Showing a computation graph: pictures, and the names that its nodes have in them."""
