#!/usr/bin/env bash
# Runs the given command beside busy loops ($LOOPS, two by default), which it ends by their process ids, however the command ends.
set -euo pipefail
loops=()
end() {
    for loop in "${loops[@]}"; do
        kill "$loop" 2>/dev/null || true
    done
}
trap end EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
for ((number = 0; number < ${LOOPS:-2}; number++)); do
    sh -c 'while :; do :; done' &
    loops+=("$!")
done
"$@"
