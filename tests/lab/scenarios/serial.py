"""Printers, PIN pads and modems on serial lines; each is examined beside a network that is well."""

from __future__ import annotations

from typing import Any

from tests.lab.scenario import Make, Scenario, as_user, fault, together
from tests.support.servers.modem import Modem
from tests.support.servers.printer import Printer
from tests.support.world import World, devices, machine, netns, plan

DRIVER = "system.port_driver_missing"
GONE, MOVED, BUSY, DENIED = "operator.device_unplugged", "system.port_renumbered", "system.port_busy", "system.port_permission"
MUTE, SET, FAULT = "system.device_not_responding", "operator.serial_misconfigured", "system.printer_fault"
PAPER, LOW, COVER = "operator.paper_out", "operator.paper_low", "operator.cover_open"
SIM, LOCKED, RADIO, PLAN = "operator.sim_missing", "operator.sim_locked", "operator.radio_off", "operator.data_plan_stopped"
SEARCHING, WEAK = "network.not_registered", "network.weak_signal"
PLUG, LINE = "unplugged / renumbered", "silent device / wrong baud rate / held port"
PIN: dict[str, Any] = {"name": "pinpad", "role": "pinpad", "required": True}


def says(answer: Any, protocol: str, **settings: Any) -> Make:
    return lambda w: devices.device(w, answer, protocol, **settings) and None


def modem(**more: Any) -> Make:
    return says(Modem(**more), "at", name="modem", role="modem")


def gone(port: str = "/dev/ttyUSB97", **settings: Any) -> Make:
    return lambda w: devices.configured(w, port, settings.pop("protocol", "escpos"), **settings)


def moved(w: World) -> None:
    machine.usb_serial(w, "ttyUSB1", "067b:2303")
    devices.configured(w, "/dev/ttyUSB0", "presence", usb="067b:2303")


def moved_by_number(w: World) -> None:
    machine.usb_serial(w, "ttyACM3", "2341:0043", number="7563", port="1-4")
    devices.configured(w, "/dev/ttyACM0", "presence", usb="2341:0043", usb_serial="7563")


def swapped(w: World) -> None:
    machine.usb_serial(w, "ttyUSB1", "067b:2303", number="A1", port="1-2")
    machine.usb_serial(w, "ttyUSB0", "1a86:7523")
    devices.configured(w, machine.other_adapter_at(w), "presence", usb_serial="A1")


def another_in_its_place(w: World) -> None:
    """The configured adapter is gone, and one of another make is plugged in."""
    machine.usb_serial(w, "ttyUSB1", "1a86:7523")
    devices.configured(w, "/dev/ttyUSB0", "presence", usb="067b:2303")


def taken(w: World) -> None:
    machine.usb_without_port(w, "1a86:7523", driver="usbfs", product="USB Serial")
    devices.configured(w, "/dev/ttyUSB0", "presence", usb="1a86:7523")


def no_driver(w: World) -> None:
    machine.usb_without_port(w, "10c4:ea60", manufacturer="Silicon Labs", product="CP2102", serial="0001")
    devices.configured(w, "/dev/serial/by-id/usb-Silicon_Labs_CP2102_0001-if00-port0", "enq", **PIN)


def taken_of_a_node(w: World) -> None:
    machine.usb_without_port(w, "0403:6001", driver="usbfs")
    devices.configured(w, "/dev/ttyUSB0", "escpos")


def printer_taken(w: World) -> None:
    """A print server talks to the printer itself, so that /dev/usb/lp0 is gone."""
    machine.usb_without_port(w, "04b8:0202", driver="usbfs", interface_class="07")
    devices.configured(w, "/dev/usb/lp0", "presence")


def printer_moved(w: World) -> None:
    """It is of USB's printer class, and no line of the configuration says which one it is."""
    machine.usb_node(w, "usbmisc", "lp2", "0fe6:811e", kind="07", port="1-3")
    devices.configured(w, "/dev/usb/lp0", "presence", name="printer", role="printer")


def keypad_moved(w: World) -> None:
    machine.usb_node(w, "hidraw", "hidraw3", "11ca:0219", number="402", kind="03", port="1-2")
    devices.configured(w, "/dev/hidraw0", "presence", usb_serial="402", **PIN | {"required": False})


def unplugged_beside_another(w: World) -> None:
    """A keyboard on the bus is no serial adapter."""
    machine.usb_without_port(w, "046d:c31c", driver="usbhid", interface_class="03")
    devices.configured(w, "/dev/ttyUSB0", "escpos")


def printer_at(address: str, **settings: Any) -> Make:
    """A printer on the network, by its address, beside a shop where another machine has 192.168.50.61 and listens on nothing."""

    def make(w: World) -> None:
        netns.ip(w.router, "address add 192.168.50.61/24 dev lan0")
        devices.configured(w, f"socket://{address}:9100", settings.pop("protocol", "escpos"), role="printer", **settings)

    return make


def printer_hangs_up(w: World) -> None:
    """Something that is no printer has its address: it accepts, and ends what it does not know."""
    printer_at("192.168.50.61")(w)
    w.serve("printer", plan.Host(("x",), "192.168.50.61", ""), 9100, lambda connection: connection.close(), namespace=w.router)


def held(how: str, **settings: Any) -> Make:
    return together(devices.application, lambda w: devices.held(w, how, **settings))


def of_mode(mode: int) -> Make:
    return lambda w: devices.forbidden(w, mode)


def mute(_: bytes) -> bytes:
    return b""


EMPTY = Printer(paper_end=True)
_empty = fault("the paper is out", PAPER, says(EMPTY, "escpos"), "degraded", fixed=True)
_unplugged = fault("the printer is unplugged", GONE, gone(), "degraded", group=PLUG, fixed=True)
SCENARIOS: tuple[Scenario, ...] = (
    _empty,
    as_user(_empty),
    fault("the paper is out, in another printer's words", PAPER, says(Printer(paper_end=True, answers_1a_when_empty=True), "escpos"),
          "degraded"),
    fault("the paper is out, the printer reports by itself", PAPER, says(Printer(paper_end=True, automatic_status=True), "escpos"),
          "degraded"),
    fault("the paper ends soon", LOW, says(Printer(near_end=True), "escpos"), "ok"),
    fault("the paper ends soon, half of the questions unanswered", LOW, says(Printer(near_end=True, silent_on=(2, 3)), "escpos"), "ok"),
    fault("the paper ends soon, the printer reports by itself", LOW, says(Printer(near_end=True, automatic_status=True), "escpos"), "ok"),
    fault("the cover is open", COVER, says(Printer(cover_open=True), "escpos"), "degraded", fixed=True),
    fault("the cover is open, without paper", COVER, says(Printer(cover_open=True, paper_end=True), "escpos"), "degraded"),
    fault("the cover of a printer that is required is open", COVER, says(Printer(cover_open=True), "escpos", required=True), "outage"),
    fault("the cutter is jammed", FAULT, says(Printer(cutter_jam=True), "escpos"), "degraded"),
    fault("the printer cannot recover", FAULT, says(Printer(unrecoverable=True), "escpos"), "degraded"),
    fault("the printer is offline without a reason", FAULT, says(Printer(switched_offline=True), "escpos"), "degraded"),
    _unplugged,
    fault("the PIN pad is unplugged", GONE, gone(protocol="enq", **PIN), "outage", group=PLUG, fixed=True),
    fault("the name of the port leads nowhere", GONE, devices.dangling, "degraded", group=PLUG),
    fault("the plug is pulled in the middle", GONE, lambda w: devices.unplugged_in_the_middle(w, "enq"), "degraded", group=PLUG),
    fault("another make of adapter is plugged in instead", GONE, another_in_its_place, "degraded", group=PLUG),
    fault("the adapter is at another node", MOVED, moved, "degraded", group=PLUG, fixed=True),
    fault("the adapter is at another node, by its serial number", MOVED, moved_by_number, "degraded", group=PLUG),
    fault("two adapters changed places", MOVED, swapped, "degraded", group=PLUG),
    fault("a program has taken the adapter from its driver", DRIVER, taken, "degraded", group=PLUG, fixed=True),
    fault("the PIN pad's adapter has no driver", DRIVER, no_driver, group=PLUG),
    fault("a program has taken the only adapter, known by its node alone", DRIVER, taken_of_a_node, "degraded", group=PLUG),
    fault("a program has taken the printer on USB", DRIVER, printer_taken, "degraded", group=PLUG),
    fault("the printer on USB is at another number, known by its node alone", "unknown.indeterminate", printer_moved, "degraded",
          category="unknown", group=PLUG),
    fault("the keypad on USB is at another number, by its serial number", MOVED, keypad_moved, "degraded", group=PLUG),
    fault("the printer is unplugged, and a keyboard is there", GONE, unplugged_beside_another, "degraded", group=PLUG),
    fault("nobody is at the address of the network printer", GONE, printer_at("192.168.50.60"), "degraded", group=PLUG, fixed=True),
    fault("the network printer of the application is gone", GONE, printer_at("192.168.50.60", owner="app", protocol="presence"), "degraded",
          group=PLUG),
    fault("another machine has the network printer's address", SET, printer_at("192.168.50.61"), "degraded", group=PLUG),
    fault("what has the network printer's address hangs up", "unknown.indeterminate", printer_hangs_up, "degraded", category="unknown",
          group=PLUG),
    fault("somebody else has the port", BUSY, held("none"), "degraded", group=LINE, fixed=True),
    fault("somebody else has locked the port", BUSY, held("flock"), "degraded", group=LINE),
    fault("somebody else has the port exclusively", BUSY, held("exclusive"), "degraded", group=LINE),
    fault("somebody else has the PIN pad's port", BUSY, held("none", **PIN), "outage", group=LINE),
    *(as_user(fault(f"the port's mode is {mode:o}", DENIED, of_mode(mode), "degraded", group=LINE)) for mode in (0o600, 0o660, 0o640)),
    fault("a PIN pad is silent", MUTE, says(mute, "enq", **PIN), "outage", group=LINE, fixed=True),
    fault("a printer is silent", MUTE, says(mute, "escpos"), "degraded", group=LINE),
    fault("a modem is silent", MUTE, says(mute, "at", role="modem"), "degraded", group=LINE),
    fault("an expected reply does not come", MUTE, says(mute, "expect", expect={"send": "0210", "reply": "06"}), "degraded", group=LINE),
    fault("noise instead of an answer", SET, says(lambda _: b"\xf8\x00\xfe", "escpos"), "degraded", group=LINE),
    fault("noise instead of an ACK", SET, says(lambda _: b"\xe0\x1c\x00", "enq"), "degraded", group=LINE),
    fault("a modem at the PIN pad's port", SET, says(Modem(), "enq", name="pinpad"), "degraded", group=LINE, fixed=True),
    fault("a line that echoes", SET, says(lambda came: came, "escpos"), "degraded", group=LINE),
    fault("no SIM", SIM, modem(cpin="+CME ERROR: 10"), "degraded", fixed=True),
    fault("the SIM fails", SIM, modem(cpin="+CME ERROR: 13"), "degraded"),
    fault("no SIM, in words", SIM, modem(cpin="+CME ERROR: SIM not inserted"), "degraded"),
    fault("the SIM wants its PIN", LOCKED, modem(cpin="+CPIN: SIM PIN"), "degraded"),
    fault("the SIM wants its PUK", LOCKED, modem(cpin="+CPIN: SIM PUK"), "degraded"),
    fault("the SIM wants PIN 2", LOCKED, modem(cpin="+CPIN: PH-SIM PIN"), "degraded"),
    fault("the modem's radio is off", RADIO, modem(cfun=4), "degraded"),
    fault("the modem is at its least", RADIO, modem(cfun=0), "degraded"),
    fault("registration denied", PLAN, modem(stats={"CREG": 3, "CGREG": 3, "CEREG": 3}), "degraded"),
    fault("registration denied on the one network it knows", PLAN, modem(stats={"CREG": 3}), "degraded"),
    fault("registered, not attached", PLAN, modem(attached=0), "degraded"),
    fault("the modem searches", SEARCHING, modem(stats={"CREG": 2, "CGREG": 2, "CEREG": 2}), "degraded"),
    fault("a port of the board that this machine does not have", "unknown.indeterminate",
          lambda w: devices.configured(w, "/dev/ttyAMA7", "presence"), "degraded"),
    fault("the network takes the modem for emergency calls alone", "unknown.indeterminate",
          modem(stats={"CREG": 8, "CGREG": 8, "CEREG": 8}), "degraded", category="unknown"),
    fault("the modem refuses to speak of its SIM, and searches", "unknown.indeterminate",
          modem(cpin="ERROR", stats={"CREG": 2}), "degraded", category="unknown"),
    fault("the modem refuses to speak of its SIM, and has its own word for no card", SIM,
          modem(cpin="ERROR", stats={"CREG": 0}, more={"QSIMSTAT": "+QSIMSTAT: 0,0"}), "degraded"),
    fault("the modem does not search", SEARCHING, modem(stats={"CREG": 0}), "degraded"),
    fault("the modem knows nothing of a network", SEARCHING, modem(stats={"CREG": 4, "CEREG": 4}), "degraded"),
    fault("the signal is weak", WEAK, modem(csq=1), "degraded|ok"),
    fault("the signal is weak on a network of the third generation", WEAK, modem(csq=2, stats={"CREG": 5}), "degraded|ok"),
    fault("the signal is as weak as can be", WEAK, modem(csq=0), "degraded|ok"),
)  # fmt: skip
