"""Mounts a FUSE file system at the given place and never answers a request. Run on the machine under test, as root."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import struct
import sys

_INIT = 26


def main(place: str) -> None:
    device = os.open("/dev/fuse", os.O_RDWR)
    libc = ctypes.CDLL(None, use_errno=True)
    options = f"fd={device},rootmode=40755,user_id=0,group_id=0,allow_other"
    if libc.mount(b"hung", place.encode(), b"fuse.hung", 0, options.encode()):
        raise OSError(ctypes.get_errno(), "not mounted")
    signal.signal(signal.SIGTERM, lambda *_: (libc.umount2(place.encode(), 2), os._exit(0)))
    request = os.read(device, 1 << 20)
    _, opcode, unique = struct.unpack_from("=IIQ", request)
    assert opcode == _INIT
    body = struct.pack("=IIIIHHIIHHI7I", 7, 31, 65536, 0, 12, 9, 65536, 1, 0, 0, 0, *[0] * 7)
    os.write(device, struct.pack("=IiQ", 16 + len(body), 0, unique) + body)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        sock.sendto(b"READY=1", os.environ["NOTIFY_SOCKET"])
    while True:
        os.read(device, 1 << 20)  # taken, and never answered


if __name__ == "__main__":
    main(sys.argv[1])
