#!/usr/bin/env bash
# package-deb.sh TREE VERSION ARCH FOLDER: builds the package of what lies in TREE into FOLDER.
# scripts: the directory of its control file and its scripts; conffile: the configuration that an upgrade keeps. By default posdiag's.
set -euo pipefail
cd "$(dirname "$0")/.."
tree=$(realpath "$1") version=$2 arch=$3 folder=$4
scripts=${scripts:-packaging/debian} conffile=${conffile:-/etc/posdiag/agent.toml}
umask 022

size=$(du -k -s --apparent-size "$tree" | cut -f 1)
mkdir "$tree/DEBIAN"
pythons='3.11 to 3.14' but=
[ "$arch" != armhf ] || pythons='3.11, 3.13 and 3.14' but=', python3 (<< 3.12) | python3 (>= 3.13)' # tools/target.sh says why
sed -e "s/@VERSION@/$version/g; s/@ARCH@/$arch/; s/@SIZE@/$size/; s/@PYTHONS@/$pythons/; s/@BUT@/$but/" "$scripts/control" >"$tree/DEBIAN/control"
echo "$conffile" >"$tree/DEBIAN/conffiles"
if [ -e "$scripts/triggers" ]; then
    install -m 644 "$scripts/triggers" "$tree/DEBIAN/triggers"
fi
for script in postinst prerm postrm; do
    install -m 755 "$scripts/$script" "$tree/DEBIAN/$script"
done
(cd "$tree" && find opt usr etc -type f -print0 | sort -z | xargs -0 md5sum >DEBIAN/md5sums)
# for a terminal as small as it gets, with a dictionary that holds the whole of it: 17 MiB to unpack
pressed=(-Zxz -z7 -Sextreme)
[ "$size" -lt 65536 ] || pressed=(-Zxz -z3) # a collector has room
dpkg-deb --root-owner-group --build "${pressed[@]}" "$tree" "$folder" >/dev/null
