"""Changing one's own profile."""

from __future__ import annotations

from typing import Any

import graphene

from gateway.context import Context, Repetition
from gateway.fields import texts
from gateway.ids import expect
from gateway.mutation import mutation
from gateway.people.types import (
    ITEMS,
    Audience,
    ContactSystem,
    Professional,
    ProfileFieldName,
    link_people,
)
from gateway.scalars import RegionCode
from gateway.states import PracticeStatus
from kit.profile_fields import LISTS, PLAIN, TEXTS, Kind, ProfileField


class AffiliationInput(graphene.InputObjectType):
    """A place of work, by id or by name."""

    institution = graphene.ID(description="The id of an institution, from `institutionsConnection`.")
    name = graphene.String(
        description="The name of an institution that the catalogue may not have yet, for example `Klinikum Musterstadt`."
    )
    role = graphene.String(description="The person's role there, for example `Consultant`.")
    current = graphene.Boolean(
        default_value=True, description="Whether the person still works there, for example `true`."
    )


class ContactPointInput(graphene.InputObjectType):
    """A way to reach one."""

    system = ContactSystem(required=True, description="The kind of contact, for example `EMAIL`.")
    value = graphene.String(required=True, description="The address or number, for example `ada@hospital.example`.")


def update_profile(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Send the changes to the profiles service; its answer is the profile as it is now."""
    for index, entry in enumerate(given.get("institutions") or []):
        if entry.get("institution") is not None:
            entry["institution"] = expect(
                entry["institution"], "Institution", "institutions", str(index), "institution"
            )
    card = context.profiles("PATCH", "/v1/me/profile", given)
    link_people(context, [card])
    return {"professional": card}


def _viewer() -> Any:
    from gateway.accounts.types import Viewer

    return Viewer


def _viewer_after(root: Any, info: Any) -> Any:
    from gateway.accounts.types import viewer_after

    return viewer_after(root, info)


def set_visibility(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Say who sees a field."""
    context.profiles("PUT", "/v1/me/visibility", given)
    return {}


def _plain_input(field: ProfileField) -> graphene.String | graphene.List:
    """Return the input for a plain field, with its limits."""
    if field.kind in LISTS:
        return texts(ITEMS[field.kind], required=False, max_items=field.max_items, description=field.input_description)
    return graphene.String(description=f"{field.input_description} At most {field.max_length:,} characters.")


def _plain_inputs(kinds: tuple[Kind, ...]) -> dict[str, graphene.String | graphene.List]:
    """Return the inputs for the plain fields of some kinds, by name."""
    return {field.name: _plain_input(field) for field in PLAIN if field.kind in kinds}


MUTATIONS = {
    "update_profile": mutation(
        "UpdateProfile",
        "Change one's profile: fields that are absent stay, null empties. Others go on seeing the verified name, profession "
        "and specialties of a verified person until a verifier agrees; `professional.underReview` shows what waits.",
        inputs={
            "name": graphene.String(description="The person's name, 2 to 120 characters, for example `Ada Example`."),
            "handle": graphene.String(
                description="Another handle: 3 to 48 letters from a to z and digits with single hyphens between them, for example "
                "`ada-lovelace`; at most three changes within 365 days (LIMIT_REACHED). CONFLICT where somebody else has it or had "
                "it. The one before is given to nobody else, and goes on leading to the profile where others wrote it."
            ),
            **_plain_inputs(TEXTS),
            "profession": graphene.String(description="The code of a profession (ISCO-08), for example `2212`."),
            "practice_status": PracticeStatus(
                description="Whether the person practises: `TRAINEE`, `PRACTISING` or `RETIRED`; INVALID for the others, which "
                "come from registers. RETIRED ends RIGHT_TO_PRACTISE at once."
            ),
            "specialties": texts(
                graphene.String,
                required=False,
                max_items=10,
                description="Codes of specialties, for example `cardiology`.",
            ),
            "primary_specialty": graphene.String(
                description="The code of the main one of the specialties, for example `cardiology`."
            ),
            "regions": texts(
                RegionCode, required=False, max_items=10, description="Countries or parts of them, for example `DE-BY`."
            ),
            **_plain_inputs(LISTS),
            "institutions": texts(
                AffiliationInput, required=False, max_items=10, description="The places where the person works."
            ),
            "contacts": texts(ContactPointInput, required=False, max_items=10, description="How to reach the person."),
            "expected_version": graphene.Int(
                description="The version that you have read, for example `3`; VERSION_CONFLICT if the profile is in another one."
            ),
        },
        answers={"professional": graphene.Field(Professional, description="The profile as it is now.")},
        act=update_profile,
    ),
    "set_visibility": mutation(
        "SetVisibility",
        "Say who sees a field of one's profile.",
        inputs={
            "field": ProfileFieldName(required=True, description="The field of the profile, for example `CONTACTS`."),
            "audience": Audience(required=True, description="The people who are to see it, for example `CONNECTIONS`."),
        },
        answers={
            "viewer": graphene.Field(
                lambda: _viewer(),
                resolver=_viewer_after,
                description="The signed-in person after the change; null on failure.",
            )
        },
        act=set_visibility,
        repetition=Repetition.HARMLESS,
    ),
}
