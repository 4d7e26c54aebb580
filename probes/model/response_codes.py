"""DE39, the response code of ISO 8583, as the answer to a network-management message: one table for all who read it."""

from __future__ import annotations

from enum import StrEnum


class Meaning(StrEnum):
    """What a code says of the host, or of this merchant's account there."""

    ACCOUNT_SUSPENDED = "account_suspended"
    NOT_REGISTERED = "not_registered"
    SIGN_IN = "sign_in"
    PROTOCOL_ERROR = "protocol_error"
    HOST_ERROR = "host_error"


ACCEPTED = "00"
# A host that answers an echo with a cardholder's decline lives and serves: never an outage.
DECLINES = frozenset(["01", "04", "05", "14", "34", "38", "41", "43", "51", "54", "55", "57", "59", "61", "62", "65", "75"])
MEANINGS: dict[str, Meaning] = {
    "03": Meaning.ACCOUNT_SUSPENDED,
    "97": Meaning.NOT_REGISTERED,
    "58": Meaning.NOT_REGISTERED,
    **dict.fromkeys(("77", "99", "A0"), Meaning.SIGN_IN),
    **dict.fromkeys(("12", "30", "94"), Meaning.PROTOCOL_ERROR),
    **dict.fromkeys(("68", "90", "91", "92", "96", "98"), Meaning.HOST_ERROR),
}
