"""The fields of a profile: one declaration each, from which the lists of every service follow.

A field whose value is a text, or a list of texts, needs its line here and its column of `person`. From them follow its place in
the snapshot and on the card, who sees it, its limits and the privacy guard, its place in an import, in the archive and in an
erasure, and its fields in the GraphQL schema. What is declared as VALUE or MADE has code of its own.

Whoever declares no audience hides the field: nobody but its owner sees it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any


class Kind(Enum):
    """What a field holds."""

    LINE = "a text of one line"
    TEXT = "a text in Markdown"
    LINES = "several texts of one line"
    LANGUAGES = "tags of languages"
    VALUE = "stored by code of its own, and shown as it is stored"
    MADE = "made for each viewer, by a function of `kit.cards`"


TEXTS, LISTS = (Kind.LINE, Kind.TEXT), (Kind.LINES, Kind.LANGUAGES)


class Fixed(Enum):
    """Who sees a field whose owner has no choice."""

    OWNER = "only oneself"
    EVERYBODY = "everybody who is signed in"


@dataclass(frozen=True)
class Setting:
    """What `setVisibility` can give to an audience.

    Args:
        name: its value in the enum `ProfileField`.
        description: what the schema says about it.
        default: who sees it where its owner has not said otherwise.
    """

    name: str
    description: str
    default: str = "MEMBERS"


@dataclass(frozen=True)
class ProfileField:
    """A field of a person's card.

    Args:
        name: its key on the card; of a plain field also in the snapshot, and its column of `person`.
        seen_by: who sees it; a setting where its owner chooses.
        optional: whether an answer may leave it out when nobody asks for it; see `kit.requested_fields`.
        max_length: of each text, in code points.
        max_items: of a list.
        guarded: whether its texts pass the privacy guard.
        searchable: whether its words find the person, as long as every member sees it; of a text.
        is_list: whether an empty list stands where it is hidden; every plain list is one.
        description: what the schema says about the field of `Professional`.
        input_description: what it says about the field of `UpdateProfileInput`, before its limits.
    """

    name: str
    kind: Kind
    seen_by: Setting | Fixed = Fixed.OWNER
    optional: bool = True
    max_length: int = 0
    max_items: int = 0
    guarded: bool = True
    searchable: bool = False
    is_list: bool = False
    description: str = ""
    input_description: str = ""

    @property
    def plain(self) -> bool:
        """Whether nothing but its declaration knows the field."""
        return self.kind in (*TEXTS, *LISTS)

    @property
    def empty(self) -> Any:
        """What stands there for whoever may not see it, and where its owner has said nothing."""
        return [] if self.is_list or self.kind in LISTS else None


NAME = Setting("NAME", "The name and other names; the handle stands in its place where it is hidden.")
CONTACTS = Setting("CONTACTS", "The ways to reach the person; for connections by default.", default="CONNECTIONS")

FIELDS = (
    ProfileField("id", Kind.VALUE, Fixed.EVERYBODY, optional=False),
    ProfileField("handle", Kind.VALUE, Fixed.EVERYBODY, optional=False),
    ProfileField("name", Kind.MADE, Fixed.EVERYBODY, optional=False),  # the handle where the name is hidden
    ProfileField("name_hidden", Kind.MADE, Fixed.EVERYBODY, optional=False),
    ProfileField("preferred_name", Kind.MADE, NAME),
    ProfileField("other_names", Kind.MADE, NAME, is_list=True),
    ProfileField("claimed", Kind.VALUE, Fixed.EVERYBODY),
    ProfileField("provenance", Kind.VALUE, Fixed.EVERYBODY),
    ProfileField("profession", Kind.VALUE, Fixed.EVERYBODY),
    ProfileField("practice_status", Kind.MADE, Fixed.EVERYBODY),
    ProfileField("practised_specialties", Kind.MADE, Fixed.EVERYBODY),
    ProfileField("regions", Kind.VALUE, Fixed.EVERYBODY),
    ProfileField("verification", Kind.MADE, Fixed.EVERYBODY),
    ProfileField("joined_at", Kind.VALUE, Fixed.EVERYBODY),
    ProfileField("version", Kind.VALUE, Fixed.EVERYBODY),
    ProfileField(
        "headline", Kind.LINE, Setting("HEADLINE", "The line about the person."), max_length=200, searchable=True,
        description="One line about the person; null where there is none.",
        input_description="One line about the person, for example `Cardiologist in Munich`.",
    ),
    ProfileField(
        "about", Kind.TEXT, Setting("ABOUT", "The text about the person."), max_length=4000,
        description="More about the person, in Markdown; null where there is none.",
        input_description="More about the person, in Markdown, for example `Runs a clinic for **heart failure**`.",
    ),
    ProfileField("institutions", Kind.VALUE, Setting("INSTITUTIONS", "The institutions where the person works.")),
    ProfileField(
        "languages", Kind.LANGUAGES, Setting("LANGUAGES", "The languages in which the person works."), max_items=20,
        description="The languages in which the person works.",
        input_description="The languages in which the person works, for example `de`.",
    ),
    ProfileField(
        "interests", Kind.LINES, Setting("INTERESTS", "The person's professional interests."), max_items=30, max_length=80,
        description="The person's professional interests.",
        input_description="Professional interests, each with at most 80 characters, for example `heart failure`.",
    ),
    ProfileField("contacts", Kind.MADE, CONTACTS),
    ProfileField("licences", Kind.MADE, Setting("LICENCES", "The person's validated licences.")),
)  # fmt: skip

PLAIN = tuple(field for field in FIELDS if field.plain)
# Two lists that are no part of a card: they are read where they are shown.
SETTINGS = tuple(
    dict.fromkeys(
        [
            *(field.seen_by for field in FIELDS if isinstance(field.seen_by, Setting)),
            Setting("GROUPS", "The groups that the person is in."),
            Setting("CONNECTIONS", "The connections that the person shares with the viewer."),
        ]
    )
)
