"""Starts a program with a kind of socket denied, as Android denies netlink to applications: `python -m tests.support.sandbox FAMILY ARGV…`.

A seccomp filter (seccomp(2)) answers socket(FAMILY, …) with EACCES for this process and all that it starts.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct
import sys

_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _MODE_FILTER = 38, 22, 2
_SOCKET, _SYMLINKAT = {"x86_64": 41, "aarch64": 198}, {"x86_64": 266, "aarch64": 36}
_EPERM, _EACCES = 1, 13
_LOAD, _EQUAL, _RETURN = 0x20, 0x15, 0x06  # BPF: load word, jump if equal, return
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000


def deny(family: int) -> None:
    """Fails with EACCES from now on, in this process: sockets of the family."""
    _filter(
        (_LOAD, 0, 0, 0),  # the number of the system call
        (_EQUAL, 0, 3, _SOCKET[platform.machine()]),
        (_LOAD, 0, 0, 16),  # its first argument
        (_EQUAL, 0, 1, family),
        (_RETURN, 0, 0, _ERRNO | _EACCES),
        (_RETURN, 0, 0, _ALLOW),
    )


def deny_links() -> None:
    """No symbolic link can be made from now on, in this process: EPERM, as file systems without them answer (symlink(2))."""
    _filter(
        (_LOAD, 0, 0, 0),
        (_EQUAL, 0, 1, _SYMLINKAT[platform.machine()]),
        (_RETURN, 0, 0, _ERRNO | _EPERM),
        (_RETURN, 0, 0, _ALLOW),
    )


def _filter(*program: tuple[int, int, int, int]) -> None:
    instructions = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *each) for each in program))
    header = struct.pack("HxxxxxxP", len(program), ctypes.addressof(instructions))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or libc.prctl(_PR_SET_SECCOMP, _MODE_FILTER, header, 0, 0):
        raise OSError(ctypes.get_errno(), "the filter was not taken")


if __name__ == "__main__":
    deny(int(sys.argv[1]))
    os.execvp(sys.argv[2], sys.argv[2:])
