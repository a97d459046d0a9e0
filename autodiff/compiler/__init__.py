"""Compile: scalar code at the speed of arrays. A function is traced once, and its graph becomes a program.

The way of a call, from file to file, is an order to read in:

1. `function`, `compiled` and `call`: `compile`, what it returns, and one call of that. `descriptor` makes it a
   method of objects.
2. `lowering`: from function and arguments to a program and its engine, each made only once.
3. `front`: `binding` gives the arguments their names, `arguments` takes them apart, and `trace` runs the function on
   `traced` Values, whose `operators` write on a `tape`; `parameters` are the Values that it met on the way.
4. `flat`: the graph as arrays, in `data`. `passes` simplify it, `grouping` finds what can be computed at once;
   `places` say where its numbers stand.
5. `engines`: `choice` says which one runs it.

   - `numpy`: one array call a group. `numpy_engine` runs `groups`, of which `dense` is one, and as a `chain` those
     that are tiny; `arrays` is the world of their rows, `masks` what a sweep looks at where it meets 0 · ∞.
   - `llvm`: machine code. `pieces` writes it from the rows of the rules, one for each kind of operation; `machine` has
     LLVM translate it, and whole programs that run over arrays in place; `llvm_engine` makes the records that say
     what the pieces are applied to.
   - `jax`: a pure function, in `jax_engine`. `rows` are the rows of the rules, `ways` what counts in
     their sweeps, `loop` runs very many groups.

Beside that way: where Values take part the results are `lazy` nodes, whose derivatives are nodes too if they are
`nested`. `program` is what users hold, the flat form with methods to print, draw and save it. `words` has what
these print and draw, `flat.files` and `flat.validity` save and check. `warned` is what a call warns of: `culprit` finds
where it left the finite numbers, `at_kinks` where it has kinks, and `kink_program` tells whether numbers lie at one.
"""
