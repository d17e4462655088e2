"""The signed-in person and their session."""

from __future__ import annotations

from typing import Any

import graphene
import msgspec

from contracts import accounts as messages
from contracts.sessions import OpenedSession
from contracts.verification import VerificationStep as Step
from gateway.addresses.types import EmailChange, read_email_change
from gateway.batches import Thing
from gateway.connections.types import ConnectionRequestConnection, Direction, link_requests
from gateway.context import of
from gateway.credentials.types import CredentialConnection, CredentialPage, credentials_page
from gateway.discussions.types import DiscussionConnection, discussions_page
from gateway.fields import plain, texts
from gateway.groups.types import GroupConnection, MembershipConnection, groups_of, link_groups
from gateway.ids import encode
from gateway.instance.types import Policy, read_policies
from gateway.introductions.types import IntroductionConnection, link_introductions
from gateway.moderation.types import ModerationDecisionConnection, link_decisions
from gateway.notifications.types import NotificationConnection, link_notifications
from gateway.paging import check_first, counts, page, page_arguments, selected_all, selects
from gateway.people.facets import wanted_facets
from gateway.people.queries import PeerConnection, peer_page
from gateway.people.types import FieldVisibility, Professional, ProfessionalConnection, link_people, read_me
from gateway.personal_tokens.types import PersonalAccessTokenConnection, personal_tokens_page
from gateway.proofs.types import VerificationProof
from gateway.roles.types import Role
from gateway.scalars import LANGUAGE, DateTime
from gateway.sessions.types import SessionConnection, sessions_page
from gateway.suspensions.types import Suspension
from gateway.things import Node
from gateway.verification.types import (
    LADDER,
    MAX_STEPS,
    VerificationStep,
    VerificationStepKind,
    missing,
    read_steps,
)


class Viewer(graphene.ObjectType):
    """The signed-in person: what only they see."""

    class Meta:
        interfaces = (Node,)

    professional = graphene.Field(Professional, required=True, description="The profile, as it is now.")
    email = graphene.String(required=True, description="The address to sign in with.")
    email_confirmed = graphene.Boolean(required=True, description="Whether the viewer has confirmed the address.")
    email_change = graphene.Field(
        EmailChange, description="The change of the address that waits; null where none does. See `changeEmail`."
    )
    totp_enabled = graphene.Boolean(required=True, description="Whether signing in asks for a one-time password.")
    roles = texts(Role, max_items=4, description="What the viewer may do on this instance, MEMBER first.")
    suspension = graphene.Field(
        Suspension,
        description="Why the account is suspended, until when, and the appeal; null when it is not suspended. A suspended person "
        "can read their own account, and use `appealSuspension`, `exportMyData` and `eraseMe`; everything else is FORBIDDEN.",
    )
    pending_policies = texts(
        Policy, max_items=20, description="The policies that the viewer must accept before writing."
    )
    verification_steps = texts(
        VerificationStep,
        max_items=MAX_STEPS,
        language=LANGUAGE,
        description="What is done until the viewer is verified, what waits for whom, and what to do next: `CONFIRM_EMAIL`, "
        "`LICENCE` and `IDENTITY` first, and then what else waits for somebody.",
    )
    verification_missing = texts(
        VerificationStepKind,
        max_items=len(LADDER),
        description="Steps among `CONFIRM_EMAIL`, `LICENCE` and `IDENTITY` that the viewer has not done. Empty for whoever has the "
        "level `RIGHT_TO_PRACTISE`.",
    )
    visibility = texts(FieldVisibility, max_items=20, description="Who sees each field of the profile.")
    verification_proof = graphene.Field(
        VerificationProof,
        audience=graphene.String(
            required=True,
            description="The party that the proof is for, for example the address of a site, `https://example.org`.",
        ),
        description="A signed statement about one's verification, that others check offline.",
    )
    sessions = graphene.Field(
        SessionConnection,
        **page_arguments(20),
        description="Where one is signed in, newest first. `endSession` ends one.",
    )
    personal_access_tokens = graphene.Field(
        PersonalAccessTokenConnection,
        **page_arguments(20),
        description="The tokens of one's own programs that can be used, newest first. `revokePersonalAccessToken` ends one.",
    )
    credentials = graphene.Field(
        CredentialConnection, **page_arguments(20), description="The viewer's own credentials, oldest first."
    )
    connections = graphene.Field(
        ProfessionalConnection, **page_arguments(20), description="The viewer's connections, by name."
    )
    connection_requests = graphene.Field(
        ConnectionRequestConnection,
        direction=Direction(
            required=True,
            default_value="RECEIVED",
            description="The requests to return: those received or those sent, for example `RECEIVED`.",
        ),
        **page_arguments(20),
        description="Open requests, newest first.",
    )
    groups = graphene.Field(GroupConnection, **page_arguments(20), description="The viewer's groups, by name.")
    path_opt_in = graphene.Boolean(
        required=True, description="Whether the viewer may be named on the paths that others see."
    )
    introductions = graphene.Field(
        IntroductionConnection,
        direction=Direction(
            required=True,
            default_value="RECEIVED",
            description="The requests to return: those received or those sent, for example `RECEIVED`.",
        ),
        **page_arguments(20),
        description="Introductions that one is asked to make or was forwarded, or for which one asked; newest first.",
    )
    blocked = graphene.Field(
        ProfessionalConnection, **page_arguments(20), description="The people whom the viewer blocks, by name."
    )
    suggestions = graphene.Field(
        PeerConnection,
        **page_arguments(10),
        description="People whom one may want to know, never the same as those asked, connected or dismissed. Each fifth "
        "place goes to a verified newcomer, or to a country that few of them practise in.",
    )
    invitations = graphene.Field(
        MembershipConnection, **page_arguments(20), description="The viewer's invitations to groups, newest first."
    )
    feed = graphene.Field(
        DiscussionConnection,
        **page_arguments(20),
        description="What was opened in one's groups, by one's 500 newest connections in open groups, and alerts that "
        "concern one; newest first.",
    )
    notifications = graphene.Field(
        NotificationConnection,
        unread_only=graphene.Boolean(
            default_value=False,
            description="Whether to return only those that the viewer has not read; `false` by default.",
        ),
        **page_arguments(20),
        description="The viewer's notifications, newest first.",
    )
    decisions = graphene.Field(
        ModerationDecisionConnection,
        **page_arguments(20),
        description="Moderators' decisions about what one wrote, newest first; each can be appealed.",
    )

    @staticmethod
    def resolve_id(root: Thing, _info: object) -> str:
        return encode("Viewer", root["professional"]["id"])

    @staticmethod
    def resolve_verification_proof(_root: Any, info: Any, audience: str) -> Any:
        return of(info).profiles("POST", "/v1/me/proofs", {"audience": audience})

    @staticmethod
    def resolve_verification_steps(
        _root: object, info: graphene.ResolveInfo, language: str | None = None
    ) -> list[Step]:
        return read_steps(of(info), language)

    @staticmethod
    def resolve_verification_missing(_root: object, info: graphene.ResolveInfo) -> list[str]:
        return missing(of(info))

    @staticmethod
    def resolve_email_change(_root: Any, info: Any) -> Any:
        return read_email_change(of(info))

    @staticmethod
    def resolve_sessions(_root: Any, info: Any, first: int, after: str | None = None) -> Any:
        return sessions_page(of(info), first=first, after=after, count=counts(info))

    @staticmethod
    def resolve_personal_access_tokens(
        _root: object, info: graphene.ResolveInfo, first: int, after: str | None = None
    ) -> object:
        return personal_tokens_page(of(info), first=first, after=after)

    @staticmethod
    def resolve_suspension(root: Any, _info: Any) -> Any:
        return root["suspension"] and msgspec.convert(root["suspension"], messages.Suspension, strict=False)

    @staticmethod
    def resolve_pending_policies(root: Any, info: Any) -> Any:
        return read_policies(of(info), root["pending_policies"]) if root["pending_policies"] else []

    @staticmethod
    def resolve_credentials(_root: Any, info: Any, first: int, after: str | None = None) -> Any:
        return credentials_page(
            of(info), "/v1/me/credentials/search", CredentialPage(first, after, {"count": counts(info)})
        )

    @staticmethod
    def resolve_connections(_root: Any, info: Any, first: int, after: str | None = None) -> Any:
        return _people_page(info, "/v1/me/connections/search", first, after)

    @staticmethod
    def resolve_suggestions(_root: Any, info: Any, first: int, after: str | None = None) -> Any:
        body = {"first": check_first(first), "after": after, "facets": wanted_facets(info)}
        return peer_page(of(info), of(info).graph("POST", "/v1/me/suggestions/search", body), after=after)

    @staticmethod
    def resolve_introductions(_root: Any, info: Any, first: int, direction: Any, after: str | None = None) -> Any:
        body = {"first": check_first(first), "after": after, "direction": plain(direction), "count": counts(info)}
        answer = of(info).graph("POST", "/v1/me/introductions/search", body)
        link_introductions(of(info), [row["introduction"] for row in answer["rows"]])
        return page(answer, "introduction", after=after)

    @staticmethod
    def resolve_blocked(_root: Any, info: Any, first: int, after: str | None = None) -> Any:
        return _people_page(info, "/v1/me/blocked/search", first, after)

    @staticmethod
    def resolve_invitations(_root: Any, info: Any, first: int, after: str | None = None) -> Any:
        context = of(info)
        body = {
            "first": check_first(first), "after": after, "countries": context.selects("countries"), "count": counts(info)
        }  # fmt: skip
        answer = context.graph("POST", "/v1/me/invitations/search", body)
        link_groups(context, [row["membership"]["group"] for row in answer["rows"]])
        link_people(context, [row["membership"]["professional"] for row in answer["rows"]])
        return page(answer, "membership", after=after)

    @staticmethod
    def resolve_feed(_root: Any, info: Any, first: int, after: str | None = None) -> Any:
        return discussions_page(of(info), "/v1/me/feed", {"first": check_first(first)}, after=after)

    @staticmethod
    def resolve_notifications(
        _root: Any, info: Any, first: int, unread_only: bool | None = False, after: str | None = None
    ) -> Any:
        count = selects(info, "unreadCount")
        body = {"first": check_first(first), "after": after, "unread_only": bool(unread_only), "count": count}
        answer = of(info).graph("POST", "/v1/me/notifications/search", body)
        link_notifications(of(info), [row["notification"] for row in answer["rows"]])
        return page(answer, "notification", after=after) | {"unread_count": answer["unread"]}

    @staticmethod
    def resolve_decisions(_root: Any, info: Any, first: int, after: str | None = None) -> Any:
        body = {"first": check_first(first), "after": after, "count": counts(info)}
        answer = of(info).graph("POST", "/v1/me/decisions/search", body)
        link_decisions(of(info), [row["decision"] for row in answer["rows"]])
        return page(answer, "decision", after=after)

    @staticmethod
    def resolve_connection_requests(_root: Any, info: Any, first: int, direction: Any, after: str | None = None) -> Any:
        body = {"first": check_first(first), "after": after, "direction": plain(direction), "count": counts(info)}
        answer = of(info).graph("POST", "/v1/me/connection-requests/search", body)
        link_requests(of(info), answer["rows"])
        return page(answer, "request", after=after)

    @staticmethod
    def resolve_groups(root: Any, info: Any, first: int, after: str | None = None) -> Any:
        return groups_of(info, {"id": root["professional"]["id"]}, first=first, after=after)


def _people_page(info: Any, path: str, first: int, after: str | None) -> Any:
    """A page of people from a list of one's own."""
    body = {"first": check_first(first), "after": after, "count": counts(info)}
    answer = of(info).graph("POST", path, body)
    link_people(of(info), [row["card"] for row in answer["rows"]])
    return page(answer, "card", after=after)


def viewer_after(root: dict[str, Any], info: Any) -> dict[str, Any] | None:
    """Resolve `viewer` in the payload of a mutation: the signed-in person as of now, null where nothing was changed.

    It is read when it is selected, after the change. Where it cannot be read, that is an error of this field, and the
    mutation still says that it was done.
    """
    return read_me(of(info)) if not root["user_errors"] else None


class AuthSession(graphene.ObjectType):
    """An open session with its tokens."""

    access_token = graphene.String(required=True, description="Send it as `Authorization: Bearer …`; holds 10 minutes.")
    refresh_token = graphene.String(
        required=True,
        description="The token to send to `refreshSession`; each can be used once, and for ten seconds again. Empty where a cookie "
        "holds it, because the request had the header `Consilium-Session: cookie`.",
    )
    refresh_expires_at = DateTime(
        required=True,
        description="When the refresh token ends, and the session with it where nobody refreshes it before.",
    )
    expires_at = DateTime(required=True, description="When the access token ends.")
    viewer = graphene.Field(Viewer, required=True, description="The person who has signed in.")

    @staticmethod
    def resolve_viewer(root: OpenedSession, info: graphene.ResolveInfo) -> object:
        context = of(info)
        context.become(root.person_id, root.access_token)
        return read_me(context)


# What of the viewer the graph service answers alone.
_OF_THE_GRAPH = {
    "__typename", "blocked", "id", "connectionRequests", "connections", "decisions", "feed", "groups", "introductions",
    "invitations", "notifications", "suggestions",
}  # fmt: skip


class ViewerQueries(graphene.ObjectType):
    """Root fields about the signed-in person."""

    viewer = graphene.Field(Viewer, description="The signed-in person; null without an error when nobody is.")

    @staticmethod
    def resolve_viewer(_root: Any, info: Any) -> Any:
        context = of(info)
        if context.caller is None and context.token_error is None:
            return None
        caller = context.require_caller()
        if {node.name.value for node in selected_all(info)} <= _OF_THE_GRAPH:
            return {"professional": {"id": caller.subject}}  # nothing of what profiles knows is asked for
        return read_me(context)
