"""Random programs at special numbers: eager against graphs of derivatives, engines and mpmath.

Usage: python -m tests.random_programs.run                              100,000 programs
       python -m tests.random_programs.run --programs 2000 --seed 7
       python -m tests.random_programs.run --engine llvm --programs 2000      (or jax, which is slow)

Prints the mismatches, each made small, and how many numbers were compared; ends with 1 if there is a mismatch that
no class in differences.py explains.
"""

from __future__ import annotations

import argparse
import contextlib
import random
import sys
import warnings
from collections import Counter

from tests.random_programs.checks import Mismatch, check, shrunk
from tests.random_programs.programs import random_program

MOST_SHOWN = 5  # of one kind


def main() -> int:
    parser = argparse.ArgumentParser(description="Random programs at special numbers.")
    parser.add_argument("--programs", type=int, default=100_000, help="how many")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--engine", choices=("numpy", "llvm", "jax"), default="numpy")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    counted, found = Counter[str](), list[Mismatch]()
    with contextlib.suppress(KeyboardInterrupt):
        found = run(options.programs, options.seed, options.engine, counted)
    for what, count in sorted(counted.items()):
        print(f"{count:>9,} {what}")
    return 1 if found else 0


def run(programs: int, seed: int, engine: str, counted: Counter[str], shown: bool = True) -> list[Mismatch]:
    """Check so many programs, and return the mismatches that nothing explains."""
    draw, found = random.Random(seed), list[Mismatch]()
    for number in range(programs):
        program = random_program(draw)
        for mismatch in check(program, engine, counted, deep=number % 20 == 0):
            kind = f"MISMATCH of {mismatch.what}"
            if shown and counted[kind] < MOST_SHOWN:
                print(f"program {number}: {shrunk(mismatch, engine)}\n", flush=True)
            counted[kind] += 1
            found.append(mismatch)
        counted["programs"] += 1
    return found


if __name__ == "__main__":
    sys.exit(main())
