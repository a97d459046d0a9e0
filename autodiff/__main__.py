"""`python -m autodiff EXPR name=value ...`: the value, the gradient and every path of an expression."""

import os
import sys

from autodiff.command.main import main

__all__ = ["main"]

if __name__ == "__main__":
    try:
        sys.exit(main())
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
