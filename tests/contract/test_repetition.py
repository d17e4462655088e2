"""What a second time does: each mutation says it, and the services' routes are held to it."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    is_required_input_field,
)

from gateway.context import Repetition
from gateway.ids import encode
from gateway.schema import _MUTATIONS, schema
from graph.app import create_app as create_graph
from graph.settings import Settings as GraphSettings
from profiles.app import create_app as create_profiles
from tests.support.operations import ABSENT
from tests.support.settings import settings

HARMLESS = {
    "acknowledge_alert": "a second acknowledgement is the first one",
    "accept_policies": "the same edition is accepted again",
    "block_professional": "the person is blocked already",
    "dismiss_suggestion": "the person is dismissed already",
    "end_other_sessions": "the others have ended already",
    "revoke_personal_access_token": "it was revoked already, which is no failure",
    "end_session": "the session has ended already, which is no failure",
    "hide_directory_profile": "it is hidden already",
    "request_hiding": "the same address has asked already",
    "mark_notifications_read": "they are read already",
    "request_register_upload": "another import begins, and the one before, which awaits its file, ends",
    "rate_note": "a person has one rating, which is replaced",
    "react": "a person has one reaction of a kind",
    "remove_connection": "there is none any more, which is no failure",
    "request_evidence_upload": "it makes an address and stores nothing",
    "set_path_opt_in": "the value is set already",
    "set_visibility": "the audience is set already",
    "sign_out": "the session has ended already, which is no failure",
    "unblock_professional": "there is no block any more, which is no failure",
    "unreact": "there is no reaction any more, which is no failure",
    "vote": "a person has one vote, which is moved",
}
NEVER = {
    "create_personal_access_token": "each makes another token, which may not be stored",
    "change_email": "each sends messages, and no digest of passwords may be stored",
    "change_password": "the present password is another one the second time, and no digest of passwords may be stored",
    "confirm_email": "the token is good for one time",
    "confirm_email_change": "the token is good until the change is made",
    "confirm_totp": "the one-time password is good for one time, and the recovery codes may not be stored",
    "disable_totp": "they are off the second time, and no digest of passwords may be stored",
    "erase_me": "nobody is there any more, and nothing may be stored about them",
    "export_my_data": "each archive is another one",
    "refuse_email_change": "the token is good for one time",
    "new_recovery_codes": "each makes other codes, which may not be stored",
    "refuse_second_factor_reset": "the token is good for one time",
    "request_second_factor_reset": "there is no actor who could have a key",
    "refresh_session": "the token is good for one time; within ten seconds its client may repeat it",
    "request_password_reset": "each sends a message",
    "resend_confirmation": "each sends a message",
    "reset_password": "the token is good for one time",
    "sign_in": "each opens a session, whose tokens may not be stored",
    "sign_up": "the address has an account the second time, and there is no actor who could have a key",
    "start_totp": "each makes another secret, which may not be stored",
}
_OF_ID = {
    "updateGroup": "Group", "editDiscussion": "Discussion", "deleteDiscussion": "Discussion", "editPost": "Post",
    "deletePost": "Post", "takeFlag": "Flag", "decideFlag": "Flag", "respondToIntroduction": "Introduction",
    "appealDecision": "ModerationDecision", "retryDeadLetter": "DeadLetter",
    "confirmRegisterImport": "RegisterImport", "undoRegisterImport": "RegisterImport", "confirmRoles": "RoleProposal",
    "declineRoles": "RoleProposal", "updateAuthority": "Authority", "decideHiding": "HidingRequest",
}  # fmt: skip
_OF_NAME = {
    "to": "Professional", "via": "Professional", "professional": "Professional", "group": "Group", "post": "Post",
    "discussion": "Discussion", "subject": "Discussion", "option": "PollOption", "note": "ContextNote",
    "decision": "ModerationDecision", "credential": "Credential", "account": "Account", "authority": "Authority",
    "acceptedPolicies": "Policy", "policies": "Policy", "upTo": "Notification",
    "request": "ConnectionRequest", "session": "Session", "personalAccessToken": "PersonalAccessToken",
}  # fmt: skip


# Ids of things that have no UUID; see `gateway.ids`.
_OWN = {"Authority": "de-kbv", "Policy": "terms@2026-01"}


OTHERWISE_IN_A_COOKIE = {"refreshToken"}


class _Sent(Exception):
    """Ends an act at its first call."""

    def __init__(self, service: str, method: str, path: str) -> None:
        self.call = (service, method, path)


class _Recorder(SimpleNamespace):
    """Stands for a request's context."""

    session_cookie = None

    def profiles(self, method: str, path: str, _body: Any = None) -> Any:
        raise _Sent("profiles", method, path)

    def read_profiles(self, _into: Any, method: str, path: str, _body: Any = None) -> Any:
        raise _Sent("profiles", method, path)

    def graph(self, method: str, path: str, _body: Any = None) -> Any:
        raise _Sent("graph", method, path)


def _sample(mutation: str, name: str, kind: Any) -> Any:
    """A value that an act may be given."""
    if isinstance(kind, GraphQLNonNull):
        return _sample(mutation, name, kind.of_type)
    if isinstance(kind, GraphQLList):
        return [_sample(mutation, name, kind.of_type)]
    if isinstance(kind, GraphQLEnumType):
        return next(iter(kind.values))
    if isinstance(kind, GraphQLInputObjectType):
        return {}
    if kind.name == "ID":
        of = _OF_ID.get(mutation, "Credential") if name == "id" else _OF_NAME[name]
        return encode(of, _OWN.get(of, ABSENT))
    return {"Int": 1, "Boolean": True, "Date": "2026-01-01"}.get(kind.name, "x")


def _snake(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name)


def sent_by(name: str) -> tuple[str, str, str]:
    """Which call a mutation makes: service, method and path."""
    camel = schema().mutation_type.fields  # type: ignore[union-attr]
    public = next(key for key in camel if _snake(key) == name)
    kind = camel[public].args["input"].type.of_type  # type: ignore[union-attr]
    given = {
        _snake(key): _sample(public, key, found.type)
        for key, found in kind.fields.items()
        if is_required_input_field(found) or key in OTHERWISE_IN_A_COOKIE
    }
    with pytest.raises(_Sent) as caught:
        _MUTATIONS[name].act(_Recorder(), given)
    return caught.value.call


@pytest.fixture(scope="module")
def services() -> dict[str, Flask]:
    """Both services, connected to nothing."""
    graph = GraphSettings("bolt://127.0.0.1:1", "neo4j", "x", "http://x", "http://127.0.0.1:1", ((1, b"k" * 32),))
    return {"profiles": create_profiles(settings()), "graph": create_graph(graph)}


def view_of(app: Flask, method: str, path: str) -> Callable[..., Any]:
    """The function that answers a request."""
    endpoint, _ = app.url_map.bind("x").match(path, method=method)
    return inspect.unwrap(app.view_functions[endpoint])


def names_called(function: Callable[..., Any]) -> set[str]:
    """What a function calls, and what the helpers of its own module call that it calls."""
    module = inspect.getmodule(function)
    found: set[str] = set()
    waiting = [function]
    while waiting:
        text = inspect.getsource(waiting.pop())
        for node in ast.walk(ast.parse(inspect.cleandoc("\n" + text) if text[0].isspace() else text)):
            if isinstance(node, ast.Call):
                if not isinstance(node.func, ast.Name):
                    continue
                name = node.func.id
                helper = getattr(module, name, None)
                if name not in found and inspect.isfunction(helper) and name not in KEYED_BY:
                    waiting.append(helper)
                found.add(name)
    return found


KEYED_BY = {"write_once", "once_per_key"}


def test_each_mutation_says_what_a_second_time_does() -> None:
    """A new one is listed with its reason, or keeps its answer under the key."""
    declared = {kind: {n for n, field in _MUTATIONS.items() if field.repetition is kind} for kind in Repetition}
    assert declared[Repetition.HARMLESS] == set(HARMLESS)
    assert declared[Repetition.NEVER] == set(NEVER)


@pytest.mark.parametrize("name", sorted(_MUTATIONS))
def test_the_route_of_a_keyed_mutation_keeps_its_answer_and_no_other_does(
    name: str, services: dict[str, Flask]
) -> None:
    """The gateway repeats what it declares; here the service's view is read."""
    service, method, path = sent_by(name)
    called = names_called(view_of(services[service], method, path))
    keyed = bool(called & KEYED_BY)
    assert keyed == (_MUTATIONS[name].repetition is Repetition.KEYED), (service, method, path, sorted(called))
