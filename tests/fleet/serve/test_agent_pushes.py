"""The agent's own output `https` against `fleet serve` with TLS of its own: what one sends the other takes."""

from __future__ import annotations

import time
from pathlib import Path

import msgspec
import pytest

from agent.contract.summary import encode
from agent.fleet.serve.tokens import new
from agent.outputs.carrier import NotSent, To
from agent.outputs.https import Https
from agent.outputs.line import Line
from agent.settings.output_settings import OutputSettings
from agent.status.summary import summarise
from tests.support.clocks import LaterClock
from tests.support.documents import broken_names
from tests.support.served import served, token_table
from tests.support.servers.certificates import for_address
from tests.support.world.ca import Authority

SENDER = To(terminal="T-1001", place=0.25)


def test_pushed_and_refused(tmp_path: Path) -> None:
    authority, pem, token_file, token = Authority(tmp_path), tmp_path / "server.pem", tmp_path / "token", new()
    for_address(authority, "127.0.0.1").write(pem)
    with served(tmp_path, "--cert", str(pem), tokens=token_table("shop", token, ("T-1001",))) as server:
        url = f"https://127.0.0.1:{server.port}/v1/status"
        table = {"kind": "https", "url": url, "ca_file": str(authority.root_file), "token_file": str(token_file)}
        line = Line()
        line.told("lo", lambda cost: True, metered=False)
        carrier = Https(msgspec.convert(table, OutputSettings), "", line, LaterClock())
        token_file.write_text(token + "\n")
        summary = msgspec.structs.replace(summarise(broken_names()), generated_at=int(time.time()))
        carrier.send([encode(summary).strip()], SENDER)
        carrier.send([encode(msgspec.structs.replace(summary, sequence=number)).strip() for number in range(2, 40)], SENDER)
        for wrong, why in ((new(), "401"), ("nonsense", "401")):
            token_file.write_text(wrong)
            with pytest.raises(NotSent) as raised:
                carrier.send([encode(summary).strip()], SENDER)
            assert why in raised.value.text.en
        token_file.write_text(token)
        with pytest.raises(NotSent) as raised:
            carrier.send([encode(msgspec.structs.replace(summary, id="T-9")).strip()], SENDER)
        assert "403" in raised.value.text.en
    held = b"".join(path.read_bytes() for path in server.store.glob("journal/*.ndjson"))
    assert b'"T-9"' not in held
    assert msgspec.json.decode((server.store / "fleet.json").read_bytes())["totals"]["terminals"] == 1
