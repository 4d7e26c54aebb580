#!/usr/bin/env bash
# Runs pytest with the given arguments by the interpreter in $PY, with the programs and the rights that the tests need.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH=$PATH:/usr/sbin:/sbin
bash tools/test-packages.sh
checkout=$PWD
python=$(realpath --no-symlinks "${PY:-.venv/bin/python}")

nobody_enters() {
    setpriv --reuid=65534 --regid=65534 --clear-groups test -x "$1"
}

if [ "$(id -u)" -ne 0 ] || nobody_enters "$checkout"; then
    exec "$python" -m pytest "$@"
fi

# As root, some tests run posdiag as an ordinary user, who may not enter the place where this checkout lies (such as /root).
# A view of the file system of our own shows the checkout there, at the same path and without its closed neighbourhood.
closed=$checkout
while ! nobody_enters "$(dirname "$closed")"; do
    closed=$(dirname "$closed")
done
if [ "$closed" = "$checkout" ]; then
    echo "error: an ordinary user may not enter $checkout, and the tests need that: chmod a+rx $checkout" >&2
    exit 1
fi
exec unshare --mount --propagation private bash -euc '
    checkout=$1 closed=$2
    shift 2
    exec 9<"$checkout"
    mount -t tmpfs -o mode=755 tmpfs "$closed"
    mkdir -p "$checkout"
    mount --no-canonicalize --bind /proc/self/fd/9 "$checkout"
    exec 9<&-
    cd "$checkout"
    exec "$@"
' test "$checkout" "$closed" "$python" -m pytest "$@"
