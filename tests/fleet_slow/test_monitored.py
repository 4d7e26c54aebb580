"""Monitoring systems that ask a terminal as docs/fleet.md has it, with the real programs."""

from __future__ import annotations

import json
import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.contract.times import utc
from tests.support.command_line import configured, current, kept
from tests.support.patience import PATIENCE_S
from tests.support.recipes import RECIPES, launcher, needs, parsed, run
from tests.support.ssh_server import SshServer, ssh_server

pytestmark = pytest.mark.root


@pytest.fixture
def server(tmp_path: Path) -> Iterator[SshServer]:
    (tmp_path / "ssh").mkdir()
    with ssh_server(tmp_path / "ssh") as made:
        yield made


@pytest.fixture
def terminal(tmp_path: Path) -> Path:
    """`posdiag` of a terminal that cannot take payments."""
    config = configured(tmp_path)
    kept(config, current())
    return launcher(tmp_path, config)


@needs("zabbix_agent2")
def test_zabbix(terminal: Path, tmp_path: Path) -> None:
    """The agent gives the template what each of its items is made of, also where nothing new was written for long."""
    parameter = (RECIPES / "zabbix-agent2-posdiag.conf").read_text().replace("/usr/bin/posdiag", str(terminal))
    (tmp_path / "agent.conf").write_text(
        f"{parameter}\nHostname=T-1\nServer=127.0.0.1\nTimeout=30\nLogFile={tmp_path}/log\nPidFile={tmp_path}/pid\n"
        f"PluginSocket={tmp_path}/plugins\nControlSocket={tmp_path}/control\n"
    )
    lines = []
    for document in (current(), current(valid_until=utc(time.time() - 60))):
        kept(terminal.parent / "agent.toml", document)
        said = run("zabbix_agent2", "-c", str(tmp_path / "agent.conf"), "-t", "posdiag.summary")
        found = re.search(r"\[s\|(.*)\]", said, re.DOTALL)
        assert found, said
        lines.append(found.group(1))
    assert [_of(value, "posdiag.state") for value in lines] == ["2", "3"], "what runs out is unknown"
    assert _of(lines[0], "posdiag.cause") == current().cause and _of(lines[0], "posdiag.version")
    assert float(_of(lines[0], "posdiag.generated_at")) > time.time() - 3600


def _of(value: str, key: str) -> str:
    """What the template makes of what the agent sent."""
    (template,) = parsed(RECIPES / "zabbix-template.yaml")["zabbix_export"]["templates"]
    master, *items = template["items"]
    assert master["key"] == "posdiag.summary" and all(item["master_item"]["key"] == master["key"] for item in items)
    (item,) = (each for each in items if each["key"] == key)
    for step in item["preprocessing"]:
        if step["type"] == "REGEX":
            found = re.search(step["parameters"][0], value)
            assert found and step["parameters"][1] == r"\1", key
            value = found.group(1)
        else:
            assert step["type"] == "JSONPATH"
            value = str(json.loads(value)[step["parameters"][0].removeprefix("$.")])
    return value


@needs("nagios4")
def test_nagios(server: SshServer, terminal: Path, tmp_path: Path) -> None:
    """It asks by itself, here and over ssh, and shows what posdiag said."""
    plugins = tmp_path / "plugins"
    plugins.mkdir()
    options = " ".join(f"-o {each[2:]}" if each.startswith("-o") else f"-i {each[2:]}" for each in server.options)
    (plugins / "check_by_ssh").write_text(f'#!/bin/sh\nexec /usr/lib/nagios/plugins/check_by_ssh -l root -p {server.port} {options} "$@"\n')
    (plugins / "check_by_ssh").chmod(0o755)
    recipe = (RECIPES / "nagios-posdiag.cfg").read_text()
    recipe = recipe.replace("/usr/bin/posdiag", str(terminal)).replace('"posdiag status', f'"{terminal} status')
    for name in ("var", "spool"):
        (tmp_path / name).mkdir()
    (tmp_path / "resource.cfg").write_text(f"$USER1$={plugins}\n")
    (tmp_path / "objects.cfg").write_text(recipe + _NAGIOS_OBJECTS)
    (tmp_path / "nagios.cfg").write_text(
        f"cfg_file={tmp_path}/objects.cfg\nresource_file={tmp_path}/resource.cfg\nlog_file={tmp_path}/var/log\n"
        f"status_file={tmp_path}/var/status.dat\nobject_cache_file={tmp_path}/var/objects\nstate_retention_file={tmp_path}/var/retention\n"
        f"command_file={tmp_path}/var/cmd\nlock_file={tmp_path}/var/lock\ntemp_file={tmp_path}/var/tmp\ntemp_path={tmp_path}/var\n"
        f"check_result_path={tmp_path}/spool\nquery_socket={tmp_path}/var/qh\nnagios_user=root\nnagios_group=root\nstatus_update_interval=1\n"
        "max_service_check_spread=1\nservice_inter_check_delay_method=n\nhost_inter_check_delay_method=n\nservice_check_timeout=60\n"
    )
    run("nagios4", "-v", str(tmp_path / "nagios.cfg"))
    daemon = subprocess.Popen(["/usr/sbin/nagios4", str(tmp_path / "nagios.cfg")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        shown: list[str] = []
        end = time.monotonic() + PATIENCE_S
        while len(shown) < 2:
            assert time.monotonic() < end and daemon.poll() is None, (tmp_path / "var/log").read_text()
            time.sleep(0.5)
            status = tmp_path / "var/status.dat"
            text = status.read_text() if status.exists() else ""
            blocks = re.findall(r"servicestatus \{(.*?)\n\t\}", text, re.DOTALL)
            shown = [block for block in blocks if "has_been_checked=1" in block]
        for block in shown:
            assert "\tcurrent_state=2\n" in block and "plugin_output=POSDIAG CRITICAL - " in block, block
            assert "performance_data=can_pay=0" in block
    finally:
        daemon.terminate()
        daemon.wait()


_NAGIOS_OBJECTS = """
define timeperiod {
    timeperiod_name 24x7
    alias always
    sunday 00:00-24:00
    monday 00:00-24:00
    tuesday 00:00-24:00
    wednesday 00:00-24:00
    thursday 00:00-24:00
    friday 00:00-24:00
    saturday 00:00-24:00
}
define command {
    command_name nothing
    command_line /bin/true
}
define contact {
    contact_name nobody
    host_notifications_enabled 0
    service_notifications_enabled 0
    host_notification_period 24x7
    service_notification_period 24x7
    host_notification_commands nothing
    service_notification_commands nothing
}
define host {
    host_name T-1
    address 127.0.0.1
    max_check_attempts 1
    check_period 24x7
    contacts nobody
}
define service {
    use posdiag
    host_name T-1
    contacts nobody
    check_command check_posdiag
}
define service {
    use posdiag
    host_name T-1
    service_description payments over ssh
    contacts nobody
    check_command check_posdiag_by_ssh
}
"""


@needs("icinga2")
def test_icinga(server: SshServer, terminal: Path, tmp_path: Path) -> None:
    """Its own daemon asks both ways, and writes down what it was told."""
    plugins = tmp_path / "plugins"
    plugins.mkdir()
    options = " ".join(f"-o {each[2:]}" if each.startswith("-o") else f"-i {each[2:]}" for each in server.options)
    (plugins / "check_by_ssh").write_text(
        f'#!/bin/sh\nexec /usr/lib/nagios/plugins/check_by_ssh -t 60 -l root -p {server.port} {options} "$@"\n'
    )
    (plugins / "check_by_ssh").chmod(0o755)
    recipe = (RECIPES / "icinga2-posdiag.conf").read_text().replace("/usr/bin/posdiag", str(terminal))
    recipe = recipe.replace('[ "posdiag", "status"', f'[ "{terminal}", "status"')
    told = tmp_path / "told"
    told.mkdir()
    script = tmp_path / "tell"
    script.write_text(f'#!/bin/sh\necho "$1|$2|$3" > {told}/"$4"\n')
    script.chmod(0o755)
    (tmp_path / "icinga2.conf").write_text(
        f"""include <itl>
include <plugins>
const PluginDir = "{plugins}"
const NodeName = "here"
const ZoneName = "here"
object Endpoint NodeName {{}}
object Zone ZoneName {{ endpoints = [ NodeName ] }}
object CheckerComponent "checker" {{}}
object CheckCommand "alive" {{ command = [ "/bin/true" ] }}
object Host "T-1" {{ check_command = "alive"; address = "127.0.0.1"; vars.posdiag = "agent" }}
object Host "T-2" {{ check_command = "alive"; address = "127.0.0.1"; vars.posdiag = "ssh" }}
object EventCommand "tell" {{
  command = [ "{script}", "$service.state$", "$service.output$", "$service.perfdata$", "$host.name$" ]
}}
{recipe}
template Service "told" {{ event_command = "tell" }}
""".replace('template Service "posdiag" {', 'template Service "posdiag" {\n  event_command = "tell"')
    )
    places = [f"-D{name}={tmp_path}/icinga/{name}" for name in ("DataDir", "LogDir", "CacheDir", "SpoolDir", "InitRunDir")]
    for each in places:
        Path(each.partition("=")[2]).mkdir(parents=True)
    argv = ["/usr/sbin/icinga2", "daemon", "-c", str(tmp_path / "icinga2.conf"), *places, "-DRunAsUser=root", "-DRunAsGroup=root"]
    run(*argv, "-C")
    with (tmp_path / "icinga.log").open("wb") as log:
        daemon = subprocess.Popen(argv, stdout=log, stderr=log)
    try:
        end = time.monotonic() + PATIENCE_S
        while len(list(told.iterdir())) < 2:
            assert time.monotonic() < end and daemon.poll() is None, (tmp_path / "icinga.log").read_text()
            time.sleep(0.5)
        for name in ("T-1", "T-2"):
            assert (told / name).read_text().startswith("CRITICAL|POSDIAG CRITICAL - "), (told / name).read_text()
    finally:
        daemon.terminate()
        daemon.wait()
