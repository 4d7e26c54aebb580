"""A socket that hears nothing which this machine sends to itself: what is refused in a host's name by our own firewall, or by a program of
our own to which it hands the connection, comes back over the loopback interface and over no other."""

from __future__ import annotations

import ctypes
import socket
import struct

from probes.edge.kernel.route import LOOPBACK

_SO_ATTACH_FILTER = 26
_LOAD_WORD, _IF_EQUAL, _RETURN = 0x20, 0x15, 0x06  # bpf(4): BPF_LD|BPF_W|BPF_ABS, BPF_JMP|BPF_JEQ|BPF_K, BPF_RET|BPF_K
_INTERFACE = 0xFFFFF000 + 8  # SKF_AD_OFF + SKF_AD_IFINDEX: the number of the interface on which a packet came
_WHOLE = 0xFFFFFFFF


def only(sock: socket.socket) -> None:
    """From now on; needs no right. Raises OSError where the kernel has no such filters."""
    lines = (
        (_LOAD_WORD, 0, 0, _INTERFACE),
        (_IF_EQUAL, 0, 1, socket.if_nametoindex(LOOPBACK)),
        (_RETURN, 0, 0, 0),
        (_RETURN, 0, 0, _WHOLE),
    )
    program = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *line) for line in lines))
    sock.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, struct.pack("@HP", len(lines), ctypes.addressof(program)))
