#!/usr/bin/env bash
# Boots a Debian with systemd in a container, installs the package there with no network, and does to it what a shop does. As root;
# about a quarter of an hour. The system is made once by debootstrap, under build/: Debian 12, or SUITE=trixie, SUITE=testing.
# Arguments go to pytest; CUTS=10 for fewer power cuts.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/packages.sh
export PATH=$PATH:/usr/sbin:/sbin

if [ "$(id -u)" -ne 0 ]; then
    echo "error: run this as root: it boots a container" >&2
    exit 1
fi
missing=()
while read -r program package; do
    command -v "$program" >/dev/null || missing+=("$package")
done <<'LIST'
debootstrap debootstrap
systemd-nspawn systemd-container
nsenter util-linux
dpkg-deb dpkg
LIST
if [ ${#missing[@]} -gt 0 ]; then
    install_debian "${missing[@]}"
fi
bash tools/test-packages.sh
exec "$(realpath --no-symlinks "${PY:-.venv/bin/python}")" -m pytest -rs --timeout=1800 tests/system "$@"
