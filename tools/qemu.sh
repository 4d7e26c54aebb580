#!/usr/bin/env bash
# qemu.sh: says where qemu's emulators of single programs are: Debian's qemu-user-static, unpacked under build/ at first; not installed.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/packages.sh
folder=$PWD/build/qemu
if [ ! -e "$folder/usr/bin/qemu-arm-static" ]; then
    mkdir -p build
    work=$(mktemp -d "$PWD/build/qemu.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    (cd "$work" && { quietly apt-get download -o APT::Sandbox::User=root qemu-user-static 2>/dev/null ||
        { quietly apt-get update && quietly apt-get download -o APT::Sandbox::User=root qemu-user-static; }; })
    dpkg --fsys-tarfile "$work"/qemu-user-static_*.deb >"$work/files.tar"
    mkdir "$work/root"
    tar -C "$work/root" -xf "$work/files.tar" --wildcards '*/qemu-arm-static' '*/qemu-aarch64-static' '*/qemu-x86_64-static' '*/copyright'
    rm -rf "$folder"
    mv "$work/root" "$folder"
fi
echo "$folder/usr/bin"
