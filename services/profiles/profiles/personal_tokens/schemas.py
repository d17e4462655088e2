"""What requests about personal access tokens may hold."""

from __future__ import annotations

from typing import TypedDict

import marshmallow as ma

from kit.fields import Text, Texts, Whole


class NewToken(ma.Schema):
    """A token that is to be made, and the password of the account."""

    name = Text(required=True, longest=1000)
    scopes = Texts(required=True, most=10, longest=20)
    days = Whole(-(2**31), 2**31 - 1, required=True)
    password = Text(required=True, longest=1024)


class Exchange(ma.Schema):
    """A token that is used."""

    token = Text(required=True, longest=200)


class NewTokenBody(TypedDict):
    """What `NewToken` makes of a request."""

    name: str
    scopes: list[str]
    days: int
    password: str


class PageBody(TypedDict):
    """What `PageSchema` makes of a request."""

    first: int
    after: str | None


class ExchangeBody(TypedDict):
    """What `Exchange` makes of a request."""

    token: str
