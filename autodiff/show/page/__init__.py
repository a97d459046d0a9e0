"""The interactive page: its sources (HTML, CSS, JavaScript) and what Python prepares for them."""
