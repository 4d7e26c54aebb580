#!/bin/sh
# Installs posdiag where there is no dpkg, as root, from the unpacked archive that this file lies in: posdiag_…, which needs Python 3.11 to
# 3.14, or posdiag-standalone_…, which needs nothing. It becomes a service of what runs here: systemd, OpenRC, runit, SysV init or procd.
#   sh install.sh            installs, or replaces an older version; configuration and state stay
#   sh install.sh remove     removes the program; configuration and state stay
#   sh install.sh purge      removes everything
# MANAGER=systemd|openrc|runit|sysv|procd|none: that one, whatever runs here.
# DESTDIR installs into another root, and starts nothing there; with MANAGER it is started when that root is.
set -eu
umask 022 # whatever the caller's is: the service's user reads what is laid here, and nobody but root writes it
here=$(cd "$(dirname "$0")" && pwd)
root=${DESTDIR:-}
program=$root/opt/posdiag
papers="usr/share/man/man1/posdiag.1.gz usr/share/man/zh_CN/man1/posdiag.1.gz
    usr/share/bash-completion/completions/posdiag usr/share/zsh/vendor-completions/_posdiag"

say() { echo "posdiag: $*"; }
fail() {
    echo "posdiag: $*" >&2
    exit 1
}
has() { command -v "$1" >/dev/null 2>&1; }
live() { [ -z "$root" ]; } # what is installed into is what runs

# --- its user

knows() { grep -qs "^$2:" "/etc/$1"; } # knows passwd|group NAME
free_number() {
    number=999
    while cut -d : -f 3 /etc/passwd /etc/group | grep -qx "$number"; do number=$((number - 1)); done
    echo "$number"
}
in_place() { # in_place FILE SED: its owner and mode stay
    sed "$2" "$1" >"$1.posdiag" && cat "$1.posdiag" >"$1" && rm -f "$1.posdiag"
}
make_group() { # make_group NAME
    if knows group "$1"; then return; fi
    if has groupadd; then
        groupadd --system "$1" || true
    elif has addgroup; then # busybox
        addgroup -S "$1" || true
    fi 2>/dev/null
    knows group "$1" || echo "$1:x:$(free_number):" >>/etc/group
}
join() { # join GROUP
    if grep -qs "^$1:.*[:,]posdiag\(,\|\$\)" /etc/group; then return; fi
    if has usermod; then
        usermod -a -G "$1" posdiag || true
    elif has addgroup; then # busybox
        addgroup posdiag "$1" || true
    fi 2>/dev/null
    grep -qs "^$1:.*[:,]posdiag\(,\|\$\)" /etc/group || in_place /etc/group "/^$1:/{s/:\$/:posdiag/;t;s/\$/,posdiag/;}"
}
make_user() {
    if ! live; then
        say "make the user posdiag, in the groups dialout, lp and posdiag-told, in $root; /etc/posdiag/agent.toml is to be of the group posdiag"
        return
    elif has systemd-sysusers; then
        systemd-sysusers /usr/lib/sysusers.d/posdiag.conf
        return
    fi
    touch /etc/passwd /etc/group # an empty system has none
    make_group posdiag
    if ! knows passwd posdiag; then
        if has useradd; then
            useradd --system --gid posdiag --no-create-home --home-dir /var/lib/posdiag --shell /bin/false posdiag || true
        elif has adduser; then # busybox
            adduser -S -D -H -h /var/lib/posdiag -s /bin/false -G posdiag posdiag || true
        fi 2>/dev/null
        if ! knows passwd posdiag; then # there is neither, or it does nothing
            number=$(sed -n 's/^posdiag:[^:]*:\([0-9]*\):.*/\1/p' /etc/group)
            echo "posdiag:x:$number:$number:posdiag:/var/lib/posdiag:/bin/false" >>/etc/passwd
            [ ! -e /etc/shadow ] || echo 'posdiag:!:::::::' >>/etc/shadow
        fi
    fi
    make_group posdiag-told # who may have something noted for the record
    join posdiag-told
    if knows group dialout; then join dialout; else say "there is no group dialout here: add posdiag to the group of the serial ports"; fi
    if knows group lp; then join lp; else say "there is no group lp here: add posdiag to the group of /dev/usb/lp*, if there is one"; fi
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

# --- what is done

remove() {
    if live && [ "$manager" != none ] && "${manager}_laid"; then "${manager}_stop"; fi
    for each in systemd openrc runit sysv procd; do
        if "${each}_laid"; then "${each}_drop"; fi
    done
    rm -rf "$program" "$root/opt/.posdiag.new" "$root/usr/share/doc/posdiag"
    for file in usr/bin/posdiag $systemd_files $papers; do rm -f "$root/$file"; done
    if live && [ "$manager" = systemd ]; then systemctl daemon-reload; fi
}

put() { # the whole of the new version before anything of the old one goes: a power cut or a full disk leaves one of them
    rm -rf "$root/opt/.posdiag.new" "$root/opt/.posdiag.old"
    mkdir -p "$root/opt" "$root/usr/bin" "$root/usr/share/doc"
    cp -R "$here/opt/posdiag" "$root/opt/.posdiag.new" || {
        rm -rf "$root/opt/.posdiag.new"
        fail "there is no room for it in $root/opt; nothing was changed. Make room, or first: sh install.sh remove (configuration and state stay)"
    }
    chmod -R u=rwX,go=rX "$root/opt/.posdiag.new" # the archive may have been unpacked under any umask, and so have any mode
    sync
    if live && [ "$manager" != none ] && "${manager}_laid"; then "${manager}_stop"; fi
    [ ! -e "$program" ] || mv "$program" "$root/opt/.posdiag.old"
    mv "$root/opt/.posdiag.new" "$program"
    rm -rf "$root/opt/.posdiag.old" "$root/usr/share/doc/posdiag"
    cp -R "$here/usr/share/doc/posdiag" "$root/usr/share/doc/"
    chmod -R u=rwX,go=rX "$root/usr/share/doc/posdiag"
    ln -sf /opt/posdiag/bin/posdiag "$root/usr/bin/posdiag"
    for file in $systemd_files $papers; do
        mkdir -p "$root/$(dirname "$file")"
        cp "$here/$file" "$root/$file"
        chmod 0644 "$root/$file"
    done
}

[ "$(id -u)" -eq 0 ] || fail "run this as root"
wanted=${1:-install}
case "$wanted" in
install) [ -d "$here/opt/posdiag/lib" ] || fail "$here is no unpacked archive; make one with: make deb" ;;
remove | purge) ;;
*) fail "expected install, remove or purge, not $wanted" ;;
esac
for folder in "$here/opt/posdiag" "$program"; do
    if [ -e "$folder/share/services.sh" ]; then
        . "$folder/share/services.sh"
        break
    fi
done
manager=$(found_manager 2>/dev/null) || fail "posdiag is not installed here; run the install.sh of an unpacked archive"
case "$manager" in
systemd | openrc | runit | sysv | procd | none) ;;
*) fail "MANAGER is systemd, openrc, runit, sysv, procd or none, not $manager" ;;
esac
case "$wanted" in
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
esac

if [ -e "$root/var/lib/dpkg/info/posdiag.prerm" ]; then
    fail "posdiag is installed here as a package of Debian: replace it by the new package (dpkg -i), or remove it first (dpkg -r posdiag)"
fi
if [ -d "$here/opt/posdiag/python" ]; then # the Python that comes along is for one kind of processor
    "$here/opt/posdiag/python/lib/ld.so" --version >/dev/null 2>&1 ||
        ! live || fail "this archive is for another processor, or lies where no program may be started (noexec); this machine is $(uname -m)"
elif live; then
    made_for=$(/usr/bin/python3 -c 'import sys; print(*sys.version_info[:2], sep="")' 2>/dev/null) || true
    ls "$here/opt/posdiag/lib/msgspec/_core.cpython-${made_for:-none}-"*.so >/dev/null 2>&1 ||
        fail "/usr/bin/python3 has to be Python 3.11 to 3.14 (on armhf not 3.12), which the compiled parts are made for;" \
            "where there is none: posdiag-standalone_…"
fi
first=yes
if [ "$manager" != none ] && "${manager}_laid"; then first=no; fi
put
if live && ! [ -d /opt/posdiag/python ]; then # bytecode for the Python that is here, and Python's library as the service loads it, without docstrings; where this fails, Python's own bytecode is loaded
    /usr/bin/python3 -ISB -X no_debug_ranges /opt/posdiag/share/compile.py /opt/posdiag/lib || true
    /usr/bin/python3 -ISB -X no_debug_ranges /opt/posdiag/share/library.py /opt/posdiag/lib || true
fi
make_user
configure
if [ "$manager" = none ]; then
    say "installed; how to start it: /usr/share/doc/posdiag/service.md"
    exit 0
fi
"${manager}_lay"
if live && [ "$manager" = systemd ]; then systemctl daemon-reload; fi
[ $first = no ] || "${manager}_enable"
if ! live; then
    say "installed for $manager"
elif [ $first = yes ] || "${manager}_is_on"; then
    "${manager}_start"
    eval "say \"installed and started: \$${manager}_shows\""
else
    say "installed; it is switched off here ($manager), and stays so"
fi
