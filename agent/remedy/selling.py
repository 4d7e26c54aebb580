"""How to go on selling now: what was shown to work first, then what every shop can do. Pure.

In this order: the uplink that is in use in the place of the broken one or was shown to work, another gateway that accepts, another
terminal, a payment code or cash.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agent.contract.document import SellingWay
from agent.diagnosis.causes import Cause, Severity
from agent.diagnosis.model import CanPay, Diagnosis
from agent.settings.model import Settings
from probes.ground.bilingual import Bilingual
from probes.ground.text import escape
from probes.model import Check, Facts
from probes.model.facts import BackupFacts, GatewayFacts, LinkFacts
from probes.settings import Role

# somebody else may read along
_NOT_HERE = (Cause.TLS_INTERCEPTED, Cause.CAPTIVE_PORTAL)
_KINDS = {
    "ethernet": Bilingual("有线网络", "the wired network"),
    "wifi": Bilingual("Wi-Fi", "Wi-Fi"),
    "cellular": Bilingual("移动网络", "mobile"),
}
_MOST_NAMED = 3
_ANOTHER_TERMINAL = SellingWay("terminal", Bilingual("有第二台终端就用那一台", "Use a second terminal, if there is one"))
_CODE_OR_CASH = SellingWay("cash", Bilingual("请顾客扫收款码，或收现金", "Ask for a QR payment or cash"))


def ways(diagnosis: Diagnosis, checks: Sequence[Check[Facts]], settings: Settings) -> tuple[SellingWay, ...]:
    """Empty where nothing stops payments and nothing stands in for what is broken."""
    wrong = [finding for finding in diagnosis.findings if finding.severity is not Severity.NOTICE]
    if not wrong:
        return ()
    if diagnosis.can_pay is CanPay.YES:
        return (*_over_backup(checks, settings), *_uplink_that_works(checks), *_over_other_gateway(checks))
    if not any(finding.severity is Severity.OUTAGE for finding in wrong):
        return tuple(_uplink_that_works(checks))
    caution = any(finding.code in _NOT_HERE for finding in wrong)
    return (*(_not_here() if caution else ()), *_uplink_that_works(checks), _ANOTHER_TERMINAL, _CODE_OR_CASH)


def prepared(settings: Settings, backups: Sequence[tuple[str, str | None]]) -> tuple[SellingWay, ...]:
    """What there is to go on selling with before anything has failed. `backups`: uplinks beside the first, with their kinds."""
    found: list[SellingWay] = []
    for interface, kind in backups[:_MOST_NAMED]:
        over = _named(escape(interface, 32), _KINDS.get(kind or ""))
        apart = " " if over.zh[:1].isascii() else ""
        found.append(SellingWay("uplink", Bilingual(f"改用{apart}{over.zh}", f"Switch to {over.en}")))
    if len(settings.gateway) > 1:
        names = [escape(gateway.name, 64) for gateway in settings.gateway[:_MOST_NAMED]]
        text = Bilingual(
            f"在收款程序里换一个收单通道（{'、'.join(names)}）",
            f"Choose the other acquirer's channel in the payment application ({', '.join(names)})",
        )
        found.append(SellingWay("gateway", text))
    return (*found, _ANOTHER_TERMINAL, _CODE_OR_CASH)


def warned(cause: Cause) -> SellingWay | None:
    """What holds while this lasts, whatever else works."""
    return next(_not_here()) if cause in _NOT_HERE else None


def _not_here() -> Iterator[SellingWay]:
    yield SellingWay("not_here", Bilingual("先不要在这个网络上刷卡", "Do not accept cards on this network"))


def _over_backup(checks: Sequence[Check[Facts]], settings: Settings) -> Iterator[SellingWay]:
    backups = {each.interface for each in settings.uplink if each.role is Role.BACKUP}
    for check in checks:
        if isinstance(check.facts, LinkFacts) and check.facts.used and check.ok and check.target in backups:
            over = _called(check.target, checks)
            yield SellingWay("uplink", Bilingual(f"现在正通过{over.zh}收款", f"You are selling over {over.en} now"), in_use=True)


def _called(interface: str, checks: Sequence[Check[Facts]]) -> Bilingual:
    """As people call an uplink, with the kernel's name for it."""
    name = escape(interface, 32)
    links = [check.facts for check in checks if isinstance(check.facts, LinkFacts) and check.target == interface]
    kind = next((_KINDS[facts.interface_kind] for facts in links if facts.interface_kind in _KINDS), None)
    return _named(name, kind)


def _named(name: str, kind: Bilingual | None) -> Bilingual:
    return Bilingual(f"{kind.zh}（{name}）", f"{kind.en} ({name})") if kind else Bilingual(f"备用网络 {name}", f"the backup {name}")


def _over_other_gateway(checks: Sequence[Check[Facts]]) -> Iterator[SellingWay]:
    hosts = [check for check in checks if isinstance(check.facts, GatewayFacts)]
    good = next((check for check in hosts if check.ok), None)
    if good is not None and any(check.failed for check in hosts):
        name = escape(good.name, 64)
        yield SellingWay(
            "gateway",
            Bilingual(
                f"收单主机 {name} 可用：在收款程序里选它的通道，收款可以继续",
                f"The host {name} answers: choose its channel in the payment application",
            ),
            in_use=True,
        )


def _uplink_that_works(checks: Sequence[Check[Facts]]) -> Iterator[SellingWay]:
    for check in checks:
        if not isinstance(check.facts, BackupFacts) or not check.ok:
            continue
        over, host = _called(check.target, checks), escape(check.facts.gateway or "", 64)
        reached = (
            Bilingual(f"经它能连上收单主机 {host}", f"over it the host {host} answers") if host else Bilingual("它能上网", "it is online")
        )
        text = Bilingual(f"改用{over.zh}：刚刚试过，{reached.zh}", f"Switch to {over.en}: tried just now, {reached.en}")
        yield SellingWay("uplink", text)
