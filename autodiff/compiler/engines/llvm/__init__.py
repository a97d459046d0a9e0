"""The LLVM engine: a piece of machine code for each kind of operation, made from the rows of the table."""
