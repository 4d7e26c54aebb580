#!/usr/bin/env bash
# Builds build/posdiag-standalone_VERSION_ARCH.tar.xz: the terminal's package with Debian 12's Python, its libraries and its loader, for a
# terminal that has neither Python nor a C library of ours. ARCH, VERSION: as in tools/package.sh, whose archive it takes the program from;
# BUILT=1: as it lies there. SECURITY= (empty): without Debian's security updates, where no mirror has them; the list of versions tells.
# Nothing of another architecture is run: Debian's packages are unpacked, and bytecode is the same everywhere.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/target.sh
[ "$("$python" -c 'import sys; print(sys.version_info[:2] == (3, 11))')" = True ] || {
    echo "error: $python is not Python 3.11, of which the bytecode in the archive has to be" >&2
    exit 1
}
command -v patchelf >/dev/null || install_debian patchelf
[ -n "${BUILT:-}" ] || bash tools/package.sh

# What of Debian is inside. Each one's papers come along (tools/standalone-papers.sh).
packages=(python3.11-minimal libpython3.11-minimal libpython3.11-stdlib libc6 libgcc-s1 gcc-12-base zlib1g libexpat1 libssl3 libffi8
    libbz2-1.0 liblzma5 libuuid1 libcrypt1)
debian=build/standalone/debian-$arch # base-files has the texts of the licences that those papers name
ARCH=$arch ALONE=1 SECURITY=${SECURITY-1} bash tools/debian-tree.sh bookworm "$PWD/$debian" "${packages[@]}" base-files

work=$(mktemp -d "$PWD/build/standalone.XXXXXX")
trap 'rm -rf "$work"' EXIT
umask 022
name=posdiag-standalone_${version}_$arch
tree=$work/$name
mkdir "$tree"
tar -C "$tree" --strip-components=1 -xzf "build/posdiag_${version}_$arch.tar.gz"
find "$tree/opt/posdiag/lib/msgspec" -name '_core.cpython-*' ! -name '_core.cpython-311-*' -delete

# Python: its program, its library as bytecode without sources, docstrings and what nothing here uses (packaging/standalone/left_out.txt)
inside=$tree/opt/posdiag/python
mkdir -p "$inside"/{bin,lib}
cp "$debian/usr/bin/python3.11" "$inside/bin/python3"
"$python" -ISB -X no_debug_ranges packaging/standalone/library.py "$debian/usr/lib/python3.11" "$inside/lib/python3.11"
"$python" -ISB -X no_debug_ranges packaging/compile.py "$tree/opt/posdiag/lib" --root "$tree"

# what these programs and libraries ask for, and what glibc opens by itself when a thread ends
needed() { xargs -0 readelf -d 2>/dev/null | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | sort -u; }
place() { find "$debian"/usr/lib "$debian"/lib/ -name "$1" -print -quit; }
loader=$(basename "$(readelf -lW "$inside/bin/python3" | sed -n 's/.*interpreter: \(.*\)\]/\1/p')")
wanted=("$loader" libgcc_s.so.1)
while [ ${#wanted[@]} -gt 0 ]; do
    for each in "${wanted[@]}"; do
        from=$(place "$each")
        [ -n "$from" ] || {
            echo "error: no package of ${packages[*]} has $each" >&2
            exit 1
        }
        cp -L "$from" "$inside/lib/$each"
        chmod 755 "$inside/lib/$each"
    done
    mapfile -t wanted < <(find "$inside" "$tree/opt/posdiag/lib" \( -name '*.so' -o -name '*.so.*' -o -name python3 \) -print0 | needed |
        while read -r each; do [ -e "$inside/lib/$each" ] || echo "$each"; done)
done
ln -s "$loader" "$inside/lib/ld.so"
# The kernel finds loader and libraries by itself, so that no shell stands before the program. RPATH, not RUNPATH: it holds for what
# libraries ask for too, and no library of the terminal's own comes first.
patchelf --set-interpreter /opt/posdiag/python/lib/ld.so --force-rpath --set-rpath /opt/posdiag/python/lib "$inside/bin/python3"

install -m 755 packaging/standalone/anywhere "$inside/bin/anywhere"
install -m 755 packaging/standalone/posdiag "$tree/opt/posdiag/bin/posdiag"
sed -i '1s,^#!/usr/bin/python3 ,#!/opt/posdiag/python/bin/python3 ,' "$tree/opt/posdiag/bin/posdiag-service"
install -m 755 packaging/standalone/try.sh "$tree/try.sh"
rm "$tree"/opt/posdiag/share/{compile,library}.py # what there was to compile is compiled
bash tools/standalone-papers.sh "$debian" "$tree" "${packages[@]}"

size=$(du -k -s --apparent-size "$tree" | cut -f 1)
find "$tree" -exec touch --no-dereference --date="@${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}" {} +
tar -C "$work" --owner=0 --group=0 --numeric-owner --sort=name -cf - "$name" | xz --check=crc32 --lzma2=preset=9e,dict=16MiB >"$work/made.tar.xz"
mv "$work/made.tar.xz" "build/$name.tar.xz"
echo "made build/$name.tar.xz ($(($(stat -c %s "build/$name.tar.xz") / 1024)) KiB; installed $((size / 1024)) MiB)"
