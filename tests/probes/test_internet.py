"""An internet check tells what it asked without telling a secret."""

from __future__ import annotations

import socket

from probes.edge.dns.lookup import Lookup
from probes.ground.deadline import Deadline
from probes.internet import check_url
from probes.model import Outcome
from probes.settings import InternetCheck
from tests.support.patience import PATIENCE_S


def test_a_login_and_a_key_in_the_address_stay_here() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and does not listen
        where = f"127.0.0.1:{taken.getsockname()[1]}"
        wanted = InternetCheck(url=f"http://me:s3cret@{where}/generate_204?key=s3cret")
        check = check_url(1, wanted, Lookup(servers=()), True, None, Deadline(PATIENCE_S))
    assert check.outcome is Outcome.FAIL
    assert check.facts.url == f"http://{where}/generate_204?***"
    assert "s3cret" not in str(check)
