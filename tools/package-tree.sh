#!/usr/bin/env bash
# package-tree.sh TREE: lays into TREE what the package holds besides the program's code, each file with its own mode.
# PY: the Python of the checkout, which makes the manual page and the shells' completion.
set -euo pipefail
cd "$(dirname "$0")/.."
tree=$(realpath --canonicalize-missing "$1")
python=$(realpath --no-symlinks "${PY:-.venv/bin/python}")
umask 022 # for the directories

install -D -m 755 packaging/posdiag "$tree/opt/posdiag/bin/posdiag"
install -D -m 755 packaging/posdiag-service "$tree/opt/posdiag/bin/posdiag-service"
install -D -m 644 packaging/compile.py "$tree/opt/posdiag/share/compile.py"
install -D -m 644 packaging/library.py "$tree/opt/posdiag/share/library.py"
install -D -m 644 systemd/more-rights.conf "$tree/opt/posdiag/share/more-rights.conf"
install -D -m 644 systemd/adb-usb.conf "$tree/opt/posdiag/share/adb-usb.conf"
install -D -m 755 packaging/runit/run "$tree/opt/posdiag/share/runit/run"
install -D -m 755 packaging/runit/finish "$tree/opt/posdiag/share/runit/finish"
install -D -m 755 packaging/sysv/posdiag "$tree/opt/posdiag/share/sysv-init"
install -D -m 644 packaging/services.sh "$tree/opt/posdiag/share/services.sh"
install -D -m 755 packaging/openrc/posdiag "$tree/opt/posdiag/share/openrc-init"
install -D -m 755 packaging/procd/posdiag "$tree/opt/posdiag/share/procd-init"
install -D -m 640 packaging/agent.toml "$tree/etc/posdiag/agent.toml" # closed for others however often it is laid there
install -D -m 644 systemd/posdiag.service "$tree/usr/lib/systemd/system/posdiag.service"
install -D -m 644 systemd/sysusers.d/posdiag.conf "$tree/usr/lib/sysusers.d/posdiag.conf"
install -D -m 644 systemd/tmpfiles.d/posdiag.conf "$tree/usr/lib/tmpfiles.d/posdiag.conf"
install -D -m 644 systemd/sysctl.d/50-posdiag.conf "$tree/usr/lib/sysctl.d/50-posdiag.conf"
for document in README.md README.zh.md SECURITY.md CHANGELOG.md docs/*.md docs/*.svg packaging/debian/copyright config/agent.example.toml; do
    install -D -m 644 "$document" "$tree/usr/share/doc/posdiag/$(basename "$document")"
done
ln -s . "$tree/usr/share/doc/posdiag/docs" # where the documents look for each other
PYTHONPATH=$PWD "$python" tools/manual.py "$tree"
PYTHONPATH=$PWD "$python" tools/completion.py "$tree"
mkdir -p "$tree/usr/bin"
ln -s /opt/posdiag/bin/posdiag "$tree/usr/bin/posdiag"
