# To be sourced by what builds a package, from the checkout: sets $python, $arch (of ARCH, or this machine's), $version (of VERSION, or the
# project's own), and $target, which says to pip for which machine wheels are wanted; and what it takes to lay wheels into a tree.
# shellcheck disable=SC2034

. tools/packages.sh
python=$(realpath --no-symlinks "${PY:-.venv/bin/python}")
arch=${ARCH:-$(dpkg --print-architecture)}
version=${VERSION:-$(sed -n 's/^__version__ = "\(.*\)"/\1/p' agent/__init__.py)}
export PIP_DISABLE_PIP_VERSION_CHECK=1

case "$arch" in
amd64) machine=x86_64 ;;
arm64) machine=aarch64 ;;
armhf) machine=armv7l ;;
*)
    echo "error: ARCH is amd64, arm64 or armhf, not $arch" >&2
    exit 1
    ;;
esac

# every glibc up to that of Debian 12
tags=()
for minor in 36 35 34 31 28 27 26 24 17; do
    tags+=(--platform "manylinux_2_${minor}_$machine")
done
tags+=(--platform "manylinux2014_$machine")
[ "$arch" != armhf ] || tags+=(--platform linux_armv7l) # of tools/wheels-armhf.sh
target=(--only-binary=:all: --implementation cp --python-version 311 --abi cp311 --abi abi3 --abi none "${tags[@]}")
others=(312 313 314) # Pythons besides 3.11 that the terminal's package is for
# no Debian has 3.12, whose headers for armhf what is compiled here would need
[ "$arch" != armhf ] || others=(313 314)
requirements=requirements.txt # of the terminal's package, with the hashes that are taken on $arch
with_built_wheels() {         # for armhf: builds those that no index has, and takes them too
    [ "$arch" = armhf ] || return 0
    bash tools/wheels-armhf.sh
    requirements=build/wheels/requirements-armhf.txt
    cat requirements.txt requirements-armhf.txt >"$requirements.both"
    "$python" tools/hashes.py "$requirements.both" <requirements.txt >"$requirements"
}
for_other() { # for_other 312: $for_other says so to pip
    for_other=(--only-binary=:all: --implementation cp --python-version "$1" --abi "cp$1" "${tags[@]}")
}

# lay_wheels LIB OPTION...: installs what the options name; without other packages' scripts and manuals, what type checkers read, and lists
# of what pip laid there, which pip alone would read.
lay_wheels() {
    local lib=$1
    shift
    quietly "$python" -m pip install --quiet --no-deps --no-index --no-compile --require-hashes --target "$lib" "$@"
    tidy_wheels "$lib"
}
tidy_wheels() {
    rm -rf "$1/bin" "$1/share"
    find "$1" -path '*.dist-info/*' \( -name RECORD -o -name INSTALLER -o -name REQUESTED -o -name direct_url.json \) -delete
    find "$1" \( -name '*.pyi' -o -name py.typed \) -delete
    find "$1" -path '*.dist-info/METADATA' -exec sed -i '/^$/,$d' {} + # the README that follows what is said of the package
}
# strip_compiled LIB: without symbols, whichever machine it is for
strip_compiled() {
    local strip=(strip --strip-unneeded)
    if [ "$arch" != "$(dpkg --print-architecture)" ]; then # Debian's elfutils know every machine; binutils know this one alone
        [ -x build/elfutils/usr/bin/eu-strip ] ||
            ARCH='' ALONE=1 quietly bash tools/debian-tree.sh bookworm "$PWD/build/elfutils" elfutils libelf1 libdw1
        strip=(env "LD_LIBRARY_PATH=$(echo "$PWD"/build/elfutils/usr/lib/*-linux-gnu*)" build/elfutils/usr/bin/eu-strip --remove-comment)
    fi
    find "$1" -name '*.so' -print0 | xargs -0 --no-run-if-empty --max-args 1 "${strip[@]}"
}
lay_own() { # the project itself, into LIB; its wheel lies under $work
    quietly "$python" -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir "$work/own" .
    quietly "$python" -m pip install --quiet --no-deps --no-index --no-compile --target "$1" "$work"/own/*.whl
    tidy_wheels "$1"
}
# fleet_parts LIB: what of the project is the package posdiag-fleet's
fleet_parts() {
    echo "$1/agent/fleet"
    find "$1/agent/_data" -path '*/config/fleet' -o -path '*/systemd/*' -name 'posdiag-fleet*'
}
