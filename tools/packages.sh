# To be sourced: installing packages of Debian where that is possible, and saying clearly where it is not.

quietly() {
    local log
    log=$(mktemp)
    if ! "$@" >"$log" 2>&1; then
        cat "$log" >&2
        rm -f "$log"
        echo "error: this failed: $*" >&2
        return 1
    fi
    rm -f "$log"
}

install_debian() {
    if ! command -v apt-get >/dev/null; then
        echo "error: this machine has no apt-get; install what these packages of Debian hold: $*" >&2
        return 1
    fi
    if [ "$(id -u)" -ne 0 ]; then
        echo "error: missing on this machine; run as root: apt-get install $*" >&2
        return 1
    fi
    echo "installing $*"
    export DEBIAN_FRONTEND=noninteractive
    quietly apt-get update -q && without_services quietly apt-get install -q -y --no-install-recommends "$@"
}

# The tests start what they need: a package that is installed for them must not start a service of its own.
without_services() {
    local policy=/usr/sbin/policy-rc.d status=0
    if [ -e "$policy" ]; then
        "$@"
        return
    fi
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
    "$@" || status=$?
    rm -f "$policy"
    return $status
}
