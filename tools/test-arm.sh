#!/usr/bin/env bash
# Installs the package of each architecture (amd64, arm64, armhf) with dpkg in a Debian of that architecture, under qemu where it is not this
# machine's, and does to it what a shop does. The Debians are unpacked once, under build/arm; namespaces of their own, so root is needed.
# Half an hour. TREES="armhf-bookworm" takes one alone; BUILT=1 takes the packages in build/. Arguments go to pytest.
set -euo pipefail
cd "$(dirname "$0")/.."
export PY=${PY:-.venv/bin/python}
export TREES=${TREES:-amd64-bookworm arm64-bookworm armhf-bookworm arm64-trixie armhf-trixie armhf-testing}
packages=(base-files base-passwd bash dash coreutils dpkg diffutils libc-bin sed grep findutils tar mawk passwd debianutils util-linux
    python3 ca-certificates hostname systemd procps tzdata)
if [ "$(id -u)" -eq 0 ]; then
    for tree in $TREES; do
        [ -x "build/arm/$tree/usr/bin/python3" ] || ARCH=${tree%-*} bash tools/debian-tree.sh "${tree#*-}" "$PWD/build/arm/$tree" "${packages[@]}"
        [ "${tree%-*}" = "$(dpkg --print-architecture)" ] || bash tools/qemu.sh >/dev/null
    done
    [ -n "${BUILT:-}" ] || for arch in $(printf '%s\n' $TREES | sed 's/-.*//' | sort -u); do
        ARCH=$arch bash tools/package.sh
    done
fi
exec bash tools/test.sh --timeout=1800 tests/arm "$@"
