#!/usr/bin/env bash
# wheels-armhf.sh: builds into build/wheels/armhf what no index has for armhf: wheels of msgspec (for each Python that Debian has for
# armhf) and of psutil (one for all), from their sources, which are held against their hashes in requirements.txt. Nothing of the sort is
# built twice: what is there already stays.
# The compiler is zig's, of the wheel `ziglang`, and the headers are those of Debian's libpython3.x-dev:armhf, unpacked under build/; so no
# cross-compiler is installed. A build of the same sources by the same compiler gives the same bytes, whose hashes stand in
# requirements-armhf.txt: tools/package.sh takes no others.
# --hashes: builds all of them anew and writes their hashes there, after a version or the headers changed.
set -euo pipefail
cd "$(dirname "$0")/.."
ARCH=armhf
. tools/target.sh
wheels=$PWD/build/wheels/armhf
mkdir -p "$wheels"
declare -A suites=([311]=bookworm [313]=trixie [314]=testing) # of Debian, by the Python that they have
# the instructions of every machine that Debian's armhf is for (ARMv7-A, VFPv3-D16): no division, no NEON; and glibc of Debian 10
compiler="-m ziglang cc -target arm-linux-gnueabihf.2.28 -mcpu=generic+v7a+vfp3d16-d32-neon"

work=$(mktemp -d "$PWD/build/armhf.XXXXXX")
trap 'rm -rf "$work"' EXIT

builders() {
    local of=build/builders
    if ! cmp --silent requirements-builders.txt "$of/of.txt"; then
        rm -rf "$of"
        quietly "$python" -m pip install --quiet --require-hashes --no-deps --only-binary=:all: --target "$of" \
            --requirement requirements-builders.txt
        cp requirements-builders.txt "$of/of.txt"
    fi
}

headers() { # 311: $headers, with what the Python of that version is compiled against on armhf
    local suite=${suites[$1]} version=3.${1#3}
    headers=$PWD/build/headers/armhf-$version
    [ -e "$headers/usr/include/python$version/Python.h" ] || ARCH=armhf ALONE=1 quietly bash tools/debian-tree.sh "$suite" "$headers" "libpython$version-dev"
}

source_of() { # msgspec: its source lies in $work/msgspec
    sed -n "/^$1==/,/[^\\\\]\$/p" requirements.txt >"$work/$1.txt"
    quietly "$python" -m pip download --quiet --no-deps --require-hashes --no-binary=:all: --no-build-isolation --dest "$work/sources" \
        --requirement "$work/$1.txt"
    mkdir "$work/$1"
    tar -C "$work/$1" --strip-components 1 -xzf "$work"/sources/"$1"-*.tar.gz
}

build() { # msgspec 311 SUFFIX TAG
    headers "$2"
    [ -d "$work/$1" ] || source_of "$1"
    echo "building $1 for $4 ..."
    rm -rf "$work/$1/build" "$work/made"
    mkdir "$work/made"
    (
        cd "$work/$1"
        export CC="$python $compiler" LDSHARED="$python $compiler -shared -s" SETUPTOOLS_EXT_SUFFIX=$3 _PYTHON_HOST_PLATFORM=linux-armv7l
        export CFLAGS="-O2 -g0 -fPIC -fno-sanitize=undefined -I$headers/usr/include/python3.${2#3} -I$headers/usr/include"
        export ZIG_GLOBAL_CACHE_DIR=$work/zig ZIG_LOCAL_CACHE_DIR=$work/zig SOURCE_DATE_EPOCH=315532800 LC_ALL=C.UTF-8
        quietly "$python" -c 'import sys; from setuptools.build_meta import build_wheel; build_wheel(sys.argv[1])' "$work/made"
    )
    mkdir -p "$(folder_of "$2")"
    "$python" tools/retag.py "$work"/made/*.whl "$4" "$(folder_of "$2")" >/dev/null
}

folder_of() { # 313: where tools/package.sh looks for those of that Python
    [ "$1" = 311 ] && echo "$wheels" || echo "$wheels/$1"
}

renew=
[ "${1:-}" != --hashes ] || { renew=1 && find "$wheels" \( -name 'msgspec-*' -o -name 'psutil-*' \) -delete; }
export PYTHONPATH=$PWD/build/builders
for each in 311 "${others[@]}"; do
    version=$(sed -n 's/^msgspec==\([^ ]*\).*/\1/p' requirements.txt)
    [ -e "$(folder_of "$each")/msgspec-$version-cp$each-cp$each-linux_armv7l.whl" ] || {
        builders
        build msgspec "$each" ".cpython-$each-arm-linux-gnueabihf.so" "cp$each-cp$each-linux_armv7l"
    }
done
version=$(sed -n 's/^psutil==\([^ ]*\).*/\1/p' requirements.txt)
[ -e "$wheels/psutil-$version-cp36-abi3-linux_armv7l.whl" ] || {
    builders
    build psutil 311 .abi3.so cp36-abi3-linux_armv7l
}
if [ -n "$renew" ]; then
    sed '/^#/!d' requirements-armhf.txt >"$work/new.txt"
    for name in msgspec psutil; do
        printf '%s' "$(sed -n "s/^\($name==[^ ]*\).*/\1/p" requirements.txt)"
        find "$wheels" -name "$name-*.whl" -exec sha256sum {} + | sort | while read -r hash _; do printf ' \\\n    --hash=sha256:%s' "$hash"; done
        echo
    done >>"$work/new.txt"
    cat "$work/new.txt" >requirements-armhf.txt
fi
