"""Pictures of graphs by Graphviz: what is drawn, how it looks, and what renders it."""
