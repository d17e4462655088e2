"""Messages between services: they send what they declare and nothing else, and read what the release before sends."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime

import msgspec
import pytest

from contracts import accounts, credentials, messages, verification
from contracts.messages import Message, of
from profiles.credentials.domain import Check, Credential, Event
from profiles.people.domain import Holder

AT = datetime(2026, 11, 1, 8, 30, tzinfo=UTC)
KINDS = {
    kind
    for module in (accounts, credentials, messages, verification)
    for kind in vars(module).values()
    if isinstance(kind, type) and issubclass(kind, Message) and kind is not Message
}
# What the service keeps for itself; a field of the domain that is not in the message belongs here on purpose.
INTERNAL = {"assigned_to", "revalidation", "previous_standing", "decided_by", "claims_person", "desk_since", "seen_version", "stage",
}  # fmt: skip


def a_credential() -> Credential:
    """A stored credential of an invented person."""
    return Credential(
        id="c", person_id="p", kind="LICENCE", authority="uk-gmc", institution_id=None, number="7000001", specialty=None,
        jurisdiction="GB", status="VALIDATED", revalidation=True, standing="GOOD", method="DOCUMENT", source_url=None,
        issued_on=None, expires_on=None, checked_on=AT.date(), submitted_at=AT, requested_info=None, taken_by=None,
        lease_until=None, version=3, decided_by=("v",), claims_person="other", seen_version=2,
        holder=Holder("Ada Byron", "2211", ("cardiology",)),
        history=(Event(AT, "p", None, "ATTESTED", None, None),), checks=(Check("NAME", "PASS", "It fits.", AT),),
    )  # fmt: skip


@pytest.mark.parametrize("kind", sorted(KINDS, key=str), ids=lambda kind: kind.__name__)
def test_a_message_cannot_be_changed_and_names_its_fields(kind: type[Message]) -> None:
    """Each says so itself; a base class's word does not hold for type checkers."""
    assert kind.__struct_config__.frozen
    assert not kind.__struct_config__.forbid_unknown_fields
    with pytest.raises(TypeError, match="positional"):
        kind(*[None] * len(kind.__struct_fields__))


def test_a_message_takes_what_it_declares_of_an_object_and_of_its_parts() -> None:
    """Also of lists of them; `more` replaces."""
    found = of(credentials.Credential, a_credential(), declared_name="Ada Byron")
    assert (found.number, found.declared_name) == ("7000001", "Ada Byron")
    assert [event.to_status for event in found.history] == ["ATTESTED"]
    assert found.holder is not None
    assert found.holder.specialties == ["cardiology"]
    sent = msgspec.json.decode(msgspec.json.encode(found))
    assert sent["submitted_at"] == "2026-11-01T08:30:00Z"
    assert not INTERNAL & set(sent)


def test_every_field_of_a_credential_is_sent_or_kept_on_purpose() -> None:
    """A new column leaks to nobody, and is forgotten by nobody."""
    stored, sent = {one.name for one in fields(Credential)}, set(credentials.Credential.__struct_fields__)
    assert stored - sent == INTERNAL


def test_what_the_release_before_sends_is_read() -> None:
    """Without fields that are new here, and with fields that are gone here."""
    old = b'{"role": "VERIFIER", "rule": "OPERATOR", "gone": [1]}'
    found = msgspec.json.decode(old, type=accounts.RoleGrant)
    assert (found.role, found.given_by, found.given_at) == ("VERIFIER", None, None)


def test_what_does_not_fit_is_refused() -> None:
    """A time that is none, for example."""
    with pytest.raises(msgspec.ValidationError, match="given_at"):
        msgspec.json.decode(b'{"role": "ADMIN", "rule": "OPERATOR", "given_at": "soon"}', type=accounts.RoleGrant)
