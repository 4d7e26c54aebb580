"""The shop's emergency book: which pages there are for which shop, what stands on them, and that each is one printed page."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec
import pytest

from agent.contract.experience import Experience
from agent.contract.history import CauseTotal
from agent.diagnosis.causes import Cause
from agent.papers.fitting import TYPES, Amount, ems, fitting
from agent.papers.press import printed
from agent.papers.runbook import FRONT, TITLE, Known, book, cases, fields_of
from agent.papers.within import within
from agent.remedy.here import Here, Platform
from agent.remedy.possible import Machine, OwnUplink
from agent.remedy.prepared import steps_of, summary_of
from agent.settings.model import Contact, Settings, Support, TerminalSettings
from agent.status.private import masker
from agent.storage.printed import FILE, keep_printed, printed_for
from probes.settings import (
    App,
    Beside,
    DateKind,
    DueDate,
    Gateway,
    GatewayIso8583,
    GatewayProtocol,
    SerialDevice,
    SerialProtocol,
    SerialRole,
)
from tests.support.browser import browser, complaints, pages_in
from tests.support.command_line import configured, posdiag

TODAY = datetime(2026, 2, 1, 12, tzinfo=UTC)
MERCHANT, NUMBER = "898110154110007", "01001234"
WIRED = Machine(uplinks=(OwnUplink("eth0", "ethernet"),), heat=False)
EVERYTHING = Machine(
    uplinks=(OwnUplink("eth0", "ethernet"), OwnUplink("wlan0", "wifi", backup=True), OwnUplink("wwan0", "cellular", backup=True)),
    tunnels=("wg0",),
    battery=True,
)
ISO = Gateway(
    name="acquirer-a",
    host="gw-a.pay.example",
    port=8583,
    protocol=GatewayProtocol.ISO8583,
    iso8583=GatewayIso8583(merchant_id=MERCHANT, terminal_id=NUMBER),
)
PRINTER = SerialDevice(name="printer", label="小票打印机", role=SerialRole.PRINTER, port="/dev/ttyUSB0", protocol=SerialProtocol.ESCPOS)
PINPAD = SerialDevice(name="pinpad", label="密码键盘", role=SerialRole.PINPAD, port="/dev/ttyACM0", protocol=SerialProtocol.ENQ)
FULL = Settings(
    terminal=TerminalSettings(id="T-1", store="老王面馆", serial_number="SN-77", merchant_id=MERCHANT),
    support=Support(acquirer=Contact(name="样例支付", phone="95000"), provider=Contact(name="样例服务商", phone="400-800-1234")),
    gateway=[ISO, Gateway(name="acquirer-b", host="gw-b.pay.example", port=443, protocol=GatewayProtocol.HTTPS)],
    serial=[
        PRINTER,
        SerialDevice(name="pinpad", label="密码键盘", role=SerialRole.PINPAD, port="/dev/ttyACM0", protocol=SerialProtocol.ENQ),
    ],
    app=[App(name="payapp", process="payapp")],
    date=[DueDate(name="网络费", kind=DateKind.FEE, due=date(2026, 3, 31))],
    beside=[Beside(name="till-2", address="192.168.1.20", ports=[20007])],
)


def known(settings: Settings = FULL, machine: Machine = EVERYTHING, platform: Platform = Platform.LINUX, **more: object) -> Known:
    told = {"terminal": settings.terminal.id or "T-1", "hash": "0123456789abcdef", **more}
    return Known(settings=settings, machine=machine, here=Here(platform=platform, log="/var/log/posdiag/posdiag.log"), **told)  # type: ignore[arg-type]


def codes(settings: Settings, machine: Machine) -> set[str]:
    return {each.case.cause.value for each in cases(known(settings, machine))}


def page(*languages: str, of: Known | None = None) -> str:
    made = printed("runbook.html", fields_of(of or known(), TODAY), languages or ("zh",), TITLE)
    assert complaints(made) == ""
    return made.decode()


def test_every_cause_has_its_sign_and_its_place_in_the_order() -> None:
    signs = {each.id for each in book().sign}
    told = [each.code for each in book().cause]
    assert len(told) == len(set(told)) and {cause.value for cause in Cause} <= set(told)
    assert {each.sign for each in book().cause} == signs
    drawings = Path("config/papers/drawings.html").read_text("utf-8")
    drawn = set(re.findall(r'name == "(\w+)"', drawings)) | {"screen", "socket_strip", "router_power"}
    assert {look for each in book().cause for look in each.look} == drawn


def test_a_shop_with_everything_can_meet_every_cause() -> None:
    proxied = msgspec.structs.replace(FULL, network=msgspec.structs.replace(FULL.network, proxy="http://u:secret-word@proxy.example:3128"))
    assert {cause.value for cause in Cause} <= codes(proxied, EVERYTHING)
    assert "secret-word" not in page(of=known(proxied))


@pytest.mark.parametrize(
    ("settings", "machine", "lacks"),
    [
        (
            FULL,
            WIRED,
            {"operator.wifi_password", "operator.sim_missing", "network.weak_signal", "network.tunnel_down"},
        ),
        (FULL, Machine(uplinks=(OwnUplink("wlan0", "wifi"),)), {"operator.cable_unplugged", "operator.sim_locked", "network.link_errors"}),
        (FULL, Machine(uplinks=(OwnUplink("wwan0", "cellular"),)), {"operator.cable_unplugged", "network.captive_portal"}),
        (Settings(), WIRED, {"operator.paper_out", "operator.date_due", "system.gateway_down", "operator.device_unplugged"}),
        (Settings(gateway=[ISO]), WIRED, {"system.port_busy", "operator.cover_open", "operator.proxy_misconfigured"}),
        (Settings(gateway=[msgspec.structs.replace(ISO, tls=False)]), WIRED, {"network.tls_intercepted", "operator.client_certificate"}),
        (
            Settings(gateway=[msgspec.structs.replace(ISO, protocol=GatewayProtocol.TCP)]),
            WIRED,
            {"operator.account_suspended", "operator.sign_in_required"},
        ),
    ],
)
def test_what_a_shop_cannot_meet_has_no_page(settings: Settings, machine: Machine, lacks: set[str]) -> None:
    assert not lacks & codes(settings, machine)


def test_a_closed_network_has_no_internet_to_lose_and_without_names_no_name_server() -> None:
    gateway = msgspec.structs.replace(ISO, host="192.0.2.9")
    closed = msgspec.structs.replace(FULL.network, expect_internet=False)
    found = codes(Settings(network=closed, gateway=[gateway]), WIRED)
    assert not found & {"network.internet_down", "network.captive_portal", "network.dns_unreachable"}
    assert "network.dns_unreachable" in codes(Settings(network=closed, gateway=[ISO]), WIRED)


def test_a_terminal_beside_the_machine_brings_the_pages_of_what_it_has() -> None:
    """Two radios, a battery and its application, where it is asked over adb; of one that is only seen nothing is known."""
    own = {"operator.sim_missing", "operator.radio_off", "operator.wifi_password", "operator.charger_unplugged", "system.payment_app_down"}
    asked = Beside(name="till-2", adb="usb:X1", package="com.example.pay")
    assert own <= codes(Settings(gateway=[ISO], beside=[asked]), WIRED)
    assert not own & codes(Settings(gateway=[ISO], beside=[Beside(name="till-2", address="192.168.1.20")]), WIRED)
    assert "com.example.pay" in page("en", of=known(Settings(gateway=[ISO], beside=[asked]), WIRED))


def test_a_modem_on_a_port_brings_the_pages_of_its_sim() -> None:
    modem = SerialDevice(name="modem", role=SerialRole.MODEM, port="/dev/ttyUSB2", protocol=SerialProtocol.AT)
    assert {"operator.sim_missing", "network.not_registered"} <= codes(Settings(serial=[modem]), WIRED)


def test_what_was_here_before_stands_first_and_what_cannot_be_told_last() -> None:
    totals = tuple(
        CauseTotal(code=code, count=count, mean_s=None, longest_s=1.0)
        for code, count in (("system.disk_full", 2), ("network.dns_failing", 5), ("unknown.indeterminate", 9))
    )
    found = [each.case.cause.value for each in cases(known(totals=totals))]
    assert found[:3] == ["network.dns_failing", "system.disk_full", "network.internet_down"] and found[-1] == "unknown.indeterminate"
    assert "本店遇到过 5 次" in page(of=known(totals=totals))


def test_the_first_page_leads_to_every_other() -> None:
    html = page("en")
    numbers = [int(each) for each in re.findall(r"<li><span>[^<]+</span><b>(\d+)</b>", html)]
    assert sorted(numbers) == list(range(FRONT + 1, FRONT + 1 + len(cases(known()))))
    assert [int(each) for each in re.findall(r'class="page-number">(\d+)<', html)] == list(range(1, len(numbers) + FRONT + 2))


@pytest.mark.parametrize("platform", Platform)
@pytest.mark.parametrize("machine", [WIRED, EVERYTHING, Machine(uplinks=(OwnUplink("wwan0", "cellular"),)), Machine()])
def test_every_page_has_steps_whose_gaps_are_all_filled(machine: Machine, platform: Platform) -> None:
    of = known(machine=machine, platform=platform)
    for each in cases(of):
        steps = steps_of(each.case, FULL, of.here, Experience())
        assert len(steps) >= 2, each.case.cause
        for step in steps:
            for text in (step.text.zh, step.text.en, step.expect.zh, step.expect.en):
                assert not re.search(r"\{[a-z_]+\}|[（(][（(]|[)）][)）]|未知|\bunknown\b|  ", text), (each.case.cause, text)


def test_the_shops_own_names_stand_in_it_and_what_only_a_fault_shows_is_said_in_words() -> None:
    html = page("zh")
    assert "打印纸用完：小票打印机" in html or "小票打印机 (/dev/ttyUSB0)" in html
    assert "小票打印机或密码键盘" in html and "gw-a.pay.example 或 gw-b.pay.example" in html
    assert "在收款程序里换一个收单通道（acquirer-a、acquirer-b）" in html and "改用 Wi-Fi（wlan0）" in html
    assert "95000" in html and "见屏幕" in html


def test_numbers_stand_by_their_last_four_digits_wherever_they_were_written() -> None:
    settings = msgspec.structs.replace(FULL, terminal=msgspec.structs.replace(FULL.terminal, store=f"Wang {MERCHANT}", id=f"T-{NUMBER}"))
    html = page("zh", "en", of=known(settings))
    assert MERCHANT not in html and NUMBER not in html
    assert "尾号 0007" in html and "ending in 1234" in html


@pytest.mark.parametrize("hostile", ["<script>alert(1)</script>", "\u202eabc", "\x1b[31m", "{host}", "x" * 80])
def test_no_text_gets_out_of_its_place(hostile: str) -> None:
    contact = Contact(name=hostile, phone=hostile)
    named = Settings(
        terminal=TerminalSettings(id=hostile, store=hostile, serial_number=hostile),
        support=Support(provider=contact, acquirer=contact, isp=contact, technician=contact),
        gateway=[ISO],
        serial=[msgspec.structs.replace(PRINTER, label=hostile)],
    )
    html = page("zh", of=known(named))
    assert not re.search("<script|\u202e|\x1b", html)


def test_it_says_for_which_configuration_it_was_printed(tmp_path: Path) -> None:
    assert "按配置 0123456789abcdef 打印" in page() and "配置改了就重印" in page()
    assert printed_for(tmp_path) is None
    keep_printed(tmp_path, "0123456789abcdef", TODAY.timestamp())
    assert printed_for(tmp_path) == "0123456789abcdef"
    (tmp_path / FILE).write_text("{")
    assert printed_for(tmp_path) is None


def test_as_it_is_seen_and_printed(tmp_path: Path) -> None:
    file = tmp_path / "runbook.html"
    file.write_text(page("zh"), "utf-8")
    with browser() as shown:
        shown.open(file)
        assert shown.cut_off() == []
        assert pages_in(shown.printed()) == FRONT + len(cases(known())) + 1
        assert shown.overrun(".sheet", ".foot") == []


def test_a_page_with_more_to_say_is_set_smaller() -> None:
    steps = [("Push both plugs of the cable in until they click", "The lamps light up")]
    sizes = [fitting(Amount(own=steps * number, others=(), rest=("What",), looks=True)) for number in (3, 12, 16, 20, 30, 40)]
    names = [each.name for each in TYPES]
    assert sizes[0] == "roomy" and sizes[-1] == "crowded" and sorted(sizes, key=names.index) == sizes
    assert ems("网线") == 2 and ems("WW") > ems("ii")


def test_what_is_too_long_is_masked_before_it_is_cut() -> None:
    settings = msgspec.structs.replace(FULL, terminal=msgspec.structs.replace(FULL.terminal, store="x" * 40 + MERCHANT))
    store = within(settings, masker(settings)).terminal.store
    assert store.endswith("…") and MERCHANT[:6] not in store


def test_several_things_of_one_kind_are_named_as_long_as_a_sentence_holds_them() -> None:
    many = msgspec.structs.replace(
        FULL, gateway=[msgspec.structs.replace(ISO, name=f"acquirer-{n}", host=f"h{n}.example") for n in range(9)]
    )
    of = known(many)
    down = next(each.case for each in cases(of) if each.case.cause is Cause.GATEWAY_DOWN)
    assert summary_of(down, many, of.here).zh == "网络正常，但收单主机（见屏幕）端口 8583 不提供服务"
    assert "另有 3 个" in page(of=of)


def test_a_device_on_the_network_and_one_on_a_cable_have_steps_of_their_own() -> None:
    other = SerialDevice(
        name="kitchen", label="后厨打印机", role=SerialRole.PRINTER, port="socket://192.0.2.5:9100", protocol=SerialProtocol.ESCPOS
    )
    both = msgspec.structs.replace(FULL, serial=[PRINTER, other])
    of = known(both)
    case = next(each.case for each in cases(of) if each.case.cause is Cause.DEVICE_UNPLUGGED)
    said = [step.text.zh for step in steps_of(case, both, of.here, Experience())]
    assert any(text.startswith("小票打印机：") for text in said) and any(text.startswith("后厨打印机：") for text in said)


def test_no_place_is_shown_that_the_shop_does_not_have() -> None:
    for machine, others in (
        (Machine(uplinks=(OwnUplink("wlan0", "wifi"),)), {"lan_socket", "sim", "signal"}),
        (Machine(uplinks=(OwnUplink("wwan0", "cellular"),)), {"lan_socket", "router", "router_power", "wifi"}),
        (WIRED, {"wifi", "sim", "signal"}),
    ):
        found = cases(known(machine=machine))
        shown = {name for each in found for name in each.placed.looks_over(each.case.kinds)}
        assert not shown & others
        assert "router_lamps" not in {each.placed.sign_over(each.case.kinds) for each in found} or "router" in shown


def test_the_command_makes_the_book_and_notes_for_which_configuration(tmp_path: Path) -> None:
    config, book_file = configured(tmp_path), tmp_path / "book.html"
    done = posdiag("runbook", "--config", str(config), "--lang", "both", "-o", str(book_file))
    assert (done.returncode, done.stderr) == (0, b"")
    html = book_file.read_text("utf-8")
    assert complaints(html.encode()) == "" and html.count("<article") == 2
    noted = printed_for(tmp_path / "state")
    assert noted is not None and noted in html
    config.write_text(config.read_text("utf-8") + "expect_internet = false\n", "utf-8")
    posdiag("runbook", "--config", str(config), "-o", str(book_file))
    assert printed_for(tmp_path / "state") not in (None, noted)


def test_where_it_cannot_be_noted_the_book_is_made_and_the_command_says_so(tmp_path: Path) -> None:
    config = configured(tmp_path)
    (tmp_path / "state" / FILE).mkdir()
    done = posdiag("runbook", "--config", str(config), "-o", "-")
    assert done.returncode == 0 and done.stdout.startswith(b"<!DOCTYPE html>")
    assert "没有记下" in done.stderr.decode()


def test_a_record_that_is_damaged_or_may_not_be_read_stands_in_nobodys_way(tmp_path: Path) -> None:
    config = configured(tmp_path)
    (tmp_path / "state" / "history.ndjson").write_bytes(b"\xff\x00{" * 5000)
    assert posdiag("runbook", "--config", str(config), "-o", "-").returncode == 0
    (tmp_path / "state" / "history.ndjson").unlink()
    (tmp_path / "state" / "history.ndjson").mkdir()
    assert posdiag("runbook", "--config", str(config), "-o", "-").returncode == 0
