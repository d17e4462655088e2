"""What `node` reads of things that stand in lists of their own, or are part of another thing."""

from __future__ import annotations

from contracts.accounts import RoleProposal, RoleProposalRow
from contracts.credentials import Credential, Evidence
from contracts.desk import CaseNote
from contracts.directory import HidingRequest, HidingRequestRow
from contracts.messages import Page
from gateway.batches import Thing, refer
from gateway.context import Context
from gateway.credentials.types import link_credentials
from gateway.directory.types import link_requests
from gateway.discussions.kinds.poll import options_of
from gateway.discussions.types import read_discussions
from gateway.groups import memberships
from gateway.ids import parts
from gateway.people.licences import licences_of
from gateway.people.types import link_people, read_me, read_people
from gateway.roles.types import link_proposals
from kit.paths import internal_path


def _read_of(context: Context, part: str) -> Credential | None:
    """The credential to which a document or note belongs, for its owner and verifiers."""
    context.require_caller()
    found = context.read_profiles(list[Credential], "GET", internal_path("credentials", "of", part))
    link_credentials(context, found)
    return found[0] if found else None


def read_evidence(context: Context, own: str) -> Evidence | None:
    """One document, for the owner of its credential and verifiers."""
    credential = _read_of(context, own)
    return next((one for one in credential.evidence if one.id == own), None) if credential else None


def read_case_note(context: Context, own: str) -> CaseNote | None:
    """One note about a case, for verifiers; the case file of one's own case is empty."""
    credential = _read_of(context, own)
    file = credential.case_file if credential else None
    return next((one for one in file.notes if one.id == own), None) if file else None


def read_session(context: Context, own: str) -> Thing | None:
    """One of one's open sessions."""
    context.require_caller()
    rows = context.profiles("POST", "/v1/me/sessions/search", {"id": own})["rows"]
    return rows[0]["session"] | {"__typename": "Session"} if rows else None


def read_proposal(context: Context, own: str) -> RoleProposal | None:
    """One proposal that waits, for admins."""
    context.require_caller()
    path = internal_path("role-proposals", "search")
    found = context.read_profiles(Page[RoleProposalRow], "POST", path, {"id": own}).rows
    link_proposals(context, [row.proposal for row in found])
    return found[0].proposal if found else None


def read_dead_letter(context: Context, own: str) -> Thing | None:
    """One dead letter, for admins."""
    context.require_caller()
    rows = context.profiles("POST", internal_path("dead-letters", "search"), {"id": own})["rows"]
    return rows[0]["dead_letter"] | {"__typename": "DeadLetter"} if rows else None


def read_hiding_request(context: Context, own: str) -> HidingRequest | None:
    """One request, for the desk."""
    context.require_caller()
    body = {"id": own, "open_only": False}
    found = context.read_profiles(Page[HidingRequestRow], "POST", "/v1/hiding-requests/search", body).rows
    link_requests(context, [row.request for row in found])
    return found[0].request if found else None


def read_viewer(context: Context, own: str) -> Thing | None:
    """Oneself, by one's own id; nobody else."""
    return read_me(context) | {"__typename": "Viewer"} if context.require_caller().subject == own else None


def read_memberships(context: Context, ids: list[str]) -> dict[str, Thing]:
    """Memberships by id, of those that the viewer finds in a list of members or has themselves."""
    found = memberships.read_memberships(context, ids)
    link_people(context, [one["professional"] for one in found.values()])
    refer(context, "Membership.group", (one["group"] for one in found.values()))
    return found


def read_licences(context: Context, ids: list[str]) -> Thing:
    people = read_people(context, list(dict.fromkeys(parts(own)[0] for own in ids)))
    return {
        f"{person}.{licence['id']}": licence | {"__typename": "Licence"}
        for person, card in people.items()
        for licence in licences_of(card) or ()
    }


def read_poll_options(context: Context, ids: list[str]) -> Thing:
    discussions = read_discussions(context, list(dict.fromkeys(parts(own)[0] for own in ids if "." in own)))
    return {
        f"{discussion}.{option['id']}": option | {"__typename": "PollOption"}
        for discussion, one in discussions.items()
        for option in options_of(context, one)
    }
