"""Two faults at once. Independent ones are all to be reported; one that follows from another is not."""

from __future__ import annotations

import signal

from tests.lab.scenario import Scenario, as_user, dependent, double
from tests.lab.scenarios.accounts import iso
from tests.support.servers.modem import Modem
from tests.support.servers.printer import Printer
from tests.support.world import World, acquirers, behaviours, devices, faults, host_faults, machine, plan, questions, shapes

AB = {"gateways": "ab"}
CABLE, DOWN, BLOCKED = "operator.cable_unplugged", "system.gateway_down", "network.gateway_blocked"
EXPIRED, PAPER, NET = "system.gateway_certificate_expired", "operator.paper_out", "network.internet_down"
FULL, APP, CLOCK = "system.disk_full", "system.payment_app_down", "system.clock_wrong"


def empty_printer(w: World) -> None:
    devices.device(w, Printer(paper_end=True), "escpos", name="printer", role="printer")


def full_disk(w: World) -> None:
    machine.disk(w, filled_mb=7.9)


def b_refuses(w: World) -> None:
    host_faults.gateway_stopped(w, "b")


def b_filtered(w: World) -> None:
    faults.block(w, plan.GATEWAY_B)


def app_stopped(w: World) -> None:
    devices.application(w, does=lambda p: p.send_signal(signal.SIGSTOP))


_both = double("one gateway expired, one refuses", (EXPIRED, DOWN), host_faults.certificate_expired, b_refuses, world=AB, fixed=True)
SCENARIOS: tuple[Scenario, ...] = (
    _both,
    as_user(_both),
    double("one gateway filtered, one refuses", (BLOCKED, DOWN), lambda w: faults.block(w, plan.GATEWAY_A), b_refuses, world=AB),
    double("one gateway expired, one filtered", (EXPIRED, BLOCKED), host_faults.certificate_expired, b_filtered, world=AB),
    double("account suspended, the other gateway refuses", ("operator.account_suspended", DOWN), iso("03"), b_refuses, world=AB),
    double("host fault, the other gateway filtered", ("system.gateway_error", BLOCKED), iso("96"), b_filtered, world=AB),
    double("one name typed wrong, one gateway expired", ("operator.gateway_misconfigured", EXPIRED),
           shapes.gateway_table(host="gw-typo.pay.example"),
           lambda w: host_faults.gateway_does(w, behaviours.tls(w.authority.context(w.authority.leaf(plan.GATEWAY_B.name, days=-1))), "b"),
           world=AB),
    double("cable out, paper out", (CABLE, PAPER), faults.cable_out, empty_printer, fixed=True),
    double("cable out, disk full", (CABLE, FULL), faults.cable_out, full_disk),
    double("line dead, paper out", (NET, PAPER), faults.wan_silent, empty_printer),
    double("line dead, application stopped", (NET, APP), faults.wan_silent, app_stopped),
    double("line dead, memory exhausted", (NET, "system.memory_exhausted"), faults.wan_unplugged, lambda w: machine.memory(w, 1)),
    double("certificate expired, paper out", (EXPIRED, PAPER), host_faults.certificate_expired, empty_printer),
    double("certificate expired, disk full", (EXPIRED, FULL), host_faults.certificate_expired, full_disk),
    double("gateway filtered, PIN pad unplugged", (BLOCKED, "operator.device_unplugged"), lambda w: faults.block(w, plan.GATEWAY_A),
           lambda w: devices.configured(w, "/dev/ttyUSB97", "enq", required=True)),
    double("account suspended, cover open", ("operator.account_suspended", "operator.cover_open"), iso("03"),
           lambda w: devices.device(w, Printer(cover_open=True), "escpos")),
    double("name server silent, disk full", ("network.dns_unreachable", FULL), host_faults.dns_silent, full_disk),
    double("name server fails, overheating", ("network.dns_failing", "system.overheating"),
           lambda w: host_faults.dns_answers(w, questions.SERVFAIL), lambda w: machine.temperature(w, 95)),
    double("loss, paper out", ("network.unstable", PAPER), lambda w: faults.loss(w, 40, steady=True), empty_printer,
           states="outage|degraded"),
    double("untrusted chain, no SIM", ("network.tls_intercepted", "operator.sim_missing"), host_faults.certificate_untrusted,
           lambda w: devices.device(w, Modem(cpin="+CME ERROR: 10"), "at", role="modem")),
    double("clock an hour slow, paper out", (CLOCK, PAPER), empty_printer, states="degraded", shift_s=-3600),
    double("clock an hour slow, certificate expired", (CLOCK, EXPIRED), host_faults.certificate_expired, shift_s=-3600),
    double("clock an hour slow, one gateway refuses", (CLOCK, DOWN), host_faults.gateway_stopped, shift_s=-3600),
    double("application not running, paper out", (APP, PAPER), devices.application_absent, empty_printer),
    double("no address, disk read-only", ("network.dhcp_failed", "system.disk_read_only"), faults.no_address, machine.bound_read_only),
    double("router gone, cover open", ("network.router_unreachable", "operator.cover_open"), faults.router_gone,
           lambda w: devices.device(w, Printer(cover_open=True), "escpos")),
    double("portal, disk full", ("network.captive_portal", FULL), host_faults.portal, full_disk),
    double("proxy refuses, gateway expired", ("operator.proxy_misconfigured", EXPIRED), shapes.proxied(None),
           host_faults.certificate_expired),
    double("HTTP 503 at one gateway, the other filtered", ("system.gateway_error", BLOCKED), acquirers.endpoint(503), b_filtered, world=AB),
    double("battery low without charger, gateway refuses", ("operator.charger_unplugged", DOWN),
           lambda w: machine.battery(w, 3, status="Discharging"), host_faults.gateway_stopped),
    dependent("cable out, name server stopped", CABLE, faults.cable_out, host_faults.dns_stopped),
    dependent("cable out, gateway expired", CABLE, faults.cable_out, host_faults.certificate_expired),
    dependent("router gone, line dead", "network.router_unreachable", faults.wan_silent, faults.router_gone),
    dependent("line dead, gateway refuses", NET, faults.wan_silent, host_faults.gateway_stopped),
    dependent("line dead, name server silent", NET, faults.wan_silent, host_faults.dns_silent),
    dependent("name server silent, gateway expired", "network.dns_unreachable", host_faults.dns_silent, host_faults.certificate_expired),
    dependent("no address, name server silent", "network.dhcp_failed", faults.no_address, host_faults.dns_silent),
    dependent("clock 400 days fast, untouched certificate", CLOCK, shift_s=400 * 86400),
    dependent("portal, name server silent for the rest", "network.captive_portal", host_faults.portal),
    dependent("interface off, gateway filtered", "operator.interface_disabled", faults.interface_down,
              lambda w: faults.block(w, plan.GATEWAY_A)),
)  # fmt: skip
