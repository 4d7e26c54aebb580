#!/usr/bin/env bash
# debian-tree.sh SUITE FOLDER PACKAGE...: unpacks these packages of Debian's SUITE, with all that they need, into FOLDER; nothing is installed,
# and no script of theirs is run. The mirror is this machine's.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/packages.sh
suite=$1 folder=$2
shift 2

work=$(mktemp -d "$PWD/build/tree.XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir -p "$work"/{lists/partial,cache/archives/partial,root}
touch "$work/status"
mirror=$({ sed -n 's/^URIs: //p; s/^deb [^h]*\(http[^ ]*\) .*/\1/p' /etc/apt/sources.list.d/*.sources /etc/apt/sources.list || true; } 2>/dev/null |
    grep -v security | head -n 1)
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main" >"$work/sources.list"
apt=(apt-get -o "Dir::Etc::sourcelist=$work/sources.list" -o Dir::Etc::sourceparts=- -o "Dir::State::lists=$work/lists"
    -o "Dir::State::status=$work/status" -o "Dir::Cache=$work/cache" -o APT::Sandbox::User=root)
quietly "${apt[@]}" update
quietly "${apt[@]}" --yes --no-install-recommends --download-only install "$@"
for package in "$work"/cache/archives/*.deb; do
    dpkg -x "$package" "$work/root"
done
cd "$work/root"
for name in bin sbin lib lib64; do
    [ -e "$name" ] || [ ! -e "usr/$name" ] || ln -s "usr/$name" "$name"
done
mkdir -p dev proc sys tmp run root etc var/lib usr/sbin
cd - >/dev/null
rm -rf "$folder"
mkdir -p "$(dirname "$folder")"
mv "$work/root" "$folder"
echo "unpacked $* of $suite into $folder"
