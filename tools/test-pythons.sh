#!/usr/bin/env bash
# Runs the terminal's package on every Python that it is for and Debian has: 3.11 (this machine's or Debian 12's), 3.13 (Debian 13), 3.14
# (testing), each unpacked under build/pythons and run in namespaces of its own, so root is needed. Arguments go to pytest.
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p build/pythons
if [ "$(id -u)" -eq 0 ]; then
    for suite in bookworm trixie testing; do
        [ -x "build/pythons/$suite/usr/bin/python3" ] ||
            bash tools/debian-tree.sh "$suite" "$PWD/build/pythons/$suite" python3 busybox-static ca-certificates
    done
    [ -n "${BUILT:-}" ] || PY=${PY:-.venv/bin/python} bash tools/package.sh
fi
PY=${PY:-.venv/bin/python} exec bash tools/test.sh tests/pythons "$@"
