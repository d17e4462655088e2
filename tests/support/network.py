"""Groups, discussions and people in the running system, made in one line each."""

from __future__ import annotations

from typing import Any

from kit.clock import new_id
from tests.support.stack import Stack

MEMBERSHIP = "membership { state role professional { id } }"
DISCUSSION = (
    "discussion { id state title body viewerCan version } patientIdentifiers { field identifierKind start end }"
)
POST = "post { id state body viewerCan version } patientIdentifiers { field identifierKind start end }"


def _letters() -> str:
    """A new word; digits could look like somebody's number."""
    return new_id()[-12:].translate(str.maketrans("0123456789", "ghijklmnop"))


def codes(payload: dict[str, Any]) -> list[str]:
    """The codes of a payload's user errors."""
    return [error["code"] for error in payload["userErrors"]]


def me(stack: Stack, token: str) -> str:
    """One's own id."""
    return str(stack.data("{ viewer { professional { id } } }", token)["viewer"]["professional"]["id"])


def newcomer(stack: Stack, name: str = "Neu Gierig", regions: tuple[str, ...] = ("DE",)) -> tuple[str, str]:
    """Somebody new: token and id."""
    token = stack.sign_up(name, f"{new_id()}@people.example", list(regions))
    return token, me(stack, token)


def group(stack: Stack, owner: str, **given: Any) -> str:
    """A new group's id."""
    fields = {"name": f"Group {_letters()}", "purpose": "To confer"} | given
    payload = stack.change("createGroup", "group { id }", owner, **fields)
    assert codes(payload) == [], payload
    return str(payload["group"]["id"])


def join(stack: Stack, token: str, group_id: str) -> str | None:
    """The state in which joining ends."""
    payload = stack.change("joinGroup", "membership { state }", token, group=group_id)
    return payload["membership"] and str(payload["membership"]["state"])


def discuss(stack: Stack, token: str, group_id: str | None, **given: Any) -> dict[str, Any]:
    """A new discussion."""
    fields = {"title": "Which dose?", "body": "How do you start it?", "language": "en"} | given
    if group_id is not None:
        fields["group"] = group_id
    payload = stack.change("createDiscussion", DISCUSSION, token, **fields)
    assert codes(payload) == [], payload
    return dict(payload["discussion"])


def answer(stack: Stack, token: str, discussion: str, body: str = "Slowly.", **given: Any) -> dict[str, Any]:
    """A new post."""
    payload = stack.change("addPost", POST, token, discussion=discussion, body=body, language="en", **given)
    assert codes(payload) == [], payload
    return dict(payload["post"])


def told(stack: Stack, token: str, event: str) -> list[dict[str, Any]]:
    """What somebody was told of one kind of event, newest first."""
    found = stack.data(
        '{ viewer { notifications(first: 50) { unreadCount nodes { id event text(language: "en") readAt actor { name } subject { '
        "__typename id } } } } }",
        token,
    )["viewer"]["notifications"]["nodes"]
    return [one for one in found if one["event"] == event]
