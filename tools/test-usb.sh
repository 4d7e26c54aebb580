#!/usr/bin/env bash
# Boots Debian's kernel in an emulated machine and plugs serial devices in and out of it. Takes about three minutes; needs no root
# once the programs are there. The kernel is unpacked under build/, nothing of it is installed. Arguments go to pytest.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/packages.sh
export PATH=$PATH:/usr/sbin:/sbin
kernel=build/usb-kernel

missing=()
while read -r program package; do
    command -v "$program" >/dev/null || missing+=("$package")
done <<'LIST'
qemu-system-x86_64 qemu-system-x86
busybox busybox-static
setpriv util-linux
LIST
if [ ${#missing[@]} -gt 0 ]; then
    if [ "$(id -u)" -eq 0 ]; then
        install_debian "${missing[@]}"
    else
        echo "note: not root, so nothing is installed; missing: ${missing[*]}"
    fi
fi

stock_kernel() { # linux-image-amd64 is an empty package that depends on the kernel of the day
    apt-cache depends linux-image-amd64 | sed -n 's/.*Depends: \(linux-image-[0-9].*\)/\1/p' | head -n 1
}

fetch_kernel() {
    local work package root=()
    if [ "$(id -u)" -eq 0 ]; then
        root=(-o APT::Sandbox::User=root)
    fi
    work=$(mktemp -d "$PWD/build/usb-kernel.XXXXXX")
    trap 'rm -rf "$work"' RETURN
    package=$(stock_kernel)
    echo "unpacking $package into $kernel"
    if ! (cd "$work" && quietly apt-get "${root[@]}" download "$package"); then
        [ "$(id -u)" -eq 0 ] || return 1
        quietly apt-get update -q
        package=$(stock_kernel)
        (cd "$work" && quietly apt-get "${root[@]}" download "$package") || return 1
    fi
    mkdir "$work/tree"
    dpkg-deb --fsys-tarfile "$work"/*.deb |
        tar -x -C "$work/tree" --wildcards './boot/vmlinuz-*' '*/kernel/drivers/usb/*' || return 1
    rm -rf "$kernel"
    mv "$work/tree" "$kernel"
}

if ! [ -d "$kernel" ]; then
    if command -v apt-get >/dev/null; then
        mkdir -p build
        fetch_kernel || echo "note: Debian's kernel could not be had" >&2
    else
        echo "note: no apt-get here, so Debian's kernel cannot be had" >&2
    fi
fi
exec "$(realpath --no-symlinks "${PY:-.venv/bin/python}")" -m pytest -rs tests/usb "$@"
