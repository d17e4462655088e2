"""The scalars of the schema."""

from __future__ import annotations

from datetime import UTC, datetime
from datetime import date as calendar_date
from typing import Any

import graphene
from graphql import GraphQLError
from graphql.language import StringValueNode, ValueNode

from kit.clock import read_time

_LENGTH = len("2026-11-21T08:30:00.000000Z")
# Where each scalar is specified; a region's forms that are not ISO's stand in its description.
SPECIFIED_BY = {
    "DateTime": "https://www.rfc-editor.org/rfc/rfc3339", "Date": "https://www.iso.org/iso-8601-date-and-time-format.html",
    "RegionCode": "https://www.iso.org/iso-3166-country-codes.html",
    "CountryCode": "https://www.iso.org/iso-3166-country-codes.html", "LanguageTag": "https://www.rfc-editor.org/info/bcp47",
}  # fmt: skip


class DateTime(graphene.Scalar):
    """A time by RFC 3339, for example `2026-11-21T08:30:00Z`. Answers are in UTC with six digits of the second, so that they
    sort as texts; inputs may have fewer and name another zone."""

    @staticmethod
    def serialize(value: datetime | str) -> str:
        """The text of a time, in the one form that answers have."""
        if isinstance(value, str):
            if len(value) == _LENGTH and value.endswith("Z"):
                return value
            value = datetime.fromisoformat(value)
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"

    @staticmethod
    def parse_value(value: Any) -> str:
        """A time from a variable."""
        try:
            if not isinstance(value, str):
                raise ValueError
            read_time(value)
        except ValueError as error:
            raise GraphQLError("DateTime must be RFC 3339 with a zone, like 2026-11-21T08:30:00Z.") from error
        return value

    @classmethod
    def parse_literal(cls, node: ValueNode, _variables: Any = None) -> str:
        """A time from the operation's text."""
        return cls.parse_value(node.value if isinstance(node, StringValueNode) else None)


class Date(graphene.Scalar):
    """A calendar date by ISO 8601, for example `2026-11-21`."""

    @staticmethod
    def serialize(value: Any) -> str:
        """The text of a date."""
        return value.isoformat() if isinstance(value, calendar_date) else str(value)

    @staticmethod
    def parse_value(value: Any) -> str:
        """A date from a variable."""
        try:
            if not isinstance(value, str) or len(value) != 10:
                raise ValueError
            calendar_date.fromisoformat(value)
        except ValueError as error:
            raise GraphQLError("Date must be ISO 8601, like 2026-11-21.") from error
        return value

    @classmethod
    def parse_literal(cls, node: ValueNode, _variables: Any = None) -> str:
        """A date from the operation's text."""
        return cls.parse_value(node.value if isinstance(node, StringValueNode) else None)


def _text_scalar(name: str, description: str) -> type[graphene.Scalar]:
    def parse(value: Any) -> str:
        if not isinstance(value, str):
            raise GraphQLError(f"{name} must be a text.")
        return value

    return type(
        name,
        (graphene.Scalar,),
        {
            "__doc__": description,
            "serialize": staticmethod(str),
            "parse_value": staticmethod(parse),
            "parse_literal": staticmethod(
                lambda node, _variables=None: parse(node.value if isinstance(node, StringValueNode) else None)
            ),
        },
    )


CountryCode = _text_scalar("CountryCode", "A country by ISO 3166-1 alpha-2, for example `DE`.")


RegionCode = _text_scalar(
    "RegionCode",
    "A region, for example `DE` (ISO 3166-1), `DE-BY` (ISO 3166-2), `M49:150` (UN M49) or `WHO:EURO` (WHO region).",
)


LanguageTag = _text_scalar("LanguageTag", "A language by BCP 47, for example `pt-BR`.")


LANGUAGE = LanguageTag(
    description="The language of the text, instead of the one that Accept-Language asks for; for example `pt-BR`."
)
