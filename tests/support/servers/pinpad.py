"""A PIN pad: ENQ is answered by ACK, or by NAK while it is busy."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class PinPad:
    busy: bool = False
    asleep: int = 0  # bytes that it loses before it wakes

    def __call__(self, came: bytes) -> bytes:
        answer = b""
        for byte in came:
            if self.asleep:
                self.asleep -= 1
            elif byte == 0x05:
                answer += b"\x15" if self.busy else b"\x06"
        return answer
