"""What account requests may hold."""

from __future__ import annotations

import marshmallow as ma

from kit.fields import PageSchema, Text, Texts
from kit.services import SIGNING_IN


class SignUp(ma.Schema):
    """A new account."""

    email = Text(required=True, longest=254)
    password = Text(required=True, longest=1024)
    name = Text(required=True)
    regions = Texts(required=True)
    profession = Text(load_default=None, allow_none=True)
    practice_status = Text(load_default=None, allow_none=True, longest=40)
    accepted_policies = Texts(required=True)


class MailToken(ma.Schema):
    """A token that came by mail."""

    token = Text(required=True, longest=500)


class Confirmation(MailToken):
    """A token that came by mail, and the password that was given at the sign-up; clients of earlier releases send none."""

    password = Text(load_default=None, allow_none=True, longest=1024)


class Address(ma.Schema):
    """An address."""

    email = Text(required=True, longest=254)


class NewPassword(MailToken):
    """A token that came by mail, and the new password."""

    password = Text(required=True, longest=1024)


class ChangedPassword(ma.Schema):
    """The present password and the new one."""

    current = Text(required=True, longest=1024)
    password = Text(required=True, longest=1024)


class Password(ma.Schema):
    """The present password."""

    password = Text(required=True, longest=1024)


class OneTimePassword(ma.Schema):
    """A one-time password."""

    otp = Text(required=True, longest=100)


class AcceptPolicies(ma.Schema):
    """Policies in their present edition, as `instance` lists them."""

    policies = Texts(required=True)


class ServiceSignIn(ma.Schema):
    """A service's name and its own secret."""

    name = ma.fields.String(required=True, validate=ma.validate.OneOf(SIGNING_IN))
    secret = Text(required=True, longest=500)


class CreateAccount(ma.Schema):
    """An account that the operator makes."""

    email = Text(required=True, longest=254)
    name = Text(required=True)
    password = Text(required=True, longest=1024)
    roles = Texts(load_default=list)
    jurisdictions = Texts(load_default=list)


class AccountListing(PageSchema):
    """A page of accounts."""

    text = Text(load_default=None, allow_none=True, longest=200)
    role = Text(load_default=None, allow_none=True)
