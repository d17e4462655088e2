"""The audit trail, for admins."""

from __future__ import annotations

from typing import Any

import graphene

from gateway.batches import Thing, refer, referred
from gateway.context import of
from gateway.ids import decode, encode
from gateway.paging import check_first, connection_type, page, page_arguments
from gateway.people.types import Professional, read_people
from gateway.scalars import DateTime
from kit import ids

# How the trail names things, and the types that they are found under.
_KINDS = {"person": "Professional", "credential": "Credential"}
_ACTORS = "AuditEntry.person"  # what the ids of people are named under; see `gateway.batches.refer`
_NAMES = {"Professional": "person", "Account": "person", "Credential": "credential"}


class AuditEntry(graphene.ObjectType):
    """Something that was done: who, what, to what, when and why."""

    seq = graphene.Int(required=True, description="Its number; no number is ever missing.")
    at = DateTime(required=True, description="The time at which it was done.")
    actor = graphene.String(
        required=True,
        description="The person who acted, by id; by pseudonym once erased, or the name of a service. `anonymous` "
        "where nobody was signed in, and "
        "for anyone but the viewer who has appealed against a moderator's decision.",
    )
    person = graphene.Field(
        Professional,
        description="The person who acted; null for a service, where `actor` names nobody, and where nobody sees them any more.",
    )
    action = graphene.String(required=True, description="The action, for example `credential.validate`.")
    object = graphene.String(required=True, description="The object of the action, by id where it has one.")
    reason = graphene.String(description="The reason, as a code or a short sentence; null where none was given.")
    hash = graphene.String(
        required=True, description="SHA-256 over the entry and the one before it, in hexadecimal digits."
    )

    @staticmethod
    def resolve_actor(root: Any, _info: Any) -> str:
        actor = str(root["actor"])
        return encode("Professional", actor) if ids.valid(actor) else actor

    @staticmethod
    def resolve_person(root: Thing, info: graphene.ResolveInfo) -> Thing | None:
        actor = str(root["actor"])
        return referred(of(info), _ACTORS, actor, read_people) if ids.valid(actor) else None

    @staticmethod
    def resolve_object(root: Any, _info: Any) -> str:
        kind, _, own = str(root["object"]).partition(":")
        return encode(_KINDS[kind], own) if kind in _KINDS and ids.valid(own) else str(root["object"])


AuditEntryConnection: Any = connection_type("AuditEntry", lambda: AuditEntry, "entries")


def _object(given: str | None) -> str | None:
    found = decode(given) if given else None
    return f"{_NAMES[found[0]]}:{found[1]}" if found and found[0] in _NAMES else given


def _actor(given: str | None) -> str | None:
    found = decode(given) if given else None
    return found[1] if found and found[0] in {"Professional", "Account"} else given


class AuditQueries(graphene.ObjectType):
    """Root fields about what was done."""

    audit_log = graphene.Field(
        AuditEntryConnection,
        object=graphene.String(
            description="Entries about this alone: an id, or the object as an entry names it, for example `credential:new`."
        ),
        actor=graphene.String(
            description="Entries by this person alone (by id), this pseudonym or this service, for example `service:worker`."
        ),
        **page_arguments(None),
        description="The audit trail, newest entry first; for admins. What was done in groups and discussions stands "
        "in it some seconds "
        "later.",
    )

    @staticmethod
    def resolve_audit_log(
        _root: Any, info: Any, first: int, object: str | None = None, actor: str | None = None, after: str | None = None
    ) -> Any:
        context = of(info)
        context.require_caller()
        body = {"object": _object(object), "actor": _actor(actor), "first": check_first(first), "after": after}
        answer = context.profiles("POST", "/v1/audit/search", body)
        refer(context, _ACTORS, (row["entry"]["actor"] for row in answer["rows"] if ids.valid(row["entry"]["actor"])))
        return page(answer, "entry", after=after)
