"""`python -m autodiff EXPR name=value ...`: the value, the gradient and every path of an expression."""

import os
import sys

from autodiff.command.main import main

__all__ = ["main"]


def flushed_main() -> int | str | None:
    """Run the command line; an output that cannot be written is an error too, if a quiet one where it is a pipe."""
    try:
        try:
            return main()
        except SystemExit as exit:  # of --help
            return exit.code
        finally:
            sys.stdout.flush()
    except OSError as error:
        if not isinstance(error, BrokenPipeError):  # else the reader, such as `head`, has seen enough
            print(f"error: the output cannot be written: {error.strerror}", file=sys.stderr)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for what Python flushes at its end
        return 1


if __name__ == "__main__":
    if sys.stdout is None:
        sys.exit("error: there is no standard output to print to")
    sys.exit(flushed_main())
