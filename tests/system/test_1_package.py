"""The package on a minimal system: installed offline, with least rights, upgraded, downgraded, removed and purged."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Callable
from pathlib import Path

from probes.model.rights import NET_RAW
from tests.system.service import IN_MEMORY, Service, cycles

Note = Callable[[str, str], None]


def test_it_installs_offline_and_starts_by_itself(service: Service, seen: Note) -> None:
    machine = service.machine
    assert "Could not resolve" not in machine.install(service.packages["0.1.0"])
    machine.until(lambda: machine.active)
    assert machine.run("systemctl", "is-enabled", "posdiag") == "enabled"
    size = int(machine.run("dpkg-query", "--show", "--showformat=${Installed-Size}", "posdiag")) // 1024
    seen("`dpkg -i` with no network, on a minimal system with python3", f"running; {size} MiB installed; enabled for the next boot")
    links = machine.run("readlink", "/var/lib/posdiag/status.json")
    kinds = machine.run("stat", "--file-system", "-c", "%T", "/var/lib/posdiag/last-status.json", links).splitlines()
    anybody = machine.run("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "cat", "/var/lib/posdiag/status.json")
    assert (links, kinds[1]) == ("/run/posdiag/status.json", "tmpfs") and kinds[0] != "tmpfs"
    assert json.loads(anybody)["sequence"] >= 1
    seen("as it is installed", "the status lies in memory; anybody reads it at `/var/lib/posdiag/status.json`")


def test_it_is_ready_with_its_first_status(service: Service, seen: Note) -> None:
    service.installed()
    service.configure()
    service.restart()
    machine = service.machine
    assert machine.active and machine.status()["state"] == "ok"
    moments = [int(machine.show(name)) for name in ("ExecMainStartTimestampMonotonic", "ActiveEnterTimestampMonotonic")]
    took_s = (moments[1] - moments[0]) / 1_000_000
    assert took_s < 3
    seen("started on a healthy network", f"`READY` after {took_s:.1f} s, with the first status, `ok`")


def test_its_modes_and_its_rights(service: Service, seen: Note) -> None:
    service.installed()
    machine = service.machine
    files = "/etc/posdiag/agent.toml /var/lib/posdiag /var/lib/posdiag/status.json /var/log/posdiag/posdiag.log /opt/posdiag/bin/posdiag"
    modes = machine.run("stat", "-c", "%U:%G %a", *files.split()).splitlines()
    assert modes == ["root:posdiag 640", "posdiag:posdiag 755", "posdiag:posdiag 644", "posdiag:posdiag 644", "root:root 755"]
    status = Path(f"/proc/{machine.pid}/status").read_text()
    assert set(re.findall(r"Cap(?:Inh|Prm|Eff|Bnd|Amb):\t(\w+)", status)) == {"0" * 16}
    assert "NoNewPrivs:\t1" in status and "Seccomp:\t2" in status
    exposure = float(re.findall(r"exposure level for posdiag.service: ([\d.]+)", machine.run("systemd-analyze", "security", "posdiag"))[0])
    assert exposure <= 1.5
    sockets = machine.run("python3", "-c", "print(*open('/proc/net/tcp'), *open('/proc/net/tcp6'))")
    assert not [line for line in sockets.splitlines() if line.split()[3:4] == ["0A"]]
    seen("`systemd-analyze security`", f"exposure {exposure}; no capability, no listening socket")


def test_every_check_but_those_two_works_without_capabilities(service: Service, seen: Note) -> None:
    service.installed()
    machine = service.machine
    service.configure(system=service.world.config["system"] | {"disk_paths": ["/", "/home", "/var/lib/posdiag"]})
    service.restart()
    service.sound()
    checks = {check["id"]: check for check in machine.status()["checks"]}
    assert {name for name, check in checks.items() if check["outcome"] in ("unknown", "fail")} == {"address:conflict:eth0"}
    assert checks["address:conflict:eth0"]["because"] == NET_RAW.missing()
    assert checks["router:192.168.50.1"]["facts"]["answered_by"] == "icmp"
    for path in ("/", "/home", "/var/lib/posdiag"):
        assert checks[f"system:disk:{path}"]["facts"]["read_only"] is False, path
    seen(
        "every check under the sandbox",
        f"{len(checks)} checks: ICMP works, the disks are seen writable though they are read-only for the service; "
        "`address:conflict` alone is `unknown`, because of `CAP_NET_RAW`",
    )


def test_a_serial_device_is_asked_without_capabilities(service: Service, seen: Note) -> None:
    service.installed()
    machine = service.machine
    (machine.tree / "root/pinpad.py").write_text((Path(__file__).parent / "pinpad.py").read_text())
    output = "--property=StandardOutput=file:/root/port"
    machine.run("systemd-run", "--unit=pinpad", output, "python3", "/root/pinpad.py")
    try:
        machine.until(lambda: (machine.tree / "root/port").exists() and (machine.tree / "root/port").read_text().strip())
        port = (machine.tree / "root/port").read_text().strip()
        device = {"name": "pinpad", "role": "pinpad", "port": port, "protocol": "enq", "owner": "agent"}
        service.configure(serial=[device])
        service.restart()
        service.sound()
        check = service.check("serial:pinpad")
        assert (check["outcome"], check["facts"]["opened"]) == ("pass", True), check
        service.configure(serial=[device | {"owner": "app"}])
        service.restart()
        service.sound()
        note = service.check("serial:pinpad")["facts"]["note"]
        assert "CAP_SYS_PTRACE" in note
    finally:
        machine.run("systemctl", "stop", "pinpad")
        service.configure()
    seen(
        "a PIN pad on a port of the group dialout",
        f"opened and asked by the service's own user; as the application's port: \u201c{note}\u201d",
    )


def test_what_people_say_gets_into_the_record_and_papers_are_made(service: Service, seen: Note) -> None:
    """By a user of the group alone, and by one who is not in it; the service takes it in under its sandbox, and keeps a page."""
    service.installed()
    machine = service.machine
    service.configure(agent=IN_MEMORY | {"page_dir": "/run/posdiag/page"})
    service.restart()
    service.sound()
    folder = "/var/lib/posdiag/told"
    assert machine.run("stat", "-c", "%U:%G %a", folder) == "posdiag:posdiag-told 3770"
    group = machine.run("getent", "group", "posdiag-told").split(":")[2]
    cashier = ("setpriv", "--reuid=65534", "--regid=65534")
    told = machine.run(*cashier, f"--groups={group}", "posdiag", "told", "--lang", "en", "the cable was loose")
    machine.until(lambda: b"the cable was loose" in machine.read("var/lib/posdiag/history.ndjson"))
    refused = machine.run(*cashier, "--clear-groups", "posdiag", "told", "--lang", "en", "nobody", check=False)
    assert "posdiag-told" in refused and b"nobody" not in machine.read("var/lib/posdiag/history.ndjson")
    machine.until(lambda: "</html>" in machine.run("cat", "/run/posdiag/page/index.html", check=False))
    papers = [("status", "--html"), ("report",), ("runbook",)]
    sizes = [len(machine.run("posdiag", *words, "-o", "-")) for words in papers]
    assert min(sizes) > 3000
    audit = json.loads(machine.run("posdiag", "audit", "--json", check=False))
    assert audit["schema"] == "posdiag.audit/1" and audit["items"]
    machine.until(lambda: machine.status()["readiness"]["checked_at"])
    service.configure()
    service.restart()
    seen(
        "`posdiag told` by an ordinary user of the group `posdiag-told`, and by one who is in no group",
        f"\u201c{told.splitlines()[0]}\u201d, and in the record; the other is told which group is missing. "
        "The page is kept in `/run/posdiag/page`, papers and the audit are made",
    )


def test_more_rights_make_them_work(service: Service, seen: Note) -> None:
    service.installed()
    machine = service.machine
    target = machine.tree / "etc/systemd/system/posdiag.service.d/more-rights.conf"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes((machine.tree / "opt/posdiag/share/more-rights.conf").read_bytes())
    try:
        machine.run("systemctl", "daemon-reload")
        service.restart()
        service.sound()
        assert service.check("address:conflict:eth0")["outcome"] == "pass"
        caps = re.findall(r"CapEff:\t(\w+)", Path(f"/proc/{machine.pid}/status").read_text())[0]
        assert int(caps, 16) == 1 << 13 | 1 << 19 | 1 << 2 | 1 << 34  # net_raw, sys_ptrace, dac_read_search, syslog
    finally:
        target.unlink()
        machine.run("systemctl", "daemon-reload")
        service.restart()
    seen("more-rights.conf put beside the unit", "`address:conflict` passes; four capabilities, no other")


def test_a_healthy_day_leaves_no_error_in_the_journal(service: Service, seen: Note) -> None:
    service.installed()
    machine = service.machine
    service.sound()
    morning = f"--since=@{time.time():.0f}"
    time.sleep(1)
    service.restart()
    cycles(service, 10)
    assert any("Started posdiag" in line for line in machine.journal(morning, "-u", "posdiag"))
    assert machine.journal(morning, "-p", "err") == []
    # an entry is of a change: the first start made one, the one of this morning found what it knew
    assert any(line.startswith("state=ok can_pay=yes msg=") for line in machine.journal("-u", "posdiag", "POSDIAG_STATE=ok"))
    assert "ok: can take payments" in machine.run("systemctl", "status", "posdiag")
    seen("ten cycles in a healthy world", "`journalctl -p err` is empty, of the whole machine")


def test_upgrade_and_downgrade_keep_configuration_and_state(service: Service, seen: Note) -> None:
    service.installed()
    machine = service.machine
    written = (machine.tree / "etc/posdiag/agent.toml").read_text()
    for version in ("0.1.1", "0.1.0"):
        before = service.sound()["sequence"]
        machine.install(service.packages[version])
        assert service.sound()["sequence"] > before
        assert machine.run("dpkg-query", "--show", "--showformat=${Version}", "posdiag") == version
        assert (machine.tree / "etc/posdiag/agent.toml").read_text() == written
        assert machine.run("stat", "-c", "%U:%G %a", "/etc/posdiag/agent.toml") == "root:posdiag 640"
    seen("upgraded to 0.1.1 and downgraded again", "an edited configuration stays, the sequence goes on, running each time")


def test_removed_it_leaves_the_state_and_purged_nothing(service: Service, seen: Note) -> None:
    service.installed()
    machine = service.machine
    service.configure(agent=IN_MEMORY)
    service.restart()
    before = service.sound()["sequence"]
    machine.run("dpkg", "-r", "posdiag")
    assert machine.status()["sequence"] >= before and (machine.tree / "etc/posdiag/agent.toml").exists()
    assert not (machine.tree / "opt/posdiag").exists()
    assert machine.run("systemctl", "is-active", "posdiag", check=False) == "inactive"
    machine.install(service.packages["0.1.0"])
    assert service.sound()["sequence"] > before
    machine.run("dpkg", "-P", "posdiag")
    assert machine.run("ls", "/run/posdiag", check=False).endswith("No such file or directory")
    left = [name for name in ("etc/posdiag", "var/lib/posdiag", "var/log/posdiag", "opt/posdiag") if os.path.lexists(machine.tree / name)]
    assert left == ["etc/posdiag"] and [path.name for path in (machine.tree / "etc/posdiag").iterdir()] == ["ca.pem"]  # not its own
    machine.install(service.packages["0.1.0"])
    service.configure()
    service.restart()
    service.sound()
    seen("removed, installed again, purged, installed again", "removal keeps state and configuration, purge leaves nothing of its own")
