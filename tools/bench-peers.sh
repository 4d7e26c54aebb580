#!/bin/bash
# Installs what `make bench` compares with, from Debian, without starting any of it. What cannot be installed is skipped by name.
set -u
PEERS="monit prometheus-blackbox-exporter prometheus-node-exporter zabbix-agent2 collectd-core liboping0 netdata-core netdata-plugins-bash monitoring-plugins-basic monitoring-plugins-standard bind9-dnsutils"
command -v apt-get > /dev/null && [ "$(id -u)" = 0 ] || { echo "peers: no apt-get or not root, only those that are there are compared"; exit 0; }
missing=""
for name in $PEERS; do
  dpkg-query -W -f='${Status}' "$name" 2> /dev/null | grep -q "ok installed" || missing="$missing $name"
done
[ -z "$missing" ] && exit 0
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\nexit 101\n' > "$policy"   # invoke-rc.d(8): no service may be started
  chmod 755 "$policy"
  trap 'rm -f "$policy"' EXIT
fi
export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1
for name in $missing; do
  apt-get install -y -q --no-install-recommends -o DPkg::Lock::Timeout=120 "$name" > /dev/null 2>&1 || echo "peers: $name cannot be installed, skipped"
done
