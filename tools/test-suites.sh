#!/usr/bin/env bash
# Runs the suite (all that `make test` runs) on the other Pythons that posdiag is for, each with the pinned packages in an environment of its
# own under build/suites: 3.13 of Debian 13 and 3.14 of testing, unpacked there, and 3.12, which no Debian has, where this machine has one.
# VERSIONS="3.14" takes one alone; arguments go to pytest.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/packages.sh
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
suites=$PWD/build/suites
mkdir -p "$suites"

# A Python of a newer Debian than this machine's: it is told where its own C library lies. What it starts (ip, nft, nginx) is this machine's.
of_debian() { # VERSION SUITE
    local root=$suites/python-$1
    python=$root/usr/bin/python$1
    [ ! -e "$root.ready" ] || return 0
    command -v patchelf >/dev/null || install_debian patchelf
    bash tools/debian-tree.sh "$2" "$root" "python$1" "python$1-venv"
    patchelf --set-interpreter "$(echo "$root"/usr/lib*/ld-linux-*.so.*)" --force-rpath --set-rpath "$(echo "$root"/usr/lib/*-linux-gnu*)" "$python"
    "$python" -m compileall -q "$root/usr/lib/python$1" >/dev/null || true # as its installation would; what it has for tests may not compile
    touch "$root.ready"
}

# Some tests run posdiag as an ordinary user: a Python in a place closed to them (such as /root) is copied.
of_this_machine() { # VERSION
    local root=$suites/python-$1 found base
    for found in $(type -aP "python$1") "${PYENV_ROOT:-$HOME/.pyenv}/versions/$1".*/bin/"python$1"; do
        base=$("$found" -c 'import sys; print(sys.base_prefix)' 2>/dev/null) || continue
        python=$base/bin/python$1
        if [ "$(id -u)" -eq 0 ] && ! setpriv --reuid=65534 --regid=65534 --clear-groups test -x "$python"; then
            python=$root/bin/python$1
            [ ! -e "$root.ready" ] || return 0
            command -v patchelf >/dev/null || install_debian patchelf
            rm -rf "$root"
            cp -a "$base" "$root" && patchelf --force-rpath --set-rpath "$root/lib" "$python" && touch "$root.ready" || exit 1
        fi
        return 0
    done
    return 1
}

environment() { # VERSION: with the pinned packages, made anew when these change
    local venv=$suites/$1 pip
    if cat requirements*.txt | cmp --silent - "$venv/of.txt"; then
        return
    fi
    echo "making $venv with $("$python" --version)"
    rm -rf "$venv"
    quietly "$python" -m venv --without-pip "$venv"
    # Debian's pip lies apart from its Python, any other's in it
    pip=$(find "${python%/bin/*}" -path '*/share/python-wheels/pip-*.whl' -o -path '*/ensurepip/_bundled/pip-*.whl' | head -n 1)
    "$python" -m zipfile --extract "$pip" "$venv/lib/python$1/site-packages"
    quietly "$venv/bin/python" -m pip install --quiet --require-hashes --no-deps --requirement requirements-dev.txt
    quietly "$venv/bin/python" -m pip install --quiet --no-deps --no-build-isolation --editable .
    cat requirements*.txt >"$venv/of.txt"
}

status=0 said=()
for version in ${VERSIONS:-3.12 3.13 3.14}; do
    case $version in
    3.13) of_debian 3.13 trixie ;;
    3.14) of_debian 3.14 testing ;;
    *) of_this_machine "$version" || {
        said+=("$version: not tried, as this machine has none")
        continue
    } ;;
    esac
    environment "$version"
    if PY=$suites/$version/bin/python bash tools/test.sh "$@"; then
        said+=("$("$python" --version): passed")
    else
        said+=("$("$python" --version): FAILED")
        status=1
    fi
done
printf '%s\n' "${said[@]}"
exit $status
