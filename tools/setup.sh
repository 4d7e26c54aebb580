#!/usr/bin/env bash
# Makes the virtual environment (first argument) with the pinned packages and the project itself, editable.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/packages.sh
venv=${1:-.venv}

find_python() {
    local candidate
    for candidate in /usr/bin/python3 python3 python3.14 python3.13 python3.12 python3.11; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    return 1
}

if ! python=$(find_python); then
    install_debian python3 python3-venv
    python=$(find_python) || {
        echo "error: no Python of 3.11 or later was found" >&2
        exit 1
    }
fi
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    if [ "$python" = /usr/bin/python3 ]; then
        install_debian python3-venv
    else
        echo "error: $python has no module ensurepip or venv; install them, or Debian's python3 and python3-venv" >&2
        exit 1
    fi
fi

echo "making $venv with $("$python" --version)"
quietly "$python" -m venv --clear "$venv"
export PIP_DISABLE_PIP_VERSION_CHECK=1
quietly "$venv/bin/python" -m pip install --quiet --require-hashes --no-deps --requirement requirements-dev.txt
quietly "$venv/bin/python" -m pip install --quiet --no-deps --no-build-isolation --editable .
echo "ready: $venv/bin/posdiag"
