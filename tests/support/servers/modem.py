"""A cellular modem behind AT commands (3GPP TS 27.007), with echo as it comes from the factory."""

from __future__ import annotations

from dataclasses import dataclass, field

FORBIDDEN = ("+CIMI", "+CCID", "+QCCID", "+ICCID", "+CNUM", "+CGSN", "ATD", "ATZ", "AT&F")


@dataclass
class Modem:
    cpin: str = "+CPIN: READY"  # or an error
    cfun: int = 1
    csq: int = 20
    stats: dict[str, int] = field(default_factory=lambda: {"CREG": 1, "CGREG": 1, "CEREG": 1})
    attached: int | None = 1
    operator: str = '+COPS: 0,0,"CHINA MOBILE",7'
    cgact: str = "ERROR"  # by default it knows none of the commands about data; lines with `|` between them
    cgdcont: str = "ERROR"
    cgpaddr: str = "ERROR"
    ceer: str = "ERROR"
    echo: bool = True
    in_words: bool = True  # or its results in numbers, behind lines that have their end behind them alone (ATV0, ITU-T V.250)
    more: dict[str, str] = field(default_factory=dict)  # what else it knows: CMEE, #QSS and so on
    unasked: str = ""  # said before every answer
    mute: tuple[str, ...] = ()  # commands that it swallows
    asked: list[str] = field(default_factory=list)
    _rest: bytes = b""

    def __call__(self, came: bytes) -> bytes:
        self._rest += came
        answer = came if self.echo else b""
        while b"\r" in self._rest:
            line, _, self._rest = self._rest.partition(b"\r")
            answer += self._reply(line.decode("ascii", "replace").strip())
        return answer

    def _reply(self, command: str) -> bytes:
        self.asked.append(command)
        if command in self.mute:
            return b""
        said = self._said(command)
        if not self.in_words:
            refused = "ERROR" in said
            return "".join([f"{line}\r\n" for line in said.split("|") if line and not refused] + ["4\r" if refused else "0\r"]).encode()
        final = [] if said and "ERROR" in said else ["OK"]
        return "".join(f"\r\n{line}\r\n" for line in (self.unasked, *said.split("|"), *final) if line).encode()

    def _said(self, command: str) -> str:
        name = command.removeprefix("AT+").rstrip("?")
        if command in ("AT", ""):
            return ""
        if name in self.stats:
            return f"+{name}: 0,{self.stats[name]}"
        known = {
            "CPIN": self.cpin,
            "CFUN": f"+CFUN: {self.cfun}",
            "CSQ": f"+CSQ: {self.csq},99",
            "CGATT": "ERROR" if self.attached is None else f"+CGATT: {self.attached}",
            "COPS": self.operator,
            "CGACT": self.cgact,
            "CGDCONT": self.cgdcont,
            "CGPADDR": self.cgpaddr,
            "CEER": self.ceer,
        }
        return (known | self.more).get(name.removeprefix("AT"), "ERROR")
