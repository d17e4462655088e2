"""What requests about one's steps may hold."""

from __future__ import annotations

from typing import TypedDict

import marshmallow as ma

from kit.fields import Flag, Text


class StepsRequest(TypedDict):
    """A request for one's steps, as `Steps` has read it."""

    language: str | None
    credentials: bool


class Steps(ma.Schema):
    """Which language the steps are said in, and whether their credentials come with them."""

    language = Text(load_default=None, allow_none=True, longest=100)
    credentials = Flag(load_default=False)
