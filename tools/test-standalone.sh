#!/usr/bin/env bash
# Runs the standalone archive in an empty root, beside musl, and as a service of each manager that Debian has, each unpacked under
# build/standalone and booted in namespaces of its own, so root is needed. BUILT=1: with the archive as it lies under build/. Arguments go to pytest.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/packages.sh
export PATH=$PATH:/usr/sbin:/sbin
if [ "$(id -u)" -ne 0 ]; then
    echo "error: run this as root: it boots machines in namespaces" >&2
    exit 1
fi
bash tools/test-packages.sh
missing=()
for each in systemd-nspawn:systemd-container musl-gcc:musl-tools; do
    command -v "${each%%:*}" >/dev/null || missing+=("${each##*:}")
done
[ ${#missing[@]} -eq 0 ] || install_debian "${missing[@]}"
mkdir -p build/standalone
while read -r name packages; do
    # shellcheck disable=SC2086
    [ -d "build/standalone/$name" ] || bash tools/debian-tree.sh bookworm "$PWD/build/standalone/$name" $packages
done <<'LIST'
python python3 busybox-static ca-certificates
openrc openrc busybox-static base-files base-passwd
runit runit runit-init busybox-static base-files base-passwd passwd dash
sysv sysvinit-core sysv-rc initscripts insserv startpar init-system-helpers passwd base-files base-passwd dash coreutils grep sed procps
busybox busybox-static musl
systemd systemd systemd-sysv dbus base-files base-passwd passwd dash coreutils grep sed login mount
LIST
# what the scripts of Debian's package do where it is installed
[ -d build/standalone/python/usr/lib/python3.11/__pycache__ ] ||
    chroot build/standalone/python /usr/bin/python3 -m compileall -q -x /test/ /usr/lib/python3.11
for arch in arm64 armhf; do # of which archives were built, emulated
    [ ! -e "$(ls build/posdiag-standalone_*_$arch.tar.xz 2>/dev/null | head -n 1)" ] || [ -d "build/standalone/shell-$arch" ] ||
        ARCH=$arch bash tools/debian-tree.sh bookworm "$PWD/build/standalone/shell-$arch" dash coreutils grep sed
done
[ -n "${BUILT:-}" ] || PY=${PY:-.venv/bin/python} bash tools/package-standalone.sh
PY=${PY:-.venv/bin/python} exec bash tools/test.sh --timeout=1200 tests/standalone "$@"
