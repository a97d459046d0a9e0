#!/usr/bin/env bash
# jsonschema 4.26.0: once JupyterLab is installed, `import jsonschema`, and with it `import nbformat`, builds 39 Lark
# parsers and takes about ten times as long (0.15 s -> 1.5 s): every nbconvert, `jupyter execute` and Sphinx of notebooks
# pays for it at its start, though none of them ever looks at a format.
#
# Why: jupyter-events (0.12.1) needs jsonschema[format-nongpl], an extra that brings rfc3987-syntax (1.1.0). Where that
# package is there, jsonschema/_format.py imports it at once, and its module makes a parser for each of the rules of
# RFC 3987 when it is imported, all of them from the same grammar. Without the package the two formats "iri" and
# "iri-reference" go unchecked, which is all that is lost.
#
# Seen:   installed                                   Lark parsers made by `import jsonschema`
#         jsonschema                                  none: lark is not even imported
#         jsonschema[format-nongpl]                   39
#         the same, rfc3987-syntax taken away         none
#
# Usage: bash findings/jsonschema_import_grammars.sh     (needs Python >= 3.10 with venv, and PyPI)
# It exits with 0 where all three come out as above, and with 1 otherwise.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
unset PYTHONPATH
python3 -m venv "$folder/venv"
python=$folder/venv/bin/python
pip() { "$python" -m pip "$@" --quiet --disable-pip-version-check; }
cat >"$folder/count.py" <<'PYTHON'
import sys
import time

made = 0
try:
    import lark
except ImportError:
    pass
else:
    build = lark.Lark.__init__

    def counted(self, *args, **options):
        global made
        made += 1
        build(self, *args, **options)

    lark.Lark.__init__ = counted
start = time.perf_counter()
import jsonschema

print(f"import jsonschema: {time.perf_counter() - start:.2f} s", file=sys.stderr)
print(made)
PYTHON

changed=0
expect() { # parsers, what is installed
    local found
    "$python" "$folder/count.py" >/dev/null 2>&1 # once, so that all is compiled
    found=$("$python" "$folder/count.py")
    printf '%-45s %s parsers\n' "$2" "$found"
    if [ "$found" != "$1" ]; then
        echo "  expected $1"
        changed=1
    fi
}
pip install jsonschema==4.26.0
expect 0 "jsonschema"
pip install "jsonschema[format-nongpl]==4.26.0" rfc3987-syntax==1.1.0 lark==1.3.1
expect 39 "jsonschema[format-nongpl]"
pip uninstall --yes rfc3987-syntax
expect 0 "without rfc3987-syntax"
exit "$changed"
