"""Mutation score: how many small faults, put into the source one at a time, the tests notice.

Usage: python tests/mutation/run.py                       (needs the extra `mutation`, and a system that can fork)
       python tests/mutation/run.py --sample 300 --seed 1  a random choice of the mutants
       python tests/mutation/run.py autodiff/node.py       the mutants of some files

Cosmic Ray makes the mutants. Each is tried in a process of its own, in a copy of the repository, by the tests that
are about its file. The surviving ones are printed, and the score must be at least MINIMUM; the mutants in
equivalent.txt change nothing that can be seen and are left out.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import multiprocessing
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MINIMUM = 0.97
ROOT = Path(__file__).resolve().parents[2]
EQUIVALENT = Path(__file__).with_name("equivalent.txt")
SECONDS = 60  # of a core, for the tests of one mutant, which may never end

CALCULUS = (
    "tests/autodiff/calculus/test_second.py tests/autodiff/calculus/test_checking.py tests/autodiff/calculus"
)
KINKS = "tests/autodiff/guards/test_kinks.py"
NUMBERS = "tests/autodiff/test_value.py tests/autodiff/test_data.py"
RULES = "tests/autodiff/rules"
ROWS = f"tests/test_from_rows.py tests/autodiff/test_operations.py {RULES}/test_worlds.py {RULES}/test_rule.py {RULES}"
FLAT = "tests/autodiff/compiler/flat"
EDGES = "tests/autodiff/compiler/engines/test_edges.py"
ENGINES = "tests/autodiff/compiler/engines/test_engines.py"
TESTS = {  # the files to mutate, and what to test them with, the nearest first; the first pattern counts
    "autodiff/node.py": f"autodiff/node.py {NUMBERS} tests/autodiff/test_graph.py {CALCULUS} tests/autodiff/guards",
    "autodiff/value.py": f"autodiff/value.py {NUMBERS} tests/autodiff/guards {CALCULUS}",
    "autodiff/number.py": f"autodiff/number.py tests/autodiff/test_number.py {NUMBERS}",
    "autodiff/graph.py": "autodiff/graph.py tests/autodiff/test_graph.py tests/autodiff/test_value.py",
    "autodiff/operations.py": f"{NUMBERS} {ROWS} {CALCULUS} tests/autodiff/matrix",
    "autodiff/rules/accuracy.py": f"{RULES}/test_accuracy.py",
    "autodiff/rules/*.py": f"{ROWS} autodiff/rules {NUMBERS} {CALCULUS} tests/autodiff/writing {EDGES}",
    "autodiff/calculus/*.py": f"autodiff/calculus {CALCULUS} {KINKS} {NUMBERS}",
    "autodiff/compiler/flat/passes.py": f"{FLAT}/test_passes.py {FLAT} {ENGINES}",
    "autodiff/compiler/flat/grouping.py": f"{FLAT}/test_grouping.py {FLAT} {ENGINES}",
    "autodiff/compiler/flat/places.py": f"{FLAT}/test_places.py {FLAT} {ENGINES}",
    "nn/losses/*.py": "nn/losses tests/nn/losses tests/nn/test_nn.py",
    "nn/optim/*.py": "nn/optim tests/nn/optim tests/nn/test_updates.py",
    "nn/updates.py": "nn/updates.py tests/nn/test_updates.py tests/nn/optim",
}
KINDS = (  # of Cosmic Ray's operators: one or two faults at a place, not all that can be had
    *("AddNot", "NumberReplacer", "RemoveDecorator", "ZeroIterationForLoop"),
    *("ReplaceTrueWithFalse", "ReplaceFalseWithTrue", "ReplaceAndWithOr", "ReplaceOrWithAnd"),
    *("ReplaceBreakWithContinue", "ReplaceContinueWithBreak"),
    *(f"ReplaceBinaryOperator_{kinds}" for kinds in ("Add_Sub", "Sub_Add", "Mul_Div", "Div_Mul", "Pow_Mul")),
    *(f"ReplaceBinaryOperator_{kinds}" for kinds in ("FloorDiv_Div", "Mod_FloorDiv", "BitAnd_BitOr")),
    *(f"ReplaceComparisonOperator_{kinds}" for kinds in ("Eq_NotEq", "NotEq_Eq", "Is_IsNot", "IsNot_Is")),
    *(f"ReplaceComparisonOperator_{kinds}" for kinds in ("Lt_LtE", "LtE_Lt", "Gt_GtE", "GtE_Gt")),
    *("ReplaceUnaryOperator_USub_UAdd", "ReplaceUnaryOperator_Delete_Not"),
)


@dataclass(frozen=True)
class Mutant:
    """A fault: the file, the lines before and after, and the whole text with it."""

    path: str
    before: str
    after: str
    text: str
    tests: str

    @property
    def name(self) -> str:
        return f"{self.path}: {self.before} -> {self.after}"


def main() -> int:
    parser = argparse.ArgumentParser(description="Mutation score of the tests.")
    parser.add_argument("files", nargs="*", help="only the mutants of these files")
    parser.add_argument("--sample", type=int, help="how many mutants, chosen at random; all if left out")
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    known = equivalents()
    every = list(all_mutants(chosen.files))
    if not chosen.files and (gone := known - {mutant.name for mutant in every}):
        sys.exit("\n".join([f"{EQUIVALENT.name} has lines that no mutant is called by:", *sorted(gone)]))
    mutants = [mutant for mutant in every if mutant.name not in known]
    if not mutants:
        parser.error(f"there is nothing to mutate in {', '.join(chosen.files)}")
    if chosen.sample is not None and chosen.sample < len(mutants):
        mutants = random.Random(chosen.seed).sample(mutants, chosen.sample)
    sources = {mutant.tests: mutant.path for mutant in mutants}  # files that share their tests need one run
    whole = [Mutant(path, "", "", (ROOT / path).read_text(), tests) for tests, path in sources.items()]
    if failing := {mutant.path for mutant, noticed in tried(whole) if noticed}:
        sys.exit(f"without any fault the tests fail that belong to {', '.join(sorted(failing))}")
    survived: Counter[str] = Counter()
    for mutant, noticed in tried(mutants):
        if not noticed:
            survived[mutant.path] += 1
            print(mutant.name, flush=True)
    for path, count in sorted(Counter(mutant.path for mutant in mutants).items()):
        print(f"{path}: {count - survived[path]} of {count}")
    score = 1 - survived.total() / len(mutants)
    print(
        f"{len(mutants) - survived.total()} of {len(mutants)} mutants were noticed: {score:.1%}", flush=True
    )
    return 0 if score >= MINIMUM else 1


def equivalents() -> set[str]:
    lines = EQUIVALENT.read_text(encoding="utf-8").splitlines()
    return {line for line in lines if line and not line.startswith("#")}


def all_mutants(files: list[str]) -> Iterator[Mutant]:
    from cosmic_ray.ast import ast_nodes, get_ast
    from cosmic_ray.mutating import mutate_code
    from cosmic_ray.plugins import get_operator

    operators = [get_operator(f"core/{kind}")() for kind in KINDS]
    seen = set[Path]()
    for pattern, tests in TESTS.items():
        for path in sorted(set(ROOT.glob(pattern)) - seen):
            seen.add(path)
            name = path.relative_to(ROOT).as_posix()
            if files and name not in files:
                continue
            text = path.read_text(encoding="utf-8")
            codes = [statement.get_code() for statement in get_ast(text).children]
            for i, code in enumerate(codes):  # each parsed alone, as every mutant takes a parse
                if code.lstrip().startswith("@overload"):  # for type checkers alone
                    continue
                nodes = list(ast_nodes(get_ast(code)))
                for operator in operators:
                    places = [place for node in nodes for place in operator.mutation_positions(node)]
                    for occurrence in range(len(places)):
                        changed = mutate_code(code, operator, occurrence)
                        if ast.dump(ast.parse(code)) == ast.dump(ast.parse(changed)):  # 1e25 is 1e25 + 1
                            continue
                        mutated = "".join([*codes[:i], changed, *codes[i + 1 :]])
                        before, after = difference(text, mutated)
                        if before.replace("*,", "/,") != after and "strict=True" not in before:
                            yield Mutant(name, before, after, mutated, tests)


def difference(text: str, mutated: str) -> tuple[str, str]:
    """The first line that differs, before and after.

    Left out above: the star before named parameters, which Cosmic Ray takes for a sign, and ``strict=True``, which
    asserts what the code around it sees to.
    """
    pairs = zip(text.splitlines(), mutated.splitlines(), strict=False)
    before, after = next(pair for pair in pairs if pair[0] != pair[1])
    return before.strip(), after.strip()


# ---------------------------------------------------------------- trying them


def tried(mutants: list[Mutant]) -> Iterator[tuple[Mutant, bool]]:
    """Try mutants on all cores; gives each with whether the tests noticed it."""
    with tempfile.TemporaryDirectory() as folder:
        folders: multiprocessing.Queue[str] = multiprocessing.Queue()
        for core in range(os.cpu_count() or 1):
            folders.put(copy_of_repository(Path(folder, str(core))))
        with multiprocessing.Pool(initializer=start, initargs=(folders,)) as pool:
            yield from pool.imap_unordered(try_one, mutants)


def copy_of_repository(target: Path) -> str:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, target / name)
    return str(target)


def start(folders: multiprocessing.Queue[str]) -> None:
    """Prepare a worker: its folder, and what the tests import besides the packages under test."""
    os.chdir(folders.get())
    sys.path.insert(0, os.getcwd())
    sys.dont_write_bytecode = True
    for module in ("graphviz", "hypothesis", "mpmath", "numpy", "pytest", "sympy", "tqdm"):
        __import__(module)


def try_one(mutant: Mutant) -> tuple[Mutant, bool]:
    """Run the tests on a mutant in a process of its own; any end but success means that they have noticed it."""
    path = Path(mutant.path)
    whole = path.read_text(encoding="utf-8")
    path.write_text(mutant.text, encoding="utf-8")
    try:
        process = os.fork()
        if process == 0:
            run_tests(mutant.tests.split())
        return mutant, os.waitpid(process, 0)[1] != 0
    finally:
        path.write_text(whole, encoding="utf-8")


def run_tests(paths: list[str]) -> None:
    """Run tests, and end this process with their status; a signal ends one that hangs."""
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    signal.alarm(10 * SECONDS)
    with open(os.devnull, "w") as nowhere, contextlib.suppress(BaseException):
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
        import pytest

        options = "-x -q -n 0 -p no:cacheprovider -p no:randomly --hypothesis-seed=0"
        hypothesis = "-W ignore::pytest.PytestAssertRewriteWarning"  # it was imported before
        for path in paths:  # one by one, as pytest has an order of its own
            if status := pytest.main([*options.split(), *hypothesis.split(), path]):
                os._exit(int(status))
        os._exit(0)
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main())
