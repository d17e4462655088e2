"""What account requests may hold."""

from __future__ import annotations

import marshmallow as ma

from kit.fields import Flag, Text, Texts


class SignUp(ma.Schema):
    """A new account."""

    email = Text(required=True, longest=254)
    password = Text(required=True, longest=1024)
    name = Text(required=True)
    regions = Texts(required=True)
    profession = Text(load_default=None, allow_none=True)
    accepted_policies = Texts(required=True)


class SignIn(ma.Schema):
    """An address and its password."""

    email = Text(required=True, longest=254)
    password = Text(required=True, longest=1024)


class RefreshToken(ma.Schema):
    """A refresh token."""

    refresh_token = Text(required=True, longest=500)


class SignOut(RefreshToken):
    """A refresh token whose session ends, or all of its person's sessions."""

    everywhere = Flag(load_default=False)


class AcceptPolicies(ma.Schema):
    """Policies in their present edition, as `instance` lists them."""

    policies = Texts(required=True)


class ServiceSignIn(ma.Schema):
    """A part of the system and the secret that all parts share."""

    name = ma.fields.String(required=True, validate=ma.validate.OneOf(("operator", "relay")))
    secret = Text(required=True, longest=500)


class CreateAccount(ma.Schema):
    """An account that the operator makes."""

    email = Text(required=True, longest=254)
    name = Text(required=True)
    password = Text(required=True, longest=1024)
    roles = Texts(load_default=list)


class Session(ma.Schema):
    """An open session; times are RFC 3339."""

    access_token = ma.fields.String(required=True)
    refresh_token = ma.fields.String(required=True)
    expires_at = ma.fields.AwareDateTime(required=True)
    person_id = ma.fields.UUID(required=True)
