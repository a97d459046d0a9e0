"""The page's modules that touch no document, tested by node's own test runner."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

TESTS = sorted(Path(__file__).parent.glob("*.test.mjs"))


@pytest.mark.node
@pytest.mark.skipif(shutil.which("node") is None, reason="needs the program node")
def test_the_modules_pass_their_own_tests() -> None:
    run = subprocess.run(["node", "--test", *TESTS], capture_output=True, text=True, timeout=60)

    assert run.returncode == 0, run.stdout
