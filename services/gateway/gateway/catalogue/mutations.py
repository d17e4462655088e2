"""Adding and changing authorities."""

from __future__ import annotations

import graphene

from catalogues.authority_rows import stored_row
from contracts import authorities as messages
from gateway.batches import Thing
from gateway.catalogue.known_authorities import forget_age
from gateway.catalogue.types import Authority, AuthorityKind, CredentialKind, shown
from gateway.context import Context
from gateway.fields import texts
from gateway.ids import expect
from gateway.mutation import mutation
from gateway.scalars import LanguageTag, RegionCode
from kit.paths import internal_path

_ANSWER = {"authority": graphene.Field(Authority, description="The authority after the change; null on failure.")}


def _changed(context: Context, method: str, path: str, given: Thing) -> Thing:
    found = context.read_profiles(messages.Authority, method, path, given)
    forget_age()
    return {"authority": shown(stored_row(found.row, found.version))}


def add_authority(context: Context, given: Thing) -> Thing:
    """Add an authority."""
    return _changed(context, "POST", "/v1/authorities", given)


def update_authority(context: Context, given: Thing) -> Thing:
    """Change an authority."""
    own = expect(str(given.pop("id")), "Authority", "id", missing=True)
    return _changed(context, "PATCH", internal_path("authorities", own), given)


def _inputs(*, required: bool) -> Thing:
    """What can be said about an authority; all of it may be left out of a change."""
    return {
        "name": graphene.String(
            required=required,
            description="The name in English, at most 300 characters, for example `Nursing Council of Kenya`.",
        ),
        "local_name": graphene.String(
            description="The name in its own language, at most 300 characters, for example `Baraza la Wauguzi`. Null where it is "
            "the same."
        ),
        "local_language": LanguageTag(description="The language of `localName`, for example `sw`. Null for English."),
        "kind": AuthorityKind(
            required=required,
            description="The kind of authority. A change never makes licences of identifiers, or the other way.",
        ),
        "jurisdictions": texts(
            RegionCode,
            description="The regions in which its credentials hold, for example `KE`.",
            required=required,
            max_items=60,
        ),
        "professions": texts(
            graphene.String,
            description="The professions that it registers, by ISCO-08 code, for example `2221`.",
            required=required,
            max_items=60,
        ),
        "kinds": texts(
            CredentialKind,
            required=False,
            max_items=5,
            description="The kinds of credential that it gives: LICENCE, SPECIALIST_CERTIFICATE, or both. Leave it out where it "
            "gives "
            "identifiers.",
        ),
        "register": graphene.String(
            description="The name of its register, at most 300 characters, for example `Roll of nurses`. Null for one made of "
            "its name."
        ),
        "number_format": graphene.String(
            description="The format of a number in words, at most 300 characters, for example `a letter and four digits`."
        ),
        "pattern": graphene.String(
            description="A regular expression for the whole number without spaces, at most 200 signs, for example "
            "`[A-Z]\\d{4}`. It "
            "is made of digits, capitals, classes of them, groups and bounded repetitions. Null where the format is not known."
        ),
        "example": graphene.String(description="A number of the pattern that was never issued, for example `A0000`."),
        "prefix": graphene.String(
            description="A regular expression for what some write before the number, for example `REG`; null for none."
        ),
        "written": graphene.String(
            description="A regular expression for another way in which people write the number, for example `(\\d{4})([A-Z])`; "
            "null "
            "for none."
        ),
        "canonical": graphene.String(
            description="The template that makes the register's number of what `written` finds, for example `\\2\\1`; null for "
            "none."
        ),
        "written_example": graphene.String(description="An example for `written`, for example `0000A`; null for none."),
        "check_rule": graphene.String(
            description="The name of a rule for check digits, for example `luhn`; null for none."
        ),
        "check_failure": graphene.String(
            description="FAIL, or WARN where the register has numbers that fail its own rule, for example `WARN`."
        ),
        "url": graphene.String(
            description="The page where numbers are looked up, for example `https://nck.example/register`; null where none is "
            "known."
        ),
        "lookup": graphene.String(
            description="The address of one number's entry, for example `https://nck.example/register?n={number}`; null where "
            "none is "
            "known."
        ),
        "review_months": graphene.Int(
            description="After how many months a validated credential is looked at again, 1 to 120, for example `12`."
        ),
        "evidence": graphene.String(
            description="The document that usually proves a registration, at most 300 characters, for example `Practising licence`."
        ),
        "unverified": graphene.Boolean(
            description="Whether nobody has looked it up in its source yet. Then it can have neither a format nor a link."
        ),
    }


MUTATIONS = {
    "add_authority": mutation(
        "AddAuthority",
        "Adds an authority, which members can name at once. CONFLICT where one has its code. For admins.",
        inputs={
            "code": graphene.String(
                required=True,
                description="The code, which never changes: the country in small letters, a hyphen, letters and digits, for "
                "example "
                "`ke-nck`.",
            ),
            **_inputs(required=True),
        },
        answers=_ANSWER,
        act=add_authority,
    ),
    "update_authority": mutation(
        "UpdateAuthority",
        "Changes an authority, one of the catalogue's too. Fields that are left out stay as they are, and null empties one. "
        "Credentials that it gave stay as they are. For admins.",
        inputs={
            "id": graphene.ID(
                required=True, description="The authority to change, by its code, for example `ke-nck`, or its id."
            ),
            **_inputs(required=False),
            "active": graphene.Boolean(
                description="Whether members can name it for new credentials. Nothing of it is deleted."
            ),
            "expected_version": graphene.Int(
                description="The version of the authority that you read, for example `3`. The change fails with `VERSION_CONFLICT` "
                "when it has another version now. Leave it out to overwrite any version."
            ),
        },
        answers=_ANSWER,
        act=update_authority,
    ),
}
