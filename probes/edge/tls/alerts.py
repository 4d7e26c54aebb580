"""What the other side says in a TLS alert, by its number: RFC 8446 section 6.2, RFC 5246 section 7.2.2, RFC 6066 section 9, and the
registry of IANA. Who is at fault: our certificate, the versions and ciphers of either side, the name, or the host itself."""

from __future__ import annotations

from probes.model import Symptom

CLOSE_NOTIFY, HANDSHAKE_FAILURE, USER_CANCELED = 0, 40, 90

_OURS, _COMMON = Symptom.CLIENT_CERT_REFUSED, Symptom.TLS_INCOMPATIBLE
_HOST, _NAME, _FAILED = Symptom.TLS_HOST_FAULT, Symptom.CERT_WRONG_NAME, Symptom.TLS_FAILED

ALERTS: dict[int, tuple[str, Symptom]] = {
    CLOSE_NOTIFY: ("close_notify", Symptom.CLOSED),
    # of a greeting that OpenSSL made: a host that knows no such thing, and not a greeting that is wrong
    10: ("unexpected_message", _COMMON),
    20: ("bad_record_mac", _FAILED),  # somebody on the way changed it, or the keys differ
    21: ("decryption_failed", _FAILED),
    22: ("record_overflow", _FAILED),
    30: ("decompression_failure", _COMMON),
    HANDSHAKE_FAILURE: ("handshake_failure", _COMMON),
    41: ("no_certificate", Symptom.CLIENT_CERT_MISSING),
    42: ("bad_certificate", _OURS),
    43: ("unsupported_certificate", _OURS),
    44: ("certificate_revoked", _OURS),
    45: ("certificate_expired", Symptom.CLIENT_CERT_EXPIRED),
    46: ("certificate_unknown", _OURS),
    47: ("illegal_parameter", _COMMON),
    48: ("unknown_ca", _OURS),
    49: ("access_denied", _OURS),
    50: ("decode_error", _COMMON),
    51: ("decrypt_error", _OURS),  # the signature made with our key, where one was asked for
    60: ("export_restriction", _COMMON),
    70: ("protocol_version", _COMMON),
    71: ("insufficient_security", _COMMON),
    80: ("internal_error", _HOST),
    86: ("inappropriate_fallback", _COMMON),
    USER_CANCELED: ("user_canceled", Symptom.CLOSED),
    100: ("no_renegotiation", _COMMON),
    109: ("missing_extension", _COMMON),
    110: ("unsupported_extension", _COMMON),
    111: ("certificate_unobtainable", _OURS),
    112: ("unrecognized_name", _NAME),  # the host serves others, and not this name
    113: ("bad_certificate_status_response", _FAILED),
    114: ("bad_certificate_hash_value", _OURS),
    115: ("unknown_psk_identity", _FAILED),
    116: ("certificate_required", Symptom.CLIENT_CERT_MISSING),
    117: ("general_error", _HOST),
    120: ("no_application_protocol", _COMMON),
    121: ("ech_required", _COMMON),
}


def in_words(number: int) -> str:
    """`no_application_protocol (120)`; of one that is not registered the number alone."""
    name = ALERTS.get(number, ("", _FAILED))[0]
    return f"{name} ({number})" if name else str(number)


def symptom_of(number: int) -> Symptom:
    return ALERTS.get(number, ("", _FAILED))[1]
