"""The far end of a serial line: a pseudo terminal, and a device on it that answers by a function."""

from __future__ import annotations

import contextlib
import errno
import os
import select
import termios
import threading
import tty
from collections.abc import Callable, Iterator

from tests.support.precedence import take_precedence

Answer = Callable[[bytes], bytes]  # what came, and what is said to it


class FarEnd:
    """`heard` is every byte that reached the device. Nobody is at the near end until somebody opens `node`."""

    def __init__(self, answer: Answer) -> None:
        self.far, near = os.openpty()
        self.node = os.ttyname(near)
        os.close(near)
        os.set_blocking(self.far, False)
        self.answer = answer
        self.heard = b""
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        take_precedence()
        while not self._stop.is_set():
            came = self._read()
            if came is None:
                self._stop.wait(0.002)  # hung up: poll() would return at once, again and again
            elif came:
                self.heard += came
                with contextlib.suppress(OSError):
                    os.write(self.far, self.answer(came))

    def _read(self) -> bytes | None:
        """None while nobody is at the near end."""
        if not select.select([self.far], [], [], 0.05)[0]:
            return b""
        try:
            return os.read(self.far, 4096)
        except BlockingIOError:
            return b""
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            return None

    def close(self) -> None:
        self._stop.set()
        self._thread.join()
        os.close(self.far)


@contextlib.contextmanager
def far_end(answer: Answer) -> Iterator[FarEnd]:
    made = FarEnd(answer)
    try:
        yield made
    finally:
        made.close()


@contextlib.contextmanager
def taking_no_bytes() -> Iterator[str]:
    """A device that says XOFF as soon as flow control by XON and XOFF is on, and never says XON."""
    with far_end(lambda _: b"") as device:
        near = os.open(device.node, os.O_RDWR | os.O_NOCTTY)  # keeps the settings from one opening to the next
        tty.setraw(near)
        done = threading.Event()

        def stop() -> None:
            take_precedence()
            while not done.wait(0.001):
                if termios.tcgetattr(device.far)[0] & termios.IXON:
                    os.write(device.far, b"\x13")
                    return

        watcher = threading.Thread(target=stop)
        watcher.start()
        try:
            yield device.node
        finally:
            done.set()
            watcher.join()
            os.close(near)


@contextlib.contextmanager
def leaving_after_a_byte() -> Iterator[str]:
    """A device that is pulled out once something was said to it."""
    far, near = os.openpty()
    node = os.ttyname(near)
    os.close(near)
    done = threading.Event()

    def leave() -> None:
        take_precedence()
        while not done.wait(0.002):
            with contextlib.suppress(OSError):  # nobody at the near end yet
                if select.select([far], [], [], 0)[0] and os.read(far, 1):
                    break
        os.close(far)

    thread = threading.Thread(target=leave)
    thread.start()
    try:
        yield node
    finally:
        done.set()
        thread.join()
