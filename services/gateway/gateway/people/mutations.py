"""Changing one's own profile."""

from __future__ import annotations

from typing import Any

import graphene

from gateway.base import LanguageTag, RegionCode, mutation, texts
from gateway.context import Context, Repetition
from gateway.ids import expect
from gateway.people.types import Audience, ContactSystem, Professional, ProfileField, people_of


class AffiliationInput(graphene.InputObjectType):
    """A place of work, by id or by name."""

    institution = graphene.ID(description="An institution that the catalogue has.")
    name = graphene.String(description="The name of one that it may not have yet.")
    role = graphene.String(description="As what.")
    current = graphene.Boolean(default_value=True, description="Whether still.")


class ContactPointInput(graphene.InputObjectType):
    """A way to reach one."""

    system = ContactSystem(required=True, description="What kind.")
    value = graphene.String(required=True, description="The address or number.")


def update_profile(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Send the changes to the profiles service; its answer is the profile as it is now."""
    for entry in given.get("institutions") or []:
        if entry.get("institution") is not None:
            entry["institution"] = expect(entry["institution"], "Institution", "institutions")
    card = context.profiles("PATCH", "/v1/me/profile", given)
    people_of(context, [card])
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


MUTATIONS = {
    "update_profile": mutation(
        "UpdateProfile",
        "Change one's profile: fields that are absent stay, null empties. Others go on seeing the verified name, profession "
        "and specialties of a verified person until a verifier agrees; `professional.underReview` shows what waits.",
        inputs={
            "name": graphene.String(description="2 to 120 characters."),
            "handle": graphene.String(
                description="Another handle: 3 to 48 letters from a to z and digits with single hyphens between them, for example "
                "`ada-lovelace`; at most three changes within 365 days (LIMIT_REACHED). CONFLICT where somebody else has it or had "
                "it. The one before is given to nobody else, and goes on leading to the profile where others wrote it."
            ),
            "headline": graphene.String(description="At most 200 characters, one line."),
            "about": graphene.String(description="At most 4,000 characters of Markdown."),
            "profession": graphene.String(description="A profession's code."),
            "specialties": texts(graphene.String, required=False, max_items=10, description="Codes."),
            "primary_specialty": graphene.String(description="One of the specialties."),
            "regions": texts(RegionCode, required=False, max_items=10, description="Countries or parts of them."),
            "languages": texts(
                LanguageTag, required=False, max_items=20, description="The languages in which the person works."
            ),
            "interests": texts(
                graphene.String,
                required=False,
                max_items=30,
                description="Professional interests, each with at most 80 characters.",
            ),
            "institutions": texts(
                AffiliationInput, required=False, max_items=10, description="The places where the person works."
            ),
            "contacts": texts(ContactPointInput, required=False, max_items=10, description="How to reach the person."),
            "expected_version": graphene.Int(description="Fail if the profile is not in this version any more."),
        },
        answers={"professional": graphene.Field(Professional, description="The profile as it is now.")},
        act=update_profile,
    ),
    "set_visibility": mutation(
        "SetVisibility",
        "Say who sees a field of one's profile.",
        inputs={
            "field": ProfileField(required=True, description="The field."),
            "audience": Audience(required=True, description="Who is to see it."),
        },
        answers={
            "viewer": graphene.Field(lambda: _viewer(), resolver=_viewer_after, description="The signed-in person.")
        },
        act=set_visibility,
        repetition=Repetition.HARMLESS,
    ),
}
