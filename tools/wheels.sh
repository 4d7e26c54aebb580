#!/usr/bin/env bash
# wheels.sh FOLDER OPTION...: fetches into FOLDER the wheels of every package in requirements.txt, each held against its hashes there.
# OPTIONs say for which machine, as `pip download` takes them. What is in FOLDER already is not fetched again: it
# stays where its hash is one of them, and is laid aside where it is not.
# REQUIREMENTS: another file of the same form.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$1 requirements=${REQUIREMENTS:-requirements.txt}
shift
python=$(realpath --no-symlinks "${PY:-.venv/bin/python}")
export PIP_DISABLE_PIP_VERSION_CHECK=1
mkdir -p "$folder"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for kept in "$folder"/*.whl; do
    [ -e "$kept" ] || continue
    hash=$(sha256sum "$kept" | cut -c 1-64)
    if ! grep -q -e "--hash=sha256:$hash" "$requirements"; then
        mkdir -p "$folder/refused"
        mv "$kept" "$folder/refused/"
        echo "note: laid aside in $folder/refused: $(basename "$kept"), whose hash (sha256:$hash) stands nowhere in $requirements" >&2
    fi
done

missing=()
while read -r requirement; do
    printf '%s\n' "$requirement" >"$work/one.txt"
    "$python" -m pip download --quiet --no-deps --require-hashes --dest "$folder" --find-links "$folder" "$@" \
        --requirement "$work/one.txt" >"$work/log" 2>&1 || {
        missing+=("${requirement%% *}")
        grep -A 12 '^ERROR' "$work/log" >&2 || cat "$work/log" >&2
    }
done < <(sed -e ':a' -e '/\\$/{N; s/\\\n *//; ba' -e '}' "$requirements" | grep -E '^[a-z]')
if [ ${#missing[@]} -gt 0 ]; then
    echo "error: no wheel that has one of its hashes in $requirements was to be had of: ${missing[*]}" >&2
    exit 1
fi
