#!/usr/bin/env bash
# Looks into a real adbd through a real adb server, both Debian's of trixie, unpacked under build/adb and installed nowhere; in namespaces of
# their own, so root is needed. Arguments go to pytest.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/packages.sh
tree=$PWD/build/adb
arch=$(dpkg --print-architecture)

fetch_tree() {
    local work apt mirror
    work=$(mktemp -d "$PWD/build/adb.XXXXXX")
    trap 'rm -rf "$work"' RETURN
    mkdir -p "$work"/{lists/partial,cache/archives/partial} "$work/root"
    touch "$work/status"
    mirror=$({ sed -n 's/^URIs: //p; s/^deb [^h]*\(http[^ ]*\) .*/\1/p' /etc/apt/sources.list.d/*.sources /etc/apt/sources.list || true; } 2>/dev/null |
        grep -v security | head -n 1)
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror trixie main" >"$work/sources.list"
    apt=(apt-get -o "Dir::Etc::sourcelist=$work/sources.list" -o Dir::Etc::sourceparts=- -o "Dir::State::lists=$work/lists"
        -o "Dir::State::status=$work/status" -o "Dir::Cache=$work/cache" -o APT::Sandbox::User=root -o "APT::Architecture=$arch")
    quietly "${apt[@]}" update
    quietly "${apt[@]}" --yes --no-install-recommends --download-only install adbd adb busybox-static
    for package in "$work"/cache/archives/*.deb; do
        dpkg -x "$package" "$work/root"
    done
    (cd "$work/root" && ln -sfn usr/lib lib && ln -sfn usr/lib64 lib64 && ln -sfn usr/bin bin && ln -sfn usr/sbin sbin &&
        mkdir -p dev proc tmp root run var answers data usr/sbin)
    rm -rf "$tree"
    mv "$work/root" "$tree"
    echo "unpacked adbd and adb of trixie into $tree"
}

if [ "$(id -u)" -eq 0 ] && [ ! -x "$tree/usr/bin/adb" ]; then
    mkdir -p build
    fetch_tree
fi
PY=${PY:-.venv/bin/python} exec bash tools/test.sh tests/adb "$@"
