"""Listening to a multicast group of netlink(7). No right is needed; Android denies the socket to applications: `OSError` then."""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterator
from contextlib import suppress

_LARGEST = 32768  # of rtnetlink; the uevents of the kernel are at most 2 KiB
_AT_ONCE = 1000  # datagrams, so that a flood does not keep the reader for ever


class NetlinkSocket:
    """`groups`: the bits of the multicast groups of that netlink protocol."""

    def __init__(self, protocol: int, groups: int) -> None:
        if not hasattr(socket, "AF_NETLINK"):
            raise OSError(errno.EAFNOSUPPORT, "no netlink")
        self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC, protocol)
        try:
            self._socket.bind((0, groups))
        except OSError:
            self._socket.close()
            raise

    def fileno(self) -> int:
        return self._socket.fileno()

    def datagrams(self) -> Iterator[bytes | None]:
        """What waits from the kernel; None where some were lost. OSError: nothing more will be heard."""
        for _ in range(_AT_ONCE):
            try:
                data, (sender, _groups) = self._socket.recvfrom(_LARGEST)
            except (BlockingIOError, InterruptedError):
                return
            except OSError as error:
                if error.errno != errno.ENOBUFS:
                    raise
                yield None
                continue
            if sender == 0:  # the kernel; another program may send here too
                yield data

    def close(self) -> None:
        with suppress(OSError):
            self._socket.close()
