#!/bin/sh
# collect-rsync.sh HOSTS DIRECTORY: fetches the status file of every terminal over ssh into DIRECTORY/ID/status.json, by rsync.
# HOSTS is a file with a terminal a line: ID [USER@]HOST [PORT [FILE]]. Lines that begin with # are left out.
# PARALLEL: how many at once (50). IDENTITY: the key (ssh's own otherwise). LINKS: empty where the key may read one directory alone (rrsync):
# that follows no links, and FILE is then status.json itself.
#
# A file is replaced only where its content has changed, and gets the time of that: so its age is how long ago the terminal was heard of, by
# this machine's clock. One that is larger than 2 MB is none. Who is not reached is told, and is no error: posdiag fleet says who is silent.
set -eu
[ $# -eq 2 ] && [ -r "$1" ] || {
    echo "collect-rsync.sh HOSTS DIRECTORY: HOSTS is a file with a terminal a line: ID [USER@]HOST [PORT [FILE]]" >&2
    exit 2
}
export INTO="$2" LINKS="${LINKS---copy-links}" SSH="ssh -o BatchMode=yes -o ConnectTimeout=10 ${IDENTITY:+-i $IDENTITY}"
mkdir -p "$INTO"

sed -e '/^[[:space:]]*\(#\|$\)/d' "$1" | xargs -L 1 -P "${PARALLEL:-50}" sh -c '
    case "$1" in */* | .*) echo "not a name for a directory: $1" >&2; exit 0 ;; esac
    mkdir -p "$INTO/$1"
    rsync $LINKS --checksum --no-times --chmod=F644 --max-size=2m --timeout=20 -e "$SSH -p ${3:-22}" \
        -- "$2:${4:-/var/lib/posdiag/status.json}" "$INTO/$1/status.json" 2>/dev/null || echo "not fetched: $1" >&2
' collect
