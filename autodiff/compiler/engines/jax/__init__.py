"""The JAX engine: the program as a pure function for jit, vmap and accelerators."""
