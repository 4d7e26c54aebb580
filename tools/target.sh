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
target=(--only-binary=:all: --implementation cp --python-version 311 --abi cp311 --abi abi3 --abi none "${tags[@]}")
others=(312 313 314) # Pythons besides 3.11 that the terminal's package is for
for_other() {        # for_other 312: $for_other says so to pip
    for_other=(--only-binary=:all: --implementation cp --python-version "$1" --abi "cp$1" "${tags[@]}")
}

# lay_wheels LIB OPTION...: installs what the options name; without other packages' scripts and manuals, and without lists of what pip laid
# there, which pip alone would read.
lay_wheels() {
    local lib=$1
    shift
    quietly "$python" -m pip install --quiet --no-deps --no-index --no-compile --require-hashes --target "$lib" "$@"
    tidy_wheels "$lib"
}
tidy_wheels() {
    rm -rf "$1/bin" "$1/share"
    find "$1" -path '*.dist-info/*' \( -name RECORD -o -name INSTALLER -o -name REQUESTED -o -name direct_url.json \) -delete
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
