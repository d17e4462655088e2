"""Contact points: how a person can be reached."""

from __future__ import annotations

from collections.abc import Iterable

from kit.checks import check_each
from kit.errors import Invalid
from kit.sentences import Sentence
from kit.texts import check_text
from profiles.accounts.domain import parse_email

MAX_CONTACTS = 10
CONTACT_SYSTEMS = ("EMAIL", "PHONE", "URL", "OTHER")


def check_contacts(points: Iterable[dict[str, str]]) -> list[dict[str, str]]:
    """Contact points; a page's address must be http or https."""
    clean = check_each(points, _checked_contact, field=["contacts"])
    if len(clean) > MAX_CONTACTS:
        raise Invalid(
            Sentence("contacts may have at most {most_contacts} entries.", most_contacts=MAX_CONTACTS),
            field=["contacts"],
        )
    return clean


def _checked_contact(point: dict[str, str]) -> dict[str, str]:
    value = check_text(point["value"], field="value", shortest=3, longest=300, one_line=True, guarded=False)
    if point["system"] == "URL" and not value.lower().startswith(("https://", "http://")):
        raise Invalid(Sentence("A page's address must begin with https://."), field=["value"])
    if point["system"] == "EMAIL":
        value = parse_email(value, field="value").text
    return {"system": point["system"], "value": value}
