"""What session requests and answers may hold."""

from __future__ import annotations

import marshmallow as ma

from kit.fields import Flag, Text


class Session(ma.Schema):
    """An open session; times are RFC 3339."""

    access_token = ma.fields.String(required=True)
    refresh_token = ma.fields.String(required=True)
    expires_at = ma.fields.AwareDateTime(required=True)
    refresh_expires_at = ma.fields.AwareDateTime(required=True)
    person_id = ma.fields.UUID(required=True)


class SignIn(ma.Schema):
    """An address and its password, what else the account asks for, and what shows a known device."""

    email = Text(required=True, longest=254)
    password = Text(required=True, longest=1024)
    otp = Text(load_default=None, allow_none=True, longest=100)
    refresh_token = Text(load_default=None, allow_none=True, longest=500)


class RefreshToken(ma.Schema):
    """A refresh token."""

    refresh_token = Text(required=True, longest=500)


class SignOut(RefreshToken):
    """A refresh token whose session ends, or all of its person's sessions."""

    everywhere = Flag(load_default=False)
