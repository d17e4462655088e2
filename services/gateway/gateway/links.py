"""Addresses of pages in the app of whoever runs this, for the things that have one."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

import graphene

from contracts.messages import Message
from gateway.batches import Thing
from gateway.context import of
from gateway.ids import encode

Linkable = Thing | Message  # what has a page


def by_handle(root: Linkable) -> str:
    """The handle of a thing."""
    assert isinstance(root, dict)
    return str(root["handle"])


def by_id(kind: str) -> Callable[[Linkable], str]:
    """Returns the global id of a thing of a type."""

    def name(root: Linkable) -> str:
        return encode(kind, root["id"] if isinstance(root, dict) else root.id)  # type: ignore[attr-defined]

    return name


def linked(path: str, name: Callable[[Linkable], str]) -> type:
    """A part of a type that has the field `url`.

    Args:
        path: of the app, below which the pages of such things stand.
        name: how the app's page of a thing is named.
    """

    def resolve_url(root: Linkable, info: object) -> str | None:
        app = of(info).services.app_url
        return f"{app}/{path}/{quote(name(root), safe='')}" if app is not None else None

    return type(
        "Linked",
        (),
        {
            "url": graphene.String(
                description=f"Address of its page `/{path}/…` in the app that people use; null where the operator has not set "
                "`CONSILIUM_APP_URL`."
            ),
            "resolve_url": staticmethod(resolve_url),
        },
    )
