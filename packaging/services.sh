# To be sourced by install.sh, with its $root, $program, `say`, `has` and `live`: what starts services, and how posdiag becomes one of them.
# Each manager has: lay (what starts it, as a file), laid, enable (at each start of the machine), is_on, start and stop (now), drop, and what
# shows how it fares.
# shellcheck shell=sh disable=SC2034,SC2154

init=$root/etc/init.d/posdiag
sv=$root/etc/sv/posdiag
systemd_files="usr/lib/systemd/system/posdiag.service usr/lib/sysusers.d/posdiag.conf usr/lib/tmpfiles.d/posdiag.conf
    usr/lib/sysctl.d/50-posdiag.conf"

runs() { cat /proc/[0-9]*/comm 2>/dev/null | grep -qx "$1"; }
found_manager() {
    if [ -n "${MANAGER:-}" ]; then
        echo "$MANAGER"
    elif ! live; then
        echo none
    elif [ -d /run/systemd/system ]; then
        echo systemd
    elif [ -x /sbin/procd ] && [ -e /etc/rc.common ]; then
        echo procd
    elif [ -d /run/openrc ] && has rc-service; then
        echo openrc
    elif runs runsvdir; then
        echo runit
    elif [ -d /etc/init.d ]; then
        echo sysv
    else
        echo none
    fi
}
services() { # where runsvdir looks
    for place in etc/service var/service service etc/runit/runsvdir/default; do
        if [ -d "$root/$place" ]; then
            echo "$root/$place"
            return
        fi
    done
    echo "$root/etc/service"
}
lay_out() {
    mkdir -p "$(dirname "$2")"
    cp "$program/share/$1" "$2"
    chmod 0755 "$2"
}

systemd_lay() { :; } # with the other files
systemd_laid() { [ -e "$root/usr/lib/systemd/system/posdiag.service" ]; }
systemd_enable() {
    if live; then
        systemctl --quiet enable posdiag.service
    else
        mkdir -p "$root/etc/systemd/system/multi-user.target.wants"
        ln -sf /usr/lib/systemd/system/posdiag.service "$root/etc/systemd/system/multi-user.target.wants/posdiag.service"
    fi
}
systemd_is_on() { systemctl --quiet is-enabled posdiag.service 2>/dev/null; }
systemd_start() {
    /lib/systemd/systemd-sysctl 50-posdiag.conf 2>/dev/null || true
    systemctl --no-block restart posdiag.service
}
systemd_stop() { systemctl stop posdiag.service || true; }
systemd_drop() {
    if live && [ -d /run/systemd/system ]; then
        systemctl --quiet disable posdiag.service || true
    else
        rm -f "$root/etc/systemd/system/multi-user.target.wants/posdiag.service"
    fi
}
systemd_shows="systemctl status posdiag"

openrc_lay() { lay_out openrc-init "$init"; }
openrc_laid() { grep -qs openrc-run "$init"; }
openrc_enable() {
    mkdir -p "$root/etc/runlevels/default"
    ln -sf /etc/init.d/posdiag "$root/etc/runlevels/default/posdiag"
}
openrc_is_on() { [ -e /etc/runlevels/default/posdiag ]; }
openrc_start() { rc-service --quiet posdiag start; }
openrc_stop() { rc-service --quiet posdiag stop || true; }
openrc_drop() { rm -f "$root"/etc/runlevels/*/posdiag "$init"; }
openrc_shows="rc-service posdiag status"

runit_lay() {
    lay_out runit/run "$sv/run"
    lay_out runit/finish "$sv/finish"
}
runit_laid() { [ -e "$sv/run" ]; }
runit_enable() {
    mkdir -p "$(services)"
    ln -sf /etc/sv/posdiag "$(services)/"
}
runit_is_on() { [ -e "$(services)/posdiag" ]; }
runit_start() { # runsvdir looks each 5 s
    if [ -p "$sv/supervise/ok" ]; then sv up /etc/sv/posdiag >/dev/null 2>&1 || true; fi
}
runit_stop() {
    if [ -p "$sv/supervise/ok" ]; then sv -w 20 down /etc/sv/posdiag >/dev/null 2>&1 || true; fi
}
runit_drop() {
    rm -f "$(services)/posdiag"
    if live && [ -p "$sv/supervise/ok" ]; then sv -w 20 exit /etc/sv/posdiag >/dev/null 2>&1 || true; fi
    rm -rf "$sv"
}
runit_shows="sv status /etc/sv/posdiag"

sysv_lay() { lay_out sysv-init "$init"; }
sysv_laid() { grep -qs "INIT INFO" "$init"; }
sysv_enable() {
    if live && has update-rc.d; then
        update-rc.d posdiag defaults >/dev/null
    elif live && has chkconfig; then
        chkconfig --add posdiag
    elif [ -d "$root/etc/rc2.d" ] || [ -d "$root/etc/rc.d/rc2.d" ]; then
        folder=$root/etc
        [ -d "$root/etc/rc2.d" ] || folder=$root/etc/rc.d
        for each in S99:2 S99:3 S99:4 S99:5 K01:0 K01:1 K01:6; do
            runlevel=$folder/rc${each#*:}.d
            [ ! -d "$runlevel" ] || ln -sf /etc/init.d/posdiag "$runlevel/${each%:*}posdiag"
        done
    elif grep -qs 'init.d/S' "$root/etc/init.d/rcS"; then # of busybox, as Buildroot makes it
        ln -sf posdiag "$root/etc/init.d/S99posdiag"
    else
        say "found nothing that runs /etc/init.d at a start: let something start /etc/init.d/posdiag"
    fi
}
sysv_links() { # also one that leads nowhere
    for link in "$root"/etc/rc?.d/[SK]??posdiag "$root"/etc/rc.d/rc?.d/[SK]??posdiag "$root/etc/init.d/S99posdiag"; do
        [ ! -h "$link" ] || echo "$link"
    done
}
sysv_is_on() { sysv_links | grep -q '/S[0-9][0-9]posdiag'; }
sysv_start() { "$init" start; }
sysv_stop() { "$init" stop || true; }
sysv_drop() {
    rm -f "$init"
    if live && has update-rc.d; then update-rc.d posdiag remove >/dev/null || true; fi
    if live && has chkconfig; then chkconfig --del posdiag || true; fi
    for link in $(sysv_links); do rm -f "$link"; done
}
sysv_shows="/etc/init.d/posdiag status"

procd_lay() { lay_out procd-init "$init"; }
procd_laid() { grep -qs rc.common "$init"; }
procd_enable() {
    mkdir -p "$root/etc/rc.d"
    ln -sf ../init.d/posdiag "$root/etc/rc.d/S95posdiag"
    ln -sf ../init.d/posdiag "$root/etc/rc.d/K10posdiag"
}
procd_is_on() { [ -e /etc/rc.d/S95posdiag ]; }
procd_start() { "$init" start; }
procd_stop() { "$init" stop || true; }
procd_drop() { rm -f "$root/etc/rc.d/S95posdiag" "$root/etc/rc.d/K10posdiag" "$init"; }
procd_shows="/etc/init.d/posdiag status"
