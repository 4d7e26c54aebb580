#!/usr/bin/env bash
# Looks into a real adbd through a real adb server, both Debian's of trixie, unpacked under build/adb and installed nowhere; in namespaces of
# their own, so root is needed. Arguments go to pytest.
set -euo pipefail
cd "$(dirname "$0")/.."
tree=$PWD/build/adb

if [ "$(id -u)" -eq 0 ] && [ ! -x "$tree/usr/bin/adb" ]; then
    mkdir -p build
    bash tools/debian-tree.sh trixie "$tree" adbd adb busybox-static
    mkdir -p "$tree/answers" "$tree/data"
fi
PY=${PY:-.venv/bin/python} exec bash tools/test.sh tests/adb "$@"
