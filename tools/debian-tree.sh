#!/usr/bin/env bash
# debian-tree.sh SUITE FOLDER PACKAGE...: unpacks these packages of Debian's SUITE, with all that they need, into FOLDER; nothing is installed,
# and no script of theirs is run. The mirror is this machine's.
# ARCH: of which architecture, where not this machine's. ALONE=1: without what they need.
# SECURITY=1: with the suite's security updates, for what goes into a product.
# A dpkg in the tree knows what is there; its users are those that every Debian begins with, where base-passwd is among the packages.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/packages.sh
suite=$1 folder=$2 arch=${ARCH:-$(dpkg --print-architecture)}
shift 2

mkdir -p build
work=$(mktemp -d "$PWD/build/tree.XXXXXX")
trap 'rm -rf "$work"' EXIT
root=$work/root
mkdir -p "$work"/{lists/partial,cache/archives/partial} "$root"/{dev,proc,sys,tmp,run,root,etc,usr/bin,usr/sbin,usr/lib,var/lib/dpkg/info}
touch "$work/status" "$root/var/lib/dpkg/status"
for name in bin sbin lib; do
    ln -s "usr/$name" "$root/$name"
done
[ "$arch" != amd64 ] || { mkdir "$root/usr/lib64" && ln -s usr/lib64 "$root/lib64"; }
mirror=$({ sed -n 's/^URIs: //p; s/^deb [^h]*\(http[^ ]*\) .*/\1/p' /etc/apt/sources.list.d/*.sources /etc/apt/sources.list || true; } 2>/dev/null |
    grep -v security | head -n 1)
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main" >"$work/sources.list"
if [ -n "${SECURITY:-}" ]; then
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror-security $suite-security main" >>"$work/sources.list"
fi
apt=(apt-get -o "Dir::Etc::sourcelist=$work/sources.list" -o Dir::Etc::sourceparts=- -o "Dir::State::lists=$work/lists"
    -o "Dir::State::status=$work/status" -o "Dir::Cache=$work/cache" -o APT::Sandbox::User=root
    -o "APT::Architecture=$arch" -o "APT::Architectures::=$arch")
quietly "${apt[@]}" update
if [ -n "${ALONE:-}" ]; then
    (cd "$work/cache/archives" && quietly "${apt[@]}" download "$@")
else
    quietly "${apt[@]}" --yes --no-install-recommends --download-only install "$@"
fi
for package in "$work"/cache/archives/*.deb; do
    dpkg-deb --fsys-tarfile "$package" >"$work/files.tar"
    tar -C "$root" --keep-directory-symlink -xpf "$work/files.tar"
    name=$(dpkg-deb --field "$package" Package)
    [ "$(dpkg-deb --field "$package" Multi-Arch)" != same ] || name=$name:$arch
    tar -tf "$work/files.tar" | sed 's,^\.,,; s,^/$,/.,; s,\(.\)/$,\1,' >"$root/var/lib/dpkg/info/$name.list"
    { dpkg-deb --field "$package" | sed '/^Package:/a Status: install ok installed' && echo; } >>"$root/var/lib/dpkg/status"
done
for file in passwd group; do
    [ -e "$root/etc/$file" ] || [ ! -e "$root/usr/share/base-passwd/$file.master" ] ||
        cp "$root/usr/share/base-passwd/$file.master" "$root/etc/$file"
done
rm -rf "$folder"
mkdir -p "$(dirname "$folder")"
mv "$root" "$folder"
echo "unpacked $* of $suite ($arch) into $folder"
