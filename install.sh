#!/bin/sh
# Installs posdiag where there is no dpkg, as root, from the unpacked archive that this file lies in. Needs Python 3.11 to 3.14.
#   sh install.sh            installs, or replaces an older version; configuration and state stay
#   sh install.sh remove     removes the program; configuration and state stay
#   sh install.sh purge      removes everything
# DESTDIR installs into another root, and starts nothing there.
set -eu
umask 022 # whatever the caller's is: the service's user reads what is laid here, and nobody but root writes it
here=$(cd "$(dirname "$0")" && pwd)
root=${DESTDIR:-}
papers="usr/share/man/man1/posdiag.1.gz usr/share/man/zh_CN/man1/posdiag.1.gz
    usr/share/bash-completion/completions/posdiag usr/share/zsh/vendor-completions/_posdiag"

say() { echo "posdiag: $*"; }
fail() {
    echo "posdiag: $*" >&2
    exit 1
}
runs_systemd() { [ -z "$root" ] && [ -d /run/systemd/system ]; }
has() { command -v "$1" >/dev/null 2>&1; }

remove() {
    if runs_systemd; then
        systemctl --quiet disable --now posdiag.service || true
    fi
    rm -rf "$root/opt/posdiag" "$root/usr/share/doc/posdiag"
    rm -f "$root/usr/bin/posdiag" "$root/usr/lib/systemd/system/posdiag.service" "$root/usr/lib/sysusers.d/posdiag.conf" \
        "$root/usr/lib/tmpfiles.d/posdiag.conf" \
        "$root/usr/lib/sysctl.d/50-posdiag.conf"
    for file in $papers; do rm -f "$root/$file"; done
    if runs_systemd; then systemctl daemon-reload; fi
}

make_user() {
    if [ -n "$root" ]; then
        say "make the user posdiag, in the groups dialout, lp and posdiag-told, in $root; /etc/posdiag/agent.toml is to be of the group posdiag"
        return
    elif has systemd-sysusers; then
        systemd-sysusers /usr/lib/sysusers.d/posdiag.conf
        return
    elif grep -q '^posdiag:' /etc/passwd; then
        :
    elif has useradd; then
        useradd --system --user-group --no-create-home --home-dir /var/lib/posdiag --shell /bin/false posdiag
        usermod -a -G dialout posdiag 2>/dev/null || say "there is no group dialout here: add posdiag to the group of the serial ports"
        usermod -a -G lp posdiag 2>/dev/null || say "there is no group lp here: add posdiag to the group of /dev/usb/lp*, if there is one"
    elif has adduser; then # busybox
        adduser -S -D -H -h /var/lib/posdiag -s /bin/false -G "$(busybox_group)" posdiag
        addgroup posdiag dialout 2>/dev/null || say "there is no group dialout here: add posdiag to the group of the serial ports"
        addgroup posdiag lp 2>/dev/null || say "there is no group lp here: add posdiag to the group of /dev/usb/lp*, if there is one"
    else
        say "there is no useradd here: make a user posdiag by hand"
    fi
    make_group
}
make_group() { # who may have something noted for the record
    if grep -q '^posdiag-told:' /etc/group; then
        return
    elif has groupadd && has usermod; then
        groupadd --system posdiag-told && usermod -a -G posdiag-told posdiag
    elif has addgroup; then # busybox
        addgroup -S posdiag-told && addgroup posdiag posdiag-told
    else
        say "there is no groupadd here: make a group posdiag-told by hand, with posdiag in it"
    fi
}
busybox_group() {
    addgroup -S posdiag 2>/dev/null || true
    echo posdiag
}

configure() {
    mkdir -p "$root/etc/posdiag"
    case "$(ls -ldn "$root/etc/posdiag")" in
    drwx------*" 0 0 "*) chmod 0755 "$root/etc/posdiag" ;; # by an older version under umask 077: the service could not enter it
    esac
    if ! [ -e "$root/etc/posdiag/agent.toml" ]; then
        (umask 077 && cp "$here/etc/posdiag/agent.toml" "$root/etc/posdiag/agent.toml")
        chmod 0640 "$root/etc/posdiag/agent.toml"
        if grep -q '^posdiag:' "$root/etc/group" 2>/dev/null; then
            chgrp "$(sed -n 's/^posdiag:[^:]*:\([0-9]*\):.*/\1/p' "$root/etc/group")" "$root/etc/posdiag/agent.toml"
        fi
    fi
}

[ "$(id -u)" -eq 0 ] || fail "run this as root"
case "${1:-install}" in
remove)
    remove
    say "removed; /etc/posdiag, /var/lib/posdiag and /var/log/posdiag stay"
    exit 0
    ;;
purge)
    remove
    rm -rf "$root/etc/posdiag" "$root/var/lib/posdiag" "$root/var/log/posdiag" "$root/run/posdiag" "$root/etc/systemd/system/posdiag.service.d"
    say "removed, with configuration and state"
    exit 0
    ;;
install) ;;
*) fail "expected install, remove or purge, not $1" ;;
esac

[ -d "$here/opt/posdiag/lib" ] || fail "$here is no unpacked archive; make one with: make deb"
if [ -z "$root" ]; then
    made_for=$(/usr/bin/python3 -c 'import sys; print(*sys.version_info[:2], sep="")' 2>/dev/null) || true
    ls "$here/opt/posdiag/lib/msgspec/_core.cpython-${made_for:-none}-"*.so >/dev/null 2>&1 ||
        fail "/usr/bin/python3 has to be Python 3.11 to 3.14 (on armhf not 3.12), which the compiled parts are made for"
fi
if runs_systemd && [ -e /usr/lib/systemd/system/posdiag.service ]; then
    systemctl stop posdiag.service || true
fi
rm -rf "$root/opt/posdiag" "$root/usr/share/doc/posdiag" # nothing of an older version stays beside the new one
mkdir -p "$root/opt" "$root/usr/bin"
cp -R "$here/opt/posdiag" "$root/opt/"
mkdir -p "$root/usr/share/doc"
cp -R "$here/usr/share/doc/posdiag" "$root/usr/share/doc/"
# the archive may have been unpacked under any umask, and so have any mode
chmod -R u=rwX,go=rX "$root/opt/posdiag" "$root/usr/share/doc/posdiag"
if [ -z "$root" ]; then # bytecode for the Python that is here, and Python's library as the service loads it, without docstrings; where this fails, Python's own bytecode is loaded
    /usr/bin/python3 -ISB -X no_debug_ranges /opt/posdiag/share/compile.py /opt/posdiag/lib || true
    /usr/bin/python3 -ISB -X no_debug_ranges /opt/posdiag/share/library.py /opt/posdiag/lib || true
fi
ln -sf /opt/posdiag/bin/posdiag "$root/usr/bin/posdiag"
for file in usr/lib/systemd/system/posdiag.service usr/lib/sysusers.d/posdiag.conf usr/lib/tmpfiles.d/posdiag.conf \
    usr/lib/sysctl.d/50-posdiag.conf $papers; do
    mkdir -p "$root/$(dirname "$file")"
    cp "$here/$file" "$root/$file"
    chmod 0644 "$root/$file"
done
make_user
configure
if runs_systemd; then
    systemctl daemon-reload
    /lib/systemd/systemd-sysctl 50-posdiag.conf 2>/dev/null || true
    systemctl --quiet enable posdiag.service
    systemctl --no-block restart posdiag.service
    say "installed and started: systemctl status posdiag"
else
    say "installed; how to start it without systemd: /usr/share/doc/posdiag/service.md"
fi
