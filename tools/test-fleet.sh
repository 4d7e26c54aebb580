#!/usr/bin/env bash
# The fleet's part against real brokers, alert managers, engines and collectors: what `make test` cannot hold. As root also the package
# posdiag-fleet, in a container. What a test needs of Debian is installed first, and an engine that is too large for the usual environment
# (requirements-engines.txt) lies under build/. Arguments go to pytest.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/packages.sh
export PATH=$PATH:/usr/sbin:/sbin
python=$(realpath --no-symlinks "${PY:-.venv/bin/python}")

missing=()
while read -r program package; do
    command -v "$program" >/dev/null || missing+=("$package")
done <<'LIST'
mosquitto mosquitto
mosquitto_pub mosquitto-clients
promtool prometheus
zabbix_agent2 zabbix-agent2
sshd openssh-server
rsync rsync
ansible-playbook ansible-core
nagios4 nagios4-core
icinga2 icinga2-bin
debootstrap debootstrap
systemd-nspawn systemd-container
dpkg-deb dpkg
LIST
[ -x /lib/systemd/systemd-journal-remote ] || missing+=(systemd-journal-remote)
if [ ${#missing[@]} -gt 0 ]; then
    if [ "$(id -u)" -eq 0 ]; then
        install_debian "${missing[@]}"
    else
        echo "note: not root, so nothing is installed, and tests that need these are skipped: ${missing[*]}"
    fi
fi

if [ -e requirements-engines.txt ]; then
    engines=build/engines-$(sha256sum requirements-engines.txt | cut -c 1-12)
    if ! [ -d "$engines" ]; then
        echo "installing the engines of requirements-engines.txt into $engines"
        mkdir -p build
        rm -rf "$engines.draft"
        export PIP_DISABLE_PIP_VERSION_CHECK=1
        quietly "$python" -m pip install --quiet --require-hashes --no-deps --target "$engines.draft" --requirement requirements-engines.txt
        mv "$engines.draft" "$engines"
    fi
    export PYTHONPATH=$PWD/$engines${PYTHONPATH:+:$PYTHONPATH}
fi
PY=$python exec bash tools/test.sh -rs --timeout=1800 tests/fleet_slow "$@"
