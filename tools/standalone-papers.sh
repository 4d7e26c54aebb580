#!/usr/bin/env bash
# standalone-papers.sh DEBIAN TREE PACKAGE...: lays into TREE the licences of what the standalone archive carries besides posdiag, out of the
# unpacked packages in DEBIAN, and a list of names, versions and where the sources are.
set -euo pipefail
debian=$1 tree=$2
shift 2
papers=$tree/opt/posdiag/share/licences
mkdir -p "$papers"
field() { awk -v package="$1" -v field="$2:" '$1 == "Package:" { here = $2 == package } here && $1 == field { $1 = ""; print substr($0, 2); exit }' \
    "$debian/var/lib/dpkg/status"; }

{
    cat <<'END'
What is inside besides posdiag (Apache-2.0), unchanged but for what is said here, and where its sources are.

From Debian 12, of whose packages only what posdiag needs was taken. The sources of each version: `apt-get source SOURCE=VERSION` on a
Debian 12, or Debian's archive of snapshots, by SOURCE and VERSION. What was changed: in python/bin/python3 the paths of loader and libraries
(patchelf); Python's library is compiled, without docstrings. Each one's licence is PACKAGE.copyright beside this list; texts that those name as
in /usr/share/common-licenses are in common-licenses.

PACKAGE VERSION (SOURCE VERSION)
END
    for package in "$@"; do
        version=$(field "$package" Version) source=$(field "$package" Source)
        case "$source" in
        '') source="$package $version" ;;
        *'('*) source=$(echo "$source" | tr -d '()') ;;
        *) source="$source $version" ;;
        esac
        echo "$package $version ($source)"
        papers_of="$debian/usr/share/doc/$package/copyright"
        cp -L "$papers_of" "$papers/$package.copyright"
    done
    cat <<'END'

From the Python Package Index, as their authors published them, with their sources, by NAME and VERSION. Their licences lie
beside the code, in lib/NAME-VERSION.dist-info.

NAME VERSION
END
    find "$tree/opt/posdiag/lib" -maxdepth 1 -name '*.dist-info' ! -name 'posdiag-*' -printf '%f\n' | sed 's/\.dist-info$//; s/-/ /' | sort
} >"$papers/LIST"
mkdir "$papers/common-licenses"
cat "$papers"/*.copyright | grep -o '/usr/share/common-licenses/[A-Za-z0-9.+-]*[A-Za-z0-9+]' | sort -u | while read -r text; do
    cp -L "$debian$text" "$papers/common-licenses/"
done
chmod -R u=rwX,go=rX "$papers"
