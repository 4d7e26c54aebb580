"""Commands over adb: stdout, stderr and exit status apart, and an end to everything that has none."""

from __future__ import annotations

import pytest

from probes.edge.adb import server
from probes.edge.adb.server import NotReady
from probes.edge.adb.shell import MOST_OUTPUT, Phone
from probes.edge.adb.states import DeviceState, refused_as, state_of
from probes.edge.failures import PeerFailed
from probes.ground.deadline import Deadline
from probes.model import Symptom
from tests.support.servers.adb import Said, adb_server


def test_what_a_command_says_and_how_it_ends() -> None:
    with adb_server(lambda command: Said(out=f"did {command}\n", err="warning\n", status=7)) as adb:
        done = Phone(adb.address, "X1").ask("getprop", Deadline(5))
    assert (done.stdout, done.stderr, done.status, done.cut) == ("did getprop\n", "warning\n", 7, False)
    assert adb.asked == ["getprop"]


def test_a_command_that_hangs_ends_at_its_own_deadline() -> None:
    with adb_server(lambda _: Said(out="so far\n", then="hang")) as adb:
        done = Phone(adb.address, "X1").ask("dumpsys wifi", Deadline(30), seconds=0.3)
    assert (done.stdout, done.status) == ("so far\n", None)
    with adb_server(lambda _: Said(then="hang")) as adb:
        done = Phone(adb.address, "X1").ask("dumpsys wifi", Deadline(30), seconds=0.3)
    assert (done.stdout, done.status) == ("", None)


def test_a_link_that_is_lost_in_the_middle_leaves_what_came() -> None:
    with adb_server(lambda _: Said(out="first\n", then="cut")) as adb:
        done = Phone(adb.address, "X1").ask("getprop", Deadline(5))
    assert done.stdout.startswith("first\n") and done.status is None


def test_a_flood_is_read_to_a_limit() -> None:
    with adb_server(lambda _: Said(then="flood")) as adb:
        done = Phone(adb.address, "X1").ask("logcat", Deadline(20), seconds=20)
    assert (len(done.stdout), done.cut) == (MOST_OUTPUT, True)


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("device", DeviceState.DEVICE),
        ("unauthorized", DeviceState.UNAUTHORIZED),
        ("offline", DeviceState.OFFLINE),
        ("recovery", DeviceState.RECOVERY),
        ("sideload", DeviceState.SIDELOAD),
        ("bootloader", DeviceState.BOOTLOADER),
        (
            "no permissions (missing udev rules? user is in the plugdev group); see [http://developer.android.com]",
            DeviceState.NO_PERMISSIONS,
        ),
        ("something new", DeviceState.OTHER),
    ],
)
def test_the_states_of_devices(word: str, state: DeviceState) -> None:
    assert state_of(word) is state
    with adb_server(lambda _: Said(), state=word) as adb:
        (known,) = server.devices(adb.address, Deadline(5))
    assert (known.serial, known.state) == ("X1", state)


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("device unauthorized.\nThis adb server's $ADB_VENDOR_KEYS is not set", DeviceState.UNAUTHORIZED),
        ("device offline", DeviceState.OFFLINE),
        ("device 'X9' not found", DeviceState.GONE),
        ("no devices/emulators found", DeviceState.GONE),
        ("more than one device/emulator", DeviceState.SEVERAL),
        ("device still connecting", DeviceState.CONNECTING),
        ("insufficient permissions for device", DeviceState.NO_PERMISSIONS),
    ],
)
def test_why_a_server_refuses(text: str, state: DeviceState) -> None:
    assert refused_as(text) is state


def test_a_device_that_cannot_be_asked() -> None:
    with adb_server(lambda _: Said(), state="unauthorized") as adb, pytest.raises(NotReady) as refused:
        Phone(adb.address, "X1").ask("getprop", Deadline(5))
    assert refused.value.state is DeviceState.UNAUTHORIZED


def test_no_server_and_another_one() -> None:
    with pytest.raises(PeerFailed) as failed:
        server.devices("127.0.0.1:1", Deadline(2))
    assert failed.value.symptom is Symptom.REFUSED
    with pytest.raises(PeerFailed) as failed:
        server.devices("localfilesystem:/nonexistent/adb", Deadline(2))
    assert failed.value.symptom is Symptom.REFUSED
