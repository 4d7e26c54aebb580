#!/usr/bin/env bash
# emulated.sh ARCH TREE COMMAND...: runs COMMAND as root within TREE, a tree of Debian's ARCH (tools/debian-tree.sh) or any other root
# directory, in namespaces of its own: users, mounts, processes, host name, and a network that is loopback alone. Programs of another
# architecture than this machine's run under qemu-user-static, taken from Debian's package and unpacked under build/; nothing is installed.
# As root, and with Linux 6.7 or later: there the table of interpreters (binfmt_misc) belongs to a user namespace and ends with it, so that
# this machine's own is neither changed nor needed.
# Killed (SIGKILL), it takes along every process that it started.
# What is laid over TREE while COMMAND runs (/proc, /sys, /dev, /run, /tmp) is gone when it ends. Files stay.
# BIND="FROM:TO ...": directories of this machine to be seen there, each at a path in TREE. KEEP_RUN=1: /run is TREE's own and stays.
set -euo pipefail
here=$(realpath "$(dirname "$0")/..")
arch=$1 tree=$(realpath "$2")
shift 2
if [ "$(id -u)" -ne 0 ]; then
    echo "error: run this as root: it makes namespaces whose root is root's" >&2
    exit 1
fi

# what programs of the architecture begin with: the ELF header's first 20 bytes, and which bits of them count
case "$arch" in
amd64) machine=x86_64 magic='\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x3e\x00' ;;
arm64) machine=aarch64 magic='\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00' ;;
armhf) machine=arm magic='\x01\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x28\x00' ;;
*)
    echo "error: the architecture is amd64, arm64 or armhf, not $arch" >&2
    exit 1
    ;;
esac
rule=
if [ "$arch" != "$(dpkg --print-architecture)" ]; then
    rule=":posdiag-$arch:M::\\x7fELF$magic:\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\x00\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xfe\\xff\\xff\\xff"
    rule+=":$(bash "$here/tools/qemu.sh")/qemu-$machine-static:F"
fi

waits=$(mktemp -d)
mkfifo "$waits/mapped"
own=$(readlink "/proc/$$/ns/user")
( # from outside, as it must be: every user there is the same user here
    while [ -d "/proc/$$" ] && [ "$(readlink "/proc/$$/ns/user")" = "$own" ]; do
        sleep 0.02
    done
    echo "0 0 4294967295" >"/proc/$$/uid_map"
    echo "0 0 4294967295" >"/proc/$$/gid_map"
    echo >"$waits/mapped"
    rm -rf "$waits"
) </dev/null >/dev/null 2>&1 &

# shellcheck disable=SC2016
exec unshare --user --mount --net --uts --ipc --propagation private bash -euc '
    tree=$1 rule=$2 bind=$3 keep_run=$4 mapped=$5
    shift 5
    export PATH=$PATH:/usr/sbin:/sbin
    read -r _ <"$mapped"
    if [ -n "$rule" ]; then
        mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc 2>/dev/null || {
            echo "error: this kernel ($(uname -r)) has no table of interpreters for one namespace alone: Linux 6.7 or later is needed" >&2
            exit 1
        }
        printf %s "$rule" >/proc/sys/fs/binfmt_misc/register
    fi
    ip link set lo up
    hostname terminal
    mkdir -p "$tree"/{dev,proc,sys,tmp,run}
    mount --bind "$tree" "$tree"
    cd "$tree"
    mount -t tmpfs -o mode=755 dev dev
    for device in null zero full random urandom tty; do
        touch "dev/$device"
        mount --bind "/dev/$device" "dev/$device"
    done
    mkdir dev/shm dev/pts
    mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts dev/pts
    ln -s pts/ptmx dev/ptmx
    ln -s /proc/self/fd dev/fd
    ln -s fd/0 dev/stdin
    ln -s fd/1 dev/stdout
    ln -s fd/2 dev/stderr
    mount -t tmpfs -o mode=1777 tmp tmp
    [ -n "$keep_run" ] || mount -t tmpfs -o mode=755 run run
    mount -t sysfs sysfs sys
    for each in $bind; do
        mkdir -p "$tree/${each#*:}"
        mount --rbind "${each%%:*}" "$tree/${each#*:}"
    done
    # the first process there stays who it is: one that takes another user is no longer told of the end of who started it
    exec unshare --pid --fork --kill-child --mount-proc="$tree/proc" bash -c "\"\$@\"; exit \$?" first env -i \
        PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 TZ="${TZ-UTC}" ${TERM:+TERM="$TERM"} chroot "$tree" "$@"
' emulated "$tree" "$rule" "${BIND-}" "${KEEP_RUN-}" "$waits/mapped" "$@"
