#!/usr/bin/env bash
# Builds build/posdiag-fleet_VERSION_ARCH.deb: the fleet's part with the packages of requirements-fleet.txt, on top of the package posdiag
# of the same version. The fleet's own code lies in the tree of posdiag; the packages lie in a place of their own, which the launcher adds for
# `posdiag fleet` alone.
# ARCH, VERSION: as for tools/package.sh. armhf is not built: there are no wheels for it.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/target.sh

wheels=build/wheels/fleet-$arch
REQUIREMENTS=requirements-fleet.txt bash tools/wheels.sh "$wheels" "${target[@]}" || {
    echo "error: no posdiag-fleet for $arch: it needs wheels for Python 3.11 on $machine" >&2
    exit 1
}

work=$(mktemp -d "$PWD/build/package.XXXXXX")
trap 'rm -rf "$work"' EXIT
umask 022
tree=$work/posdiag-fleet_${version}_$arch
lib=$tree/opt/posdiag/fleet-lib
mkdir -p "$lib" "$work/whole"
lay_wheels "$lib" "${target[@]}" --find-links "$wheels" --requirement requirements-fleet.txt
# nothing is stripped: libraries that a wheel brings along (numpy.libs) would not be loaded any more
lay_own "$work/whole"
fleet_parts "$work/whole" | while read -r part; do
    mkdir -p "$(dirname "$tree/opt/posdiag/lib/${part#"$work/whole/"}")"
    cp -R "$part" "$(dirname "$tree/opt/posdiag/lib/${part#"$work/whole/"}")/"
done
quietly "$python" -X no_debug_ranges packaging/compile.py --root "$tree" "$tree/opt/posdiag/lib"
# others' code may read its own docstrings and annotations
quietly "$python" -m compileall -q -s "$tree" -p / --invalidation-mode unchecked-hash "$lib"

install -D -m 640 packaging/fleet.toml "$tree/etc/posdiag/fleet.toml" # closed for others however often it is laid there
for unit in posdiag-fleet posdiag-fleet-watch; do
    install -D -m 644 "systemd/$unit.service" "$tree/usr/lib/systemd/system/$unit.service"
done
install -D -m 644 systemd/sysusers.d/posdiag-fleet.conf "$tree/usr/lib/sysusers.d/posdiag-fleet.conf"
install -D -m 644 systemd/tmpfiles.d/posdiag-fleet.conf "$tree/usr/lib/tmpfiles.d/posdiag-fleet.conf"
install -D -m 644 packaging/debian/copyright "$tree/usr/share/doc/posdiag-fleet/copyright"
cp -R config/fleet "$tree/usr/share/doc/posdiag-fleet/examples"

scripts=packaging/debian-fleet conffile=/etc/posdiag/fleet.toml bash tools/package-deb.sh "$tree" "$version" "$arch" "$work"
size=$(du -k -s --apparent-size "$tree" | cut -f 1)
mv "$work"/*.deb build/
made=build/posdiag-fleet_${version}_$arch.deb
echo "made $made ($(($(stat -c %s "$made") / 1024)) KiB; installed $((size / 1024)) MiB)"
