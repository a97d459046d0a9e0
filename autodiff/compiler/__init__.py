"""Compile: scalar code at the speed of arrays. A function is traced once, and its graph becomes a program.

The way of a call, from file to file, is an order to read in:

1. `function` and `call`: what `compile` returns, and one call of it.
2. `lowering`: from function and arguments to a program and its engine, each made only once.
3. `arguments`, `tape` and `trace`: the function runs on stand-ins, and what it does is written down;
   `parameters` are the Values that it met on the way.
4. `program`: the flat form. `passes` simplify it, `grouping` finds what can be computed at once.
5. `engines`: which one runs it. `places` and `arrays` are what they share.

   - `numpy_engine`: one array call a group. `numpy_groups` has the groups, `numpy_chain` those that are tiny.
   - `numba_engine`: one compiled loop, which reads `numba_tables`. `numba_source` writes it from the rows of
     the rules, except what is in `numba_numbers` and `numba_samples`; `numba_modules` keeps it on disk.
   - `jax_engine`: a pure function. `jax_rows` are the rows of the table, `jax_loop` runs very many groups.

Beside that way, `listing` and `writing` print and draw programs, `files` and `validity` save and check them,
and `nonfinite` finds where a run left the finite numbers.
"""
