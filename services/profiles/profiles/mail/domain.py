"""Writing a message in its reader's language."""

from __future__ import annotations

from typing import Any

from catalogues.authorities import authorities, authority_name
from catalogues.messages import Catalogue
from catalogues.reasons import reason_text
from catalogues.regions import region_name
from profiles.credentials.kinds import kind_of
from profiles.mail.texts import CREDENTIAL, CREDENTIAL_FROM, DONE_AT, MAILS, SECOND_ADMIN, SUSPENDED_UNTIL

TEXTS = Catalogue("profiles")


def write(kind: str, data: dict[str, Any], *, language: str = "en") -> tuple[str, str]:
    """Return subject and text of a message, in English where there is no translation.

    Args:
        data: `missing` is a paragraph in the same language that ends the message.
    """
    mail, values = MAILS[kind], data | _in_words(data, language)
    subject = TEXTS.text(mail.subject, language)
    if mail.period:
        values["period"] = TEXTS.plural(mail.period, data[mail.counts], language)
    text = TEXTS.text(mail.text, language, **values)
    if data.get("missing"):
        text = f"{text.rstrip()}\n\n{data['missing']}"
    return f"{data['instance']}: {subject}", text.replace("  ", " ").rstrip() + "\n"


def _in_words(data: dict[str, Any], language: str) -> dict[str, str]:
    """What the data of a message names by codes; messages that a version before this one has queued hold English words."""
    found = {}
    if "credential" in data:
        found["what"] = describe(language, **data["credential"])
        if reason := data.get("reason"):
            found["reason"] = reason_text(reason, language) or reason
    if "jurisdiction" in data:
        found["jurisdiction"] = region_name(data["jurisdiction"], language)
    if data.get("ends"):
        found["until"] = TEXTS.text(SUSPENDED_UNTIL, language, time=data["ends"])
    if "done_at" in data:
        due = data["done_at"]
        found["step"] = TEXTS.text(DONE_AT, language, time=due) if due else TEXTS.text(SECOND_ADMIN, language)
    return found


def describe(language: str | None, *, kind: str, jurisdiction: str, authority: str | None) -> str:
    """A credential in a few words, without its number."""
    given_by = authorities().get(authority or "")
    return TEXTS.text(
        CREDENTIAL_FROM if given_by else CREDENTIAL,
        language,
        kind=TEXTS.text(kind_of(kind).words, language),
        country=region_name(jurisdiction, language),
        authority=authority_name(given_by, language) if given_by else "",
    )
