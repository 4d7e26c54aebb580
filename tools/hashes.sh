#!/usr/bin/env bash
# Writes into each requirements file the hashes of every file of each version that stands there: after a version was changed by hand.
# The hash of a version that did not change never changes: where one does, somebody replaced a package.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/packages.sh
python=$(realpath --no-symlinks "${PY:-.venv/bin/python}")
export PIP_DISABLE_PIP_VERSION_CHECK=1

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
quietly "$python" -m pip install --quiet --require-hashes --no-deps --target "$work/lib" --requirement requirements-hashes.txt
for file in requirements.txt requirements-fleet.txt requirements-dev.txt requirements-engines.txt requirements-hashes.txt requirements-builders.txt; do
    grep -E '^[a-z0-9][a-z0-9._-]*==' "$file" | sed 's/[ \\]*$//' >"$work/wanted.txt"
    "$work/lib/bin/uv" pip compile --quiet --generate-hashes --no-deps --no-header --no-annotate --python-version 3.11 \
        "$work/wanted.txt" >"$work/pinned.txt"
    "$python" tools/hashes.py "$work/pinned.txt" <"$file" >"$work/new.txt"
    cat "$work/new.txt" >"$file"
    echo "$file: $(grep -c -- --hash= "$file") hashes"
done
