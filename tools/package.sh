#!/usr/bin/env bash
# Builds build/posdiag_VERSION_ARCH.deb and the same as a .tar.gz with install.sh, for Debian 12 and its Python 3.11.
# ARCH: amd64 (default: this machine's), arm64 or armhf. VERSION: default the project's own. The wheels of other packages are
# fetched once, kept under build/wheels/ and held against the hashes in requirements.txt; nothing is compiled but bytecode.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/packages.sh
python=$(realpath --no-symlinks "${PY:-.venv/bin/python}")
arch=${ARCH:-$(dpkg --print-architecture)}
version=${VERSION:-$(sed -n 's/^__version__ = "\(.*\)"/\1/p' agent/__init__.py)}

case "$arch" in
amd64) machine=x86_64 ;;
arm64) machine=aarch64 ;;
armhf) machine=armv7l ;;
*)
    echo "error: ARCH is amd64, arm64 or armhf, not $arch" >&2
    exit 1
    ;;
esac
if ! "$python" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))'; then
    echo "error: the package is for Debian 12 and needs Python 3.11 to compile its bytecode; $python is $("$python" --version)" >&2
    exit 1
fi

# every glibc up to that of Debian 12
tags=()
for minor in 36 35 34 31 28 27 26 24 17; do
    tags+=(--platform "manylinux_2_${minor}_$machine")
done
tags+=(--platform "manylinux2014_$machine")
target=(--only-binary=:all: --implementation cp --python-version 311 --abi cp311 --abi abi3 --abi none "${tags[@]}")
wheels=build/wheels/$arch
export PIP_DISABLE_PIP_VERSION_CHECK=1
bash tools/wheels.sh "$wheels" "${target[@]}" || {
    echo "error: no posdiag for $arch: it needs wheels for Python 3.11 on $machine" >&2
    echo "note: one made on such a machine (pip wheel NAME==VERSION) and put into $wheels is taken," \
        "once its hash (pip hash) stands in requirements.txt" >&2
    exit 1
}

work=$(mktemp -d "$PWD/build/package.XXXXXX")
trap 'rm -rf "$work"' EXIT
umask 022
quietly "$python" -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir "$work/own" .
tree=$work/posdiag_${version}_$arch
lib=$tree/opt/posdiag/lib
mkdir -p "$lib"
install=(quietly "$python" -m pip install --quiet --no-deps --no-index --no-compile --target "$lib")
"${install[@]}" "${target[@]}" --find-links "$wheels" --require-hashes --requirement requirements.txt
rm -rf "$lib/bin" "$lib/share"
"${install[@]}" "$work"/own/*.whl
rm -rf "$lib/bin" "$lib/share" # scripts and manuals of other packages
find "$lib" -name '*.so' -exec strip --strip-unneeded {} + 2>/dev/null || true
quietly "$python" -X no_debug_ranges tools/compile.py --root "$tree" "$lib"

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
