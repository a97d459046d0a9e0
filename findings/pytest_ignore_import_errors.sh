#!/usr/bin/env bash
# pytest 9.2.0: --doctest-modules --doctest-ignore-import-errors --import-mode=importlib hides a test module that
# cannot be imported. It is reported as one skip, none of its tests is run, and pytest exits with 0.
#
# Why: both the doctest collector and the Python collector import the file. The first import fails with ImportError,
# which --doctest-ignore-import-errors turns into a skip; but _import_module_using_spec (_pytest/pathlib.py) has put
# the module into sys.modules before it ran it, and leaves it there. The second collector finds that half-made module
# and takes it as it is: without tests, without an error. Each option alone is right: without ignoring, the first
# import is an error; with --import-mode=prepend, Python's own import takes a failed module away again.
#
# Seen:   options                                                           exit   output
#         --doctest-modules --doctest-ignore-import-errors, importlib       0      1 passed, 1 skipped
#         --doctest-modules --doctest-ignore-import-errors, prepend         2      1 skipped, 1 error
#         --doctest-modules, importlib                                      2      1 error
#
# Usage: bash findings/pytest_ignore_import_errors.sh     (needs Python >= 3.10 with venv, and PyPI)
# It exits with 0 where all three come out as above, and with 1 otherwise.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
unset PYTEST_ADDOPTS PYTHONPATH
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check pytest==9.2.0
mkdir "$folder/tests"
cd "$folder/tests"
printf 'def test_fine():\n    pass\n' >test_fine.py
printf 'from os import no_such_name\n\n\ndef test_that_must_fail():\n    assert False\n' >test_broken.py
touch pytest.ini

"$folder/venv/bin/python" -m pytest --version
changed=0
expect() { # exit status, last line, options
    local status=0 output last
    output=$("$folder/venv/bin/python" -m pytest -q -p no:cacheprovider "${@:3}" 2>&1) || status=$?
    last=$(tail -n 1 <<<"$output" | sed 's/ in [0-9.]*s.*//')
    printf 'exit %d: %-22s %s\n' "$status" "$last" "${*:3}"
    if [ "$status" != "$1" ] || [ "$last" != "$2" ]; then
        echo "  expected exit $1: $2"
        changed=1
    fi
}
expect 0 "1 passed, 1 skipped" --doctest-modules --doctest-ignore-import-errors --import-mode=importlib
expect 2 "1 skipped, 1 error" --doctest-modules --doctest-ignore-import-errors --import-mode=prepend
expect 2 "1 error" --doctest-modules --import-mode=importlib
exit "$changed"
