"""Why something was not examined is said in both languages: every text that the program itself gives has its words."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.messages.limit import Now, doubt, refusal, unrecorded, with_sent
from agent.messages.record import GatewayMessages
from agent.present.reasons import in_both
from probes.edge.acquirer.send_permit import NOT_KEPT
from probes.edge.kernel.matching import NO_PROCESS, TOO_BUSY, TOO_COSTLY
from probes.ground.shortage import in_words
from probes.model.rights import FILE, HOLDERS, KERNEL_LOG, MODEM_MANAGER, NETLINK, RIGHTS

ROOT = Path(__file__).resolve().parents[2]
NOW = Now(at_s=2e9, boot_id="b", running_s=5000.0)
GIVEN_BY = {"not_asked", "_without", "_unknown", "CannotTell"}  # functions and types that take such a text


def _written() -> Iterator[str]:
    """The texts that stand in the program as they are, each with the place; what is put together of parts is below."""
    for folder in ("agent", "probes"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if not isinstance(node, ast.Call):
                    continue
                name = node.func.id if isinstance(node.func, ast.Name) else ""
                given = [*(node.args if name in GIVEN_BY else []), *(word.value for word in node.keywords if word.arg == "because")]
                yield from (each.value for each in given if isinstance(each, ast.Constant) and isinstance(each.value, str))


MADE = (
    refusal(with_sent(GatewayMessages(target="x"), True, 300, NOW), 300, 5, False, NOW),
    refusal(GatewayMessages(target="x", sent=(unrecorded(),)), 30000, 5, False, NOW),
    refusal(GatewayMessages(target="x", sent=(doubt(NOW),)), 300, 5, True, NOW),
    f"{NOT_KEPT}: /var/lib/posdiag may not be written by this user. Run it as root, or as the user of the service",
    f"{NOT_KEPT}: /run/x is locked by another program",
    "/mnt/x does not exist",
    "/mnt/x cannot be read: Input/output error",
    *(right.missing("/etc/posdiag/ca.pem") for right in RIGHTS),
    "ModemManager is not done with the modem: enabling",
    "it gave no number celsius, which has a limit",
    TOO_COSTLY,
    TOO_BUSY,
    NO_PROCESS,
    f"not opened: who holds the port cannot be told: {HOLDERS.missing()}",
    f"another user's process that holds it would not be seen: {HOLDERS.missing()}",
    f"its connections are told by its user: {HOLDERS.missing()}",
    f"its connections cannot be seen: {NETLINK.missing()}",
    f"whether it resets again and again is not seen: {KERNEL_LOG.missing()}",
    f"ModemManager runs and cannot be asked, so its modem is not opened: {MODEM_MANAGER.missing()}",
    "not opened: the device resets when it is",
    "/dev/ttyUSB0 did not open: opened exclusively by somebody else",
    "another device is at /dev/ttyUSB0",
    "/etc/posdiag/ca.pem: No such file or directory",
    "/etc/posdiag/ca.pem: NO_CERTIFICATE_OR_CRL_FOUND",
    f"the authorities in /etc/posdiag/ca.pem cannot be read: {FILE.missing('/etc/posdiag/ca.pem')}",
    f"the client certificate in /etc/posdiag/c.pem or its key cannot be read: {FILE.missing('/etc/posdiag/c.pem')}",
    "the certificates could not be looked at: the time server cannot be asked: no memory is left for this process: end programs",
    "the name ntp.example was not found",
    "the plug-in ups is not installed: install its package where posdiag finds it",
    "several packages offer a plug-in ups (a, b): remove all but one",
    "the plug-in ups gives x as its name",
    "ended in the middle of a message",
    *map(
        in_words,
        (
            *(OSError(number, "x") for number in (24, 23, 105, 28, 122, 11, 13, 97, 5)),
            MemoryError(),
            ImportError("no x", name="x"),
        ),
    ),
)


@pytest.mark.parametrize("text", sorted({*_written(), *MADE} - {""}))
def test_every_reason_has_words_in_chinese(text: str) -> None:
    assert any("\u4e00" <= letter <= "\u9fff" for letter in in_both(text).zh), text


@pytest.mark.parametrize("text", MADE)
def test_no_english_sentence_is_left_in_chinese(text: str) -> None:
    """Names of rights, files and settings stay as they are; sentences within sentences are said in Chinese too."""
    said = re.sub(r"[(（][^()（）]*[)）]", "", in_both(text).zh)
    assert not re.search(r"[a-z]+(?: [a-z]+){2}", said), said


def test_a_reason_that_nobody_here_gives_is_shown_as_it_stands() -> None:
    said = in_both("the moon is full")
    assert said.zh == said.en == "the moon is full"
