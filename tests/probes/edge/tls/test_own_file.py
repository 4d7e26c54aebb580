"""Files of this machine's own that were good once: gone, empty, cut off, a pipe. None is waited for, and none is the other side's fault."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from probes.edge.failures import Unusable
from probes.edge.tls import tls_client
from probes.model import Symptom
from tests.support.world.ca import Authority

Break = Callable[[Path], object]


def halve(path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole + whole[: len(whole) // 2])


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


WAYS: dict[str, Break] = {
    "gone": Path.unlink,
    "empty": lambda path: path.write_bytes(b""),
    "cut off behind a whole one": halve,
    "something else": lambda path: path.write_bytes(b"\0" * 4096),
    "a pipe": pipe,
}


@pytest.mark.parametrize("way", WAYS)
def test_authorities_that_nobody_can_use(tmp_path: Path, way: str) -> None:
    root = Authority(tmp_path).root_file
    tls_client.context(str(root))
    WAYS[way](root)
    with pytest.raises(Unusable) as found:
        tls_client.context(str(root))
    assert found.value.symptom is Symptom.TRUST_UNUSABLE and found.value.text.startswith(f"{root}: ")


@pytest.mark.parametrize("way", [way for way in WAYS if way != "cut off behind a whole one"])
@pytest.mark.parametrize("broken", ["certificate", "key"])
def test_a_certificate_of_our_own_that_nobody_can_use(tmp_path: Path, way: str, broken: str) -> None:
    authority = Authority(tmp_path)
    certificate = authority.leaf("T-1001").write(tmp_path / "own.pem")
    key = tmp_path / "own.key"
    key.write_bytes(certificate.read_bytes())
    tls_client.context(str(authority.root_file), str(certificate), str(key))
    WAYS[way](certificate if broken == "certificate" else key)
    with pytest.raises(Unusable) as found:
        tls_client.context(str(authority.root_file), str(certificate), str(key))
    assert found.value.symptom is Symptom.CLIENT_CERT_UNUSABLE


def test_a_key_of_another_certificate(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    certificate = authority.leaf("T-1001").write(tmp_path / "own.pem")
    key = authority.leaf("T-1002").write(tmp_path / "other.pem")
    with pytest.raises(Unusable, match="KEY_VALUES_MISMATCH"):
        tls_client.context(str(authority.root_file), str(certificate), str(key))
