"""Where a credential comes from: an authority that gives such credentials, in that place, to that profession, and its number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from catalogues import authorities, specialties
from catalogues.authorities import GENERIC, IDENTIFYING, Authority
from catalogues.register_numbers import MAX_LENGTH
from kit.checks import checks, errors_at
from kit.errors import Invalid
from kit.sentences import Sentence
from kit.texts import check_text
from profiles.credentials.domain import OtherAuthority
from profiles.credentials.kinds import IDENTIFIER, kind_of

MAX_SUGGESTED = 5
MAX_NAME_LENGTH, MAX_URL_LENGTH = 200, 500


@dataclass(frozen=True)
class CheckedNumber:
    """A register number: `typed` is as its owner wrote it, `number` as the register writes it."""

    number: str
    typed: str


def check_source(kind: str, authority: str | None, institution: str | None) -> None:
    """Refuse an authority or an institution of a kind that names none.

    Raises:
        Invalid: it names one.
    """
    if kind_of(kind).takes_source:
        return
    for field, value in (("authority", authority), ("institution", institution)):
        if value is not None:
            raise Invalid(
                Sentence("A credential of kind {kind} names no {field}.", kind=kind, field=field), field=[field]
            )


def checked_other_authority(authority: str | None, given: Mapping[str, str | None] | None) -> OtherAuthority | None:
    """What the owner says of an authority that the catalogue does not have.

    Raises:
        Invalid: the catalogue has the authority, or a text breaks its limits.
    """
    if given is None:
        return None
    if authority != GENERIC:
        raise Invalid(
            Sentence("Only a credential of another authority (`other`) says which one it is."), field=["otherAuthority"]
        )
    with errors_at(["otherAuthority"]), checks() as check:
        with check:
            name = check_text(
                given["name"] or "",
                field="name",
                shortest=2,
                longest=MAX_NAME_LENGTH,
                one_line=True,
                of_professional=True,
            )
        with check:
            typed = check_text(
                given.get("url") or "", field="url", longest=MAX_URL_LENGTH, one_line=True, guarded=False
            )
            url = typed or None
            if url is not None and not url.lower().startswith(("https://", "http://")):
                raise Invalid(Sentence("The page of the authority must begin with https://."), field=["url"])
    return OtherAuthority(name, url)


def checked_number(
    kind: str, authority: str | None, number: str | None, place: str, profession: str | None = None
) -> CheckedNumber | None:
    """The number, normalised and as typed; its check digit is left to a human, because published examples fail theirs.

    An authority whose numbers have no known format may give none: some certificates have no number.

    Args:
        profession: the ISCO-08 code of who submits it, to name authorities that fit.

    Raises:
        Invalid: the authority is unknown, does not give such credentials there, or has no such numbers.
    """
    if authority is None:
        if kind_of(kind).needs_authority:
            raise Invalid(
                Sentence(
                    "{kind} needs the authority that gave it; where the catalogue has none, take `other` and say which one it is.",
                    kind=kind,
                ),
                field=["authority"],
            )
        if number and not kind_of(kind).takes_number:
            raise Invalid(Sentence("Numbers of passports and other documents are not collected."), field=["number"])
        typed = check_text(number, field="number", longest=MAX_LENGTH, one_line=True, guarded=False) if number else ""
        return CheckedNumber(typed, typed) if typed else None
    found = authority_with(authority)
    if not found.active:
        raise Invalid(f"{found.name} gives no credentials any more. {_suggest(place, profession)}", field=["authority"])
    if kind not in found.kinds:
        raise _gives_no(found, kind, place, profession)
    if not authorities.licenses_in(found, place):
        raise Invalid(
            f"{found.name} does not license in {place}. {_suggest(place, profession)}", field=["jurisdiction"]
        )
    typed = check_text(number or "", field="number", longest=MAX_LENGTH, one_line=True, guarded=False)
    clean = authorities.normalise_number(typed, found)
    if not any(sign.isalnum() for sign in clean):
        if found.pattern is None:
            return None
        raise Invalid(Sentence("Give the number in {register}.", register=found.register), field=["number"])
    if len(clean) > MAX_LENGTH:
        raise Invalid(
            Sentence("number may have at most {most_length} characters.", most_length=MAX_LENGTH), field=["number"]
        )
    if not authorities.well_formed(found, clean):
        raise Invalid(
            Sentence(
                "This is no number of {register}: {number_format}, like {example}. Where your document "
                "shows it in another way, take `other` as the authority.",
                register=found.register,
                number_format=found.number_format,
                example=found.example or "",
            ),
            field=["number"],
        )
    return CheckedNumber(clean, typed)


def authority_with(own_id: str) -> Authority:
    """The authority with this id.

    Raises:
        Invalid: there is none.
    """
    found = authorities.authorities().get(own_id)
    if found is None:
        raise Invalid(
            Sentence("No authority has this code or id; search `authoritiesConnection`."), field=["authority"]
        )
    return found


def _gives_no(authority: Authority, kind: str, place: str, profession: str | None) -> Invalid:
    if authority.kind in IDENTIFYING and kind != IDENTIFIER:
        return Invalid(
            f"A number of {authority.name} is an identifier and proves no {kind_of(kind).words.english}. Submit it as "
            f"{IDENTIFIER}, and the licence with who licenses you. {_suggest(place, profession)}",
            field=["credentialKind"],
        )
    return Invalid(
        Sentence("{authority} does not give credentials of kind {kind}.", authority=authority.name, kind=kind),
        field=["credentialKind"],
    )


def check_profession(authority: str | None, profession: str | None, place: str) -> None:
    """Refuse a credential of an authority that does not register the profession of who submits it.

    Where nobody has looked up what an authority registers, a verifier does (the check AUTHORITY_FITS).

    Raises:
        Invalid: the authority registers others; the message names those that fit.
    """
    found = authorities.authorities().get(authority or "")
    if found is None or found.unverified or profession is None or authorities.registers_profession(found, profession):
        return
    raise Invalid(
        f"{found.name} does not register {specialties.profession_label(profession)}, which is the profession in your profile. "
        f"{_suggest(place, profession)}",
        field=["authority"],
    )


def _suggest(place: str, profession: str | None) -> str:
    """A sentence that names the authorities of a place that license a profession, or any profession where none is known."""
    if profession is not None:
        fitting = list(authorities.authorities_for(place, profession))
        about = f"license {specialties.profession_label(profession)}"
    else:
        found = authorities.search(jurisdiction=place, profession=None, first=100)
        fitting, about = [one for one in found if one.kind not in IDENTIFYING], "license"
    named = [one for one in fitting if one.id != GENERIC][:MAX_SUGGESTED]
    if not named:
        return f"The catalogue has no authority for this in {place}: take `other` and say which one it is."
    more = "" if len(named) == len(fitting) else " and others (search `authoritiesConnection`)"
    return f"In {place}, these {about}: {'; '.join(f'{one.name} ({one.id})' for one in named)}{more}."
