#!/bin/sh
# Runs posdiag from here, with nothing installed: sh try.sh --check
here=$(cd "$(dirname "$0")" && pwd)
exec "$here/opt/posdiag/python/bin/anywhere" -ISB "$here/opt/posdiag/bin/posdiag" "$@"
