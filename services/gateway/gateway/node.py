"""`node` and `nodes`: finding a thing again by its id."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import graphene

from catalogues import languages, regions, specialties
from gateway.administration.types import read_account
from gateway.catalogue.entries import entry
from gateway.catalogue.known_authorities import synced
from gateway.catalogue.types import authority, specialty
from gateway.connections.types import read_requests
from gateway.context import Context, of
from gateway.credentials.types import read_credential
from gateway.discussions.types import read_discussions, read_posts
from gateway.fields import texts
from gateway.groups.types import read_groups
from gateway.ids import decode
from gateway.instance.types import read_policies
from gateway.introductions.types import read_introductions
from gateway.moderation.types import read_decisions, read_flags, read_notes
from gateway.node_readers import (
    read_case_note,
    read_dead_letter,
    read_evidence,
    read_hiding_request,
    read_licences,
    read_memberships,
    read_poll_options,
    read_proposal,
    read_session,
    read_viewer,
)
from gateway.notifications.types import read_notifications
from gateway.people.types import read_people
from gateway.personal_tokens.types import read_personal_token
from gateway.registers.types import read_register_import
from gateway.things import Node
from kit.errors import DomainError, Forbidden, Invalid, NotFound

Found = dict[str, Any]
Reader = Callable[[Context, list[str]], Found]
MAX_IDS = 100


def _institutions(context: Context, ids: list[str]) -> Found:
    found = context.profiles("POST", "/v1/institutions/search", {"ids": ids})
    return {one["id"]: one | {"__typename": "Institution"} for one in found}


def _entries(kind: str, known: Callable[[str], bool]) -> Reader:
    """A reader of entries of a catalogue that are their codes."""
    return lambda _context, ids: {own: entry(kind, own) for own in ids if known(own)}


def _one_by_one(read: Callable[[Context, str], object]) -> Reader:
    """A reader of several things that are asked for one after the other; what is refused is not there."""

    def read_all(context: Context, ids: list[str]) -> Found:
        found: Found = {}
        for own in ids:
            try:
                found[own] = read(context, own)
            except DomainError as error:
                if error.code not in {Forbidden.code, NotFound.code}:
                    raise
        return found

    return read_all


READERS: dict[str, Reader] = {
    "Professional": read_people,
    "Group": read_groups,
    "Discussion": read_discussions,
    "Post": read_posts,
    "Flag": read_flags,
    "ModerationDecision": read_decisions,
    "ContextNote": read_notes,
    "Notification": read_notifications,
    "Introduction": read_introductions,
    "ConnectionRequest": read_requests,
    "Credential": _one_by_one(read_credential),
    "Evidence": _one_by_one(read_evidence),
    "CaseNote": _one_by_one(read_case_note),
    "Account": _one_by_one(read_account),
    "Session": _one_by_one(read_session),
    "PersonalAccessToken": _one_by_one(read_personal_token),
    "RoleProposal": _one_by_one(read_proposal),
    "HidingRequest": _one_by_one(read_hiding_request),
    "RegisterImport": _one_by_one(read_register_import),
    "DeadLetter": _one_by_one(read_dead_letter),
    "Viewer": _one_by_one(read_viewer),
    "Licence": read_licences,
    "Membership": read_memberships,
    "PollOption": read_poll_options,
    "Institution": _institutions,
    "Profession": _entries("Profession", lambda own: own in specialties.professions()),
    "Region": _entries("Region", lambda own: own in regions.all_regions()),
    "Language": _entries("Language", lambda own: languages.canonical(own) == own),
    "Specialty": lambda _context, ids: {own: specialty(own) for own in ids if own in specialties.specialties()},
    "Authority": lambda context, ids: {
        own: found for own in synced(context, ids) if (found := authority(own, context))
    },
    "Policy": lambda context, ids: {found["key"]: found for found in read_policies(context, ids)},
}


def read_nodes(context: Context, global_ids: list[str]) -> list[Any]:
    """Things by global id, in order; null for what does not exist or is hidden from the viewer."""
    own = [decode(global_id) for global_id in global_ids]
    wanted: dict[str, list[str]] = {}
    for pair in own:
        if pair is not None and pair[0] in READERS:
            wanted.setdefault(pair[0], []).append(pair[1])
    found = {kind: READERS[kind](context, list(dict.fromkeys(ids))) for kind, ids in wanted.items()}
    return [found[pair[0]].get(pair[1]) if pair is not None and pair[0] in found else None for pair in own]


class NodeQueries(graphene.ObjectType):
    """Root fields that find things by id."""

    node = graphene.Field(
        Node,
        id=graphene.ID(required=True, description="A global id, as `id` of an object has it."),
        description="The object with this id; null when it does not exist or is hidden from the viewer.",
    )
    nodes = texts(
        Node,
        nullable_items=True,
        max_items=MAX_IDS,
        ids=texts(
            graphene.ID, max_items=MAX_IDS, description="Global ids of objects, which may be of different types."
        ),
        description="The objects with these ids, in order; null for each that does not exist or is hidden from the viewer.",
    )

    @staticmethod
    def resolve_node(_root: Any, info: Any, id: str) -> Any:
        return read_nodes(of(info), [id])[0]

    @staticmethod
    def resolve_nodes(_root: Any, info: Any, ids: list[str]) -> Any:
        if len(ids) > MAX_IDS:
            raise Invalid(f"nodes takes at most {MAX_IDS} ids.", field=["ids"])
        return read_nodes(of(info), ids)
