"""Words: programs printed and drawn for people."""
