#!/usr/bin/env bash
# package-deb.sh TREE VERSION ARCH FOLDER: builds FOLDER/posdiag_VERSION_ARCH.deb of what lies in TREE.
set -euo pipefail
cd "$(dirname "$0")/.."
tree=$(realpath "$1") version=$2 arch=$3 folder=$4
umask 022

size=$(du -k -s --apparent-size "$tree" | cut -f 1)
mkdir "$tree/DEBIAN"
sed -e "s/@VERSION@/$version/; s/@ARCH@/$arch/; s/@SIZE@/$size/" packaging/debian/control >"$tree/DEBIAN/control"
echo /etc/posdiag/agent.toml >"$tree/DEBIAN/conffiles"
install -m 644 packaging/debian/triggers "$tree/DEBIAN/triggers"
for script in postinst prerm postrm; do
    install -m 755 "packaging/debian/$script" "$tree/DEBIAN/$script"
done
(cd "$tree" && find opt usr etc -type f -print0 | sort -z | xargs -0 md5sum >DEBIAN/md5sums)
dpkg-deb --root-owner-group --build -Zxz "$tree" "$folder" >/dev/null
