#!/usr/bin/env bash
# The programs that the tests' network namespaces need. Without root those tests are skipped, and nothing is installed.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/packages.sh
PATH=$PATH:/usr/sbin:/sbin

missing=()
while read -r program package; do
    command -v "$program" >/dev/null || missing+=("$package")
done <<'EOF'
ip iproute2
nft nftables
dnsmasq dnsmasq-base
ping iputils-ping
setpriv util-linux
ser2net ser2net
mmcli modemmanager
gdbus libglib2.0-bin
dbus-daemon dbus-daemon
cc gcc
nginx nginx-light
mosquitto mosquitto
openssl openssl
promtool prometheus
prometheus-alertmanager prometheus-alertmanager
zsh zsh
mandoc mandoc
man man-db
busybox busybox-static
chromium chromium
chromedriver chromium-driver
tidy tidy
pdfinfo poppler-utils
pngtopnm netpbm
EOF

if [ ${#missing[@]} -gt 0 ]; then
    if [ "$(id -u)" -ne 0 ]; then
        echo "note: not root, so the tests in network namespaces are skipped (they also need: ${missing[*]})"
    else
        install_debian "${missing[@]}"
    fi
fi
