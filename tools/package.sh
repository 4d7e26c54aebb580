#!/usr/bin/env bash
# Builds build/posdiag_VERSION_ARCH.deb and the same as a .tar.gz with install.sh, for every Python from 3.11 to 3.14 (on armhf but for
# 3.12), without the fleet's part (tools/package-fleet.sh).
# ARCH: amd64 (default: this machine's), arm64 or armhf. VERSION: default the project's own. The wheels of other packages are
# fetched once, kept under build/wheels/ and held against the hashes in requirements.txt; for armhf, two are built (tools/wheels-armhf.sh).
# Bytecode is made where it is installed (packaging/compile.py).
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/target.sh

wheels=build/wheels/$arch
with_built_wheels
REQUIREMENTS=$requirements bash tools/wheels.sh "$wheels" "${target[@]}" || {
    echo "error: no posdiag for $arch: it needs wheels for Python 3.11 on $machine" >&2
    echo "note: one made on such a machine (pip wheel NAME==VERSION) and put into $wheels is taken," \
        "once its hash (pip hash) stands in requirements.txt" >&2
    [ "$arch" != armhf ] || echo "note: those of msgspec and psutil are built; where the compiler or Debian's headers changed, so do their" \
        "hashes: bash tools/wheels-armhf.sh --hashes" >&2
    exit 1
}

work=$(mktemp -d "$PWD/build/package.XXXXXX")
trap 'rm -rf "$work"' EXIT
umask 022
tree=$work/posdiag_${version}_$arch
lib=$tree/opt/posdiag/lib
mkdir -p "$lib"
lay_wheels "$lib" "${target[@]}" --find-links "$wheels" --requirement "$requirements"
grep -v '^#' packaging/left_out.txt | while read -r part; do
    rm -r "$lib/$part"
done
# what is compiled in pure Python's stead, for one Python alone
rm -r "$lib"/charset_normalizer/*.so "$lib"/markupsafe/_speedups*
sed -n '/^msgspec==/,/[^\\]$/p' "$requirements" >"$work/msgspec.txt"
for other in "${others[@]}"; do # its compiled part lies beside that of 3.11, under the name that each Python looks for
    for_other "$other"
    REQUIREMENTS=$work/msgspec.txt bash tools/wheels.sh "$wheels/$other" "${for_other[@]}"
    lay_wheels "$work/$other" "${for_other[@]}" --find-links "$wheels/$other" --requirement "$work/msgspec.txt"
    cp "$work/$other"/msgspec/_core.cpython-"$other"-*.so "$lib/msgspec/"
done
strip_compiled "$lib"
lay_own "$lib"
fleet_parts "$lib" | xargs rm -rf

bash tools/package-tree.sh "$tree"

size=$(du -k -s --apparent-size "$tree" | cut -f 1)
cp install.sh "$work/install.sh"
tar -C "$work" --owner=0 --group=0 --transform "s,^install.sh,posdiag_${version}_$arch/install.sh," -czf "$tree.tar.gz" \
    "posdiag_${version}_$arch" install.sh

bash tools/package-deb.sh "$tree" "$version" "$arch" "$work"
mv "$work"/*.deb "$work"/*.tar.gz build/
for made in "build/posdiag_${version}_$arch.deb" "build/posdiag_${version}_$arch.tar.gz"; do
    echo "made $made ($(($(stat -c %s "$made") / 1024)) KiB; installed $((size / 1024)) MiB)"
done
