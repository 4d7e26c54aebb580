"""Whom to call about a verdict: who can end the fault, as the configuration names them."""

from __future__ import annotations

from agent.contract.document import Call
from agent.diagnosis.causes import Cause, Owner, Severity
from agent.diagnosis.model import Diagnosis
from agent.settings.model import Contact, Settings, Support

# a cashier or a merchant calls somebody else
_CALLED = {
    Owner.CASHIER: Owner.TECHNICIAN,
    Owner.TECHNICIAN: Owner.TECHNICIAN,
    Owner.VENDOR: Owner.VENDOR,
    Owner.ISP: Owner.ISP,
    Owner.ACQUIRER: Owner.ACQUIRER,
    Owner.MERCHANT: Owner.ACQUIRER,
}


def whom_to_call(diagnosis: Diagnosis, settings: Settings) -> Call | None:
    """None where nothing is wrong. Without a number of their own, technician and vendor are reached through the provider."""
    finding = next((each for each in diagnosis.findings if each.severity is not Severity.NOTICE), None)
    if finding is None:
        return None
    return call_about(finding.code, settings)


def call_about(code: Cause, settings: Settings) -> Call:
    who = _owner(code)
    contact = _contact(who, settings.support)
    return Call(who=who, name=contact.name, phone=contact.phone)


def _owner(code: Cause) -> Owner:
    # whoever sold the SIM, not the acquirer, ends a stopped plan
    return Owner.ISP if code is Cause.DATA_PLAN_STOPPED else _CALLED[code.owner]


def _contact(who: Owner, support: Support) -> Contact:
    match who:
        case Owner.ACQUIRER:
            return support.acquirer
        case Owner.ISP:
            return support.isp
        case Owner.TECHNICIAN:
            return support.technician if support.technician.phone else support.provider
    return support.provider
