"""How a message is delimited on the wire: a length in two bytes, in two bytes of BCD, in four digits, or in four hexadecimal digits.

The length does not count itself. A length of zero is a keep-alive, not a message and not an error (jPOS channels PostChannel,
NACChannel, NCCChannel, ASCIIChannel, HEXChannel).
"""

from __future__ import annotations

from probes.settings import Framing

LARGEST = 8 * 1024  # bytes; no reply to an echo is near that


class FramingError(Exception):
    """Bytes that cannot be a length of this framing."""


def width(framing: Framing) -> int:
    return 2 if framing in (Framing.BYTES_2, Framing.BCD_2) else 4


def wrap(framing: Framing, message: bytes) -> bytes:
    """The message with its length before it."""
    size = len(message)
    if framing is Framing.BYTES_2:
        return size.to_bytes(2, "big") + message
    if framing is Framing.BCD_2:
        return bytes.fromhex(f"{size:04d}") + message
    return (f"{size:04d}" if framing is Framing.ASCII_4 else f"{size:04X}").encode("ascii") + message


def length(framing: Framing, head: bytes) -> int:
    """The length that `width` bytes announce. Raises `FramingError`."""
    if framing is Framing.BYTES_2:
        size = int.from_bytes(head, "big")
    else:
        text = head.hex() if framing is Framing.BCD_2 else head.decode("latin-1")
        allowed = "0123456789abcdefABCDEF" if framing is Framing.HEX_4 else "0123456789"
        if any(character not in allowed for character in text):
            raise FramingError(f"the bytes {head.hex()} are no length in the framing {framing.value}")
        size = int(text, 16 if framing is Framing.HEX_4 else 10)
    if size > LARGEST:
        raise FramingError(f"a length of {size} bytes is announced (bytes {head.hex()}); no echo is answered with that much")
    return size


def split(framing: Framing, data: bytes) -> tuple[list[bytes], bytes]:
    """The complete messages in `data`, keep-alives left out, and what is left over.

    Raises `FramingError` where no message stands before the bytes that are no length: how bytes are cut into segments changes nothing.
    """
    messages: list[bytes] = []
    offset = 0
    head = width(framing)
    while len(data) - offset >= head:
        try:
            size = length(framing, data[offset : offset + head])
        except FramingError:
            if messages:
                break
            raise
        if len(data) - offset - head < size:
            break
        if size:
            messages.append(data[offset + head : offset + head + size])
        offset += head + size
    return messages, data[offset:]
