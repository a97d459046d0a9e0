"""Front: a function runs on stand-ins for its arguments, and what it does is written down on a tape."""
